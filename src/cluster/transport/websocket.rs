//! As much of a WebSocket as one answer needs: the key of the handshake, and
//! the frames of a server that is only listened to (RFC 6455).

use std::io;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

/// Largest message in bytes.
const LIMIT: usize = 64 * 1024;
/// RFC 6455, section 1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A new `Sec-WebSocket-Key`.
pub(super) fn key() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| io::Error::from(io::ErrorKind::Other))?;
    Ok(STANDARD.encode(bytes))
}

/// The `Sec-WebSocket-Accept` that shows that the server understood `key`.
pub(super) fn acceptance(key: &str) -> String {
    let text = format!("{key}{GUID}");
    let sum = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    STANDARD.encode(sum)
}

/// The server's next message; `None` when it closes. What was said before the
/// whole message is there counts for nothing.
pub(in crate::cluster) async fn message(
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    const FINAL: u8 = 0x80;
    const MASKED: u8 = 0x80;
    let unusable = || io::Error::from(io::ErrorKind::InvalidData);
    let mut message = Zeroizing::new(Vec::new());
    loop {
        let mut head = [0; 2];
        stream.read_exact(&mut head).await?;
        if head[1] & MASKED != 0 {
            return Err(unusable());
        }
        let length = match head[1] {
            126 => u64::from(stream.read_u16().await?),
            127 => stream.read_u64().await?,
            short => u64::from(short),
        };
        let length = usize::try_from(length)
            .ok()
            .filter(|length| length + message.len() <= LIMIT)
            .ok_or_else(unusable)?;
        let mut payload = Zeroizing::new(vec![0; length]);
        stream.read_exact(&mut payload).await?;
        match head[0] & 0x0f {
            // Continuation, text, binary.
            0..=2 => {
                message.extend_from_slice(&payload);
                if head[0] & FINAL != 0 {
                    return Ok(Some(message));
                }
            }
            8 => return Ok(None),
            // Ping and pong: the exchange is shorter than any server's patience.
            9 | 10 => {}
            _ => return Err(unusable()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_acceptance_is_that_of_the_standard() {
        // RFC 6455, section 1.3.
        assert_eq!(
            acceptance("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert_ne!(key().unwrap(), key().unwrap());
    }

    fn read(mut bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(message(&mut bytes))
            .map(|message| message.map(|message| message.to_vec()))
    }

    #[test]
    fn messages_come_whole_or_not_at_all() {
        let long = [&[0x82, 126, 1, 0][..], &[7; 256]].concat();
        let huge = [0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let too_long = [&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 1][..], &[0; 65_537]].concat();
        for (bytes, expected) in [
            (&[0x82, 2, 3, 9][..], Some(Some(vec![3, 9]))),
            (&[0x02, 1, 3, 0x89, 0, 0x80, 1, 9], Some(Some(vec![3, 9]))),
            (&long, Some(Some(vec![7; 256]))),
            (&[0x88, 0], Some(None)),
            (&[0x82, 3, 1], None),
            (&[0x82, 0x81, 0, 0, 0, 0, 1], None),
            (&[0x83, 0], None),
            (&huge, None),
            (&too_long, None),
            (&[], None),
        ] {
            assert_eq!(read(bytes).ok(), expected, "{:?}", bytes.get(..4));
        }
    }
}
