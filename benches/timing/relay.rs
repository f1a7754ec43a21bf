//! A relay before a server that counts the bytes the server sends, TLS and
//! all: what a program costs the network.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// A relay on a loopback port of its own. It lives as long as the process.
pub struct Relay {
    port: u16,
    received: Arc<AtomicU64>,
}

impl Relay {
    /// Relays to `server` (`127.0.0.1:PORT`).
    pub fn start(server: String) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let received = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&received);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(&server) {
                    connect(client, server, Arc::clone(&counter));
                }
            }
        });
        Ok(Self { port, received })
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Bytes that `work` made the server send.
    pub fn counted(&self, work: impl FnOnce()) -> u64 {
        let before = self.received.load(Ordering::SeqCst);
        work();
        self.received.load(Ordering::SeqCst) - before
    }
}

fn connect(client: TcpStream, server: TcpStream, counter: Arc<AtomicU64>) {
    let (Ok(client_in), Ok(server_out)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    thread::spawn(move || pump(client_in, server_out, &AtomicU64::new(0)));
    thread::spawn(move || pump(server, client, &counter));
}

/// Copies until one side ends. Either side may go without a word.
fn pump(mut from: TcpStream, mut to: TcpStream, counter: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(size @ 1..) = from.read(&mut buffer) {
        counter.fetch_add(size as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..size]).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown(Shutdown::Write);
}
