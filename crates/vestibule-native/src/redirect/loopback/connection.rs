use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use super::{
    head::{Head, HeadError, LONGEST_HEAD},
    reply::Reply,
};

/// How long a peer may take to say what it wants, and again to be answered (checklist F08).
const LIMIT: Duration = Duration::from_secs(5);

/// Reads one head. However its bytes drip, it is whole within the limit or refused.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Result<Head, HeadError> {
    timeout(LIMIT, read_within_bounds(stream)).await.unwrap_or(Err(HeadError::Slow))
}

async fn read_within_bounds(stream: &mut (impl AsyncRead + Unpin)) -> Result<Head, HeadError> {
    let mut received = Vec::with_capacity(1024);
    loop {
        if let Some(head) = Head::end(&received).and_then(|end| received.get(..end)) {
            return Head::parse(head);
        }
        if received.len() >= LONGEST_HEAD {
            return Err(HeadError::TooLarge);
        }
        let room = (LONGEST_HEAD - received.len()) as u64;
        match (&mut *stream).take(room).read_buf(&mut received).await {
            Ok(0) | Err(_) => return Err(HeadError::Malformed),
            Ok(_) => {}
        }
    }
}

/// Writes the reply; a peer that does not read it is left alone.
pub(crate) async fn reply(stream: &mut (impl AsyncWrite + Unpin), reply: Reply) {
    let _ = timeout(LIMIT, async {
        stream.write_all(&reply.to_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}

/// Takes what the peer still sends for a moment: closing on unread bytes would reset the connection, and the reply with it.
pub(crate) async fn linger(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = stream.take(64 * 1024);
    let _ = timeout(Duration::from_secs(1), tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
}
