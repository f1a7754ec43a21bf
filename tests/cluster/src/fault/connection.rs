//! Connections: TLS, HTTP/1.1 by hand, and the carrying out of faults.
//!
//! The answer is put together as one run of bytes and written here, and not by
//! an HTTP library, because a fault has to strike at any byte of it.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::reply::Reply;
use super::script::{Fault, When};
use super::watching::{self, Watch};
use super::{Recorded, Shared, api};

/// No honest head or body of a test is larger, in bytes.
const HEAD_LIMIT: usize = 256 * 1024;
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Serves until `stopped` fires or its sender is gone. Connections end with the
/// runtime.
pub(super) fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .expect("a runtime for the server");
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accept(listener, tls, shared) => {}
        }
    });
}

async fn accept(listener: TcpListener, tls: Arc<ServerConfig>, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener in the runtime");
    let mut number = 0;
    loop {
        // A client may be gone before it is accepted.
        let Ok((tcp, _)) = listener.accept().await else {
            continue;
        };
        number += 1;
        let (tls, shared) = (TlsAcceptor::from(Arc::clone(&tls)), Arc::clone(&shared));
        tokio::spawn(async move {
            // An error here is a client that went away, or a fault that made it.
            let _ = connect(tcp, &tls, shared, number).await;
        });
    }
}

async fn connect(
    mut tcp: TcpStream,
    tls: &TlsAcceptor,
    shared: Arc<Shared>,
    number: usize,
) -> io::Result<()> {
    let faults = shared.script().for_connection();
    sleep(total_delay(&faults)).await;
    match ending(&faults) {
        Some(Fault::Stall(_)) => return wait_for_end(&mut tcp).await,
        Some(_) => return tcp.set_zero_linger(),
        None => {}
    }
    tcp.set_nodelay(true)?;
    let stream = tls.accept(tcp).await?;
    let mut connection = Connection {
        stream,
        shared,
        number,
        buffer: Vec::new(),
    };
    while connection.exchange().await? == Next::Request {}
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Next {
    Request,
    Close,
}

struct Connection {
    stream: TlsStream<TcpStream>,
    shared: Arc<Shared>,
    number: usize,
    /// Bytes that were read and not yet used.
    buffer: Vec<u8>,
}

impl Connection {
    /// One request and its answer.
    async fn exchange(&mut self) -> io::Result<Next> {
        let Some(mut request) = self.read_head().await? else {
            return Ok(Next::Close);
        };
        let index = {
            let mut requests = self.shared.requests();
            requests.push(request.clone());
            requests.len() - 1
        };
        let authorized = request.header("authorization")
            == Some(format!("Bearer {}", self.shared.token).as_str());
        let faults = if authorized {
            self.shared.script().for_request(&request)
        } else {
            vec![Reply::status(401, "Unauthorized", "Unauthorized").into()]
        };
        let ending = ending(&faults);

        if !matches!(ending, Some(Fault::Refuse)) {
            self.read_body(&mut request).await?;
            self.shared.requests()[index].body.clone_from(&request.body);
        }
        sleep(total_delay(&faults)).await;

        match ending {
            Some(Fault::Refuse | Fault::ResetBefore) => return self.reset(),
            Some(Fault::Stall(When::BeforeCommit)) => return self.stall(index).await,
            Some(Fault::Answer(reply)) if reply.when == When::BeforeCommit => {
                return self.answer(index, reply.clone(), &faults).await;
            }
            _ => {}
        }
        let refused = match self.shared.grants().as_ref() {
            Some(grants) => grants.check(&self.shared.store(), &request).err(),
            None => None,
        };
        if let Some(reply) = refused {
            return self.answer(index, reply, &faults).await;
        }
        if let Some(watch) = Watch::of(&request.path, &self.shared) {
            return match watch.is_refused() {
                true => {
                    let reply = Reply::status(405, "MethodNotAllowed", "no watches here");
                    self.answer(index, reply, &faults).await
                }
                false => self.watch(index, watch).await,
            };
        }
        let truth = api::answer(
            &mut self.shared.store(),
            &mut self.shared.workloads(),
            self.shared.grants().as_ref(),
            &request,
        );
        self.shared.requests()[index].carried_out = true;
        match ending {
            Some(Fault::ResetAfter) => self.reset(),
            Some(Fault::Stall(_)) => self.stall(index).await,
            Some(Fault::Answer(reply)) => self.answer(index, reply.clone(), &faults).await,
            Some(Fault::CutResponseAt(length)) => {
                self.send_part(index, truth, &faults, *length).await?;
                self.stream.shutdown().await?;
                Ok(Next::Close)
            }
            Some(Fault::TruncateResponseAt(length)) => {
                self.send_part(index, truth, &faults, *length).await?;
                Ok(Next::Close)
            }
            Some(Fault::EndlessBody) => self.send_endless_body(index).await,
            Some(Fault::HugeHeaders) => {
                let mut reply = truth;
                let fillers =
                    (0..65_536).map(|number| (format!("X-Filler-{number}"), "0".to_owned()));
                reply.headers.extend(fillers);
                self.answer(index, reply, &faults).await
            }
            _ => self.answer(index, truth, &faults).await,
        }
    }

    /// The next request without its body, or nothing when the client is done.
    async fn read_head(&mut self) -> io::Result<Option<Recorded>> {
        let end = loop {
            if let Some(position) = self.buffer.windows(4).position(|part| part == b"\r\n\r\n") {
                break position + 4;
            }
            if self.buffer.len() > HEAD_LIMIT || self.stream.read_buf(&mut self.buffer).await? == 0
            {
                return Ok(None);
            }
        };
        let head: Vec<u8> = self.buffer.drain(..end).collect();
        Ok(Recorded::parse(&head, self.number))
    }

    /// Reads a body of a stated length, the only kind that the client sends.
    async fn read_body(&mut self, request: &mut Recorded) -> io::Result<()> {
        if request.header("transfer-encoding").is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let length = request
            .header("content-length")
            .unwrap_or("0")
            .parse::<usize>();
        let length = length.ok().filter(|length| *length <= BODY_LIMIT);
        let length = length.ok_or(io::ErrorKind::InvalidData)?;
        while self.buffer.len() < length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        request.body = self.buffer.drain(..length).collect();
        Ok(())
    }

    /// Sends a whole answer, with what the faults do to it on the way.
    async fn answer(&mut self, index: usize, reply: Reply, faults: &[Fault]) -> io::Result<Next> {
        let framed_by_test = reply.has_own_framing();
        self.send_part(index, reply, faults, usize::MAX).await?;
        if framed_by_test {
            // What the script said about the length may be false, so nothing
            // can follow on this connection.
            self.stream.shutdown().await?;
            return Ok(Next::Close);
        }
        Ok(Next::Request)
    }

    async fn send_part(
        &mut self,
        index: usize,
        mut reply: Reply,
        faults: &[Fault],
        length: usize,
    ) -> io::Result<()> {
        for fault in faults {
            reply.pass_through(fault);
        }
        let bytes = reply.to_bytes();
        let part = &bytes[..length.min(bytes.len())];
        if !part.is_empty() {
            let mut requests = self.shared.requests();
            requests[index].status = Some(reply.code.as_u16());
            requests[index].answered = part.len();
        }
        self.stream.write_all(part).await?;
        self.stream.flush().await
    }

    /// Tells of changes until the client goes away.
    async fn watch(&mut self, index: usize, mut watch: Watch) -> io::Result<Next> {
        self.shared.requests()[index].status = Some(200);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.flush().await?;
        loop {
            let (lines, is_last) = match watch.next(&self.shared) {
                watching::Next::Lines(lines) => (lines, false),
                watching::Next::Last(lines) => (lines, true),
            };
            if !lines.is_empty() {
                let chunk = format!("{:x}\r\n{lines}\r\n", lines.len());
                self.stream.write_all(chunk.as_bytes()).await?;
                self.stream.flush().await?;
            }
            if is_last {
                self.stream.shutdown().await?;
                return Ok(Next::Close);
            }
            let mut nothing = [0; 1];
            tokio::select! {
                () = sleep(watching::PACE) => {}
                read = self.stream.read(&mut nothing) => {
                    if read? == 0 {
                        return Ok(Next::Close);
                    }
                }
            }
        }
    }

    async fn send_endless_body(&mut self, index: usize) -> io::Result<Next> {
        self.shared.requests()[index].status = Some(200);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        self.stream.write_all(head.as_bytes()).await?;
        let start = r#"{"kind":"Secret","apiVersion":"v1","data":{"endless":""#;
        let first = format!("{:x}\r\n{start}\r\n", start.len());
        self.stream.write_all(first.as_bytes()).await?;
        let chunk = format!("4000\r\n{}\r\n", "A".repeat(0x4000));
        loop {
            self.stream.write_all(chunk.as_bytes()).await?;
        }
    }

    /// Ends the connection with a reset: a socket without linger time sends RST
    /// when it is closed.
    fn reset(&self) -> io::Result<Next> {
        self.stream.get_ref().0.set_zero_linger()?;
        Ok(Next::Close)
    }

    async fn stall(&mut self, index: usize) -> io::Result<Next> {
        self.shared.requests()[index].stalled = true;
        wait_for_end(&mut self.stream).await?;
        Ok(Next::Close)
    }
}

/// Reads until the other side closes.
async fn wait_for_end(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// The first fault that ends the exchange.
fn ending(faults: &[Fault]) -> Option<&Fault> {
    let goes_on = |fault: &Fault| {
        matches!(
            fault,
            Fault::Delay(_) | Fault::Mutate(_) | Fault::WarningHeaders(_)
        )
    };
    faults.iter().find(|fault| !goes_on(fault))
}

fn total_delay(faults: &[Fault]) -> Duration {
    let delay = |fault: &Fault| match fault {
        Fault::Delay(delay) => *delay,
        _ => Duration::ZERO,
    };
    faults.iter().map(delay).sum()
}
