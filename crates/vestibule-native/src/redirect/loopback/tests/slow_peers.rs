use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time,
};

use super::{Waiting, rest, status};
use crate::redirect::loopback::{
    connection,
    head::{HeadError, LONGEST_HEAD},
};

#[tokio::test]
async fn f08_h12_idle_peers_never_block_the_real_one() {
    let waiting = Waiting::start().await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        let mut peer = waiting.connect().await;
        peer.write_all(b"GET /callback?code=").await.unwrap();
        idle.push(peer);
    }
    // Who came first had to leave, without a word.
    assert_eq!(idle[0].read(&mut [0; 1]).await.unwrap_or(0), 0);
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f08_a_head_of_nine_kib_is_refused_and_the_wait_goes_on() {
    let waiting = Waiting::start().await;
    let long = format!("/callback?state=right&code={}", "c".repeat(9 * 1024));
    assert_eq!(status(&waiting.visit(&long).await), 431);
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f08_a_half_closed_peer_is_refused_before_its_head_is_whole_and_answered_after() {
    let waiting = Waiting::start().await;
    let mut half = waiting.connect().await;
    half.write_all(b"GET /callback?code=c&state=right HTTP/1.1\r\n").await.unwrap();
    half.shutdown().await.unwrap();
    assert_eq!(status(&rest(&mut half).await), 400);

    let mut whole = waiting.connect().await;
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", waiting.door.authority);
    whole.write_all(head.as_bytes()).await.unwrap();
    whole.shutdown().await.unwrap();
    assert_eq!(status(&rest(&mut whole).await), 404);
    waiting.answer_rightly().await;
}

#[tokio::test(start_paused = true)]
async fn f08_h12_dripping_bytes_buy_no_time() {
    let (mut peer, mut ours) = tokio::io::duplex(64);
    let drip = tokio::spawn(async move {
        while peer.write_all(b"G").await.is_ok() {
            time::sleep(Duration::from_secs(1)).await;
        }
    });
    let before = time::Instant::now();
    assert_eq!(connection::read_head(&mut ours).await, Err(HeadError::Slow));
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    drop(ours);
    drip.await.unwrap();
}

#[tokio::test]
async fn f08_a_head_may_be_as_long_as_the_limit_and_come_in_pieces() {
    let start = "GET /callback HTTP/1.1\r\nX: ";
    let head = format!("{start}{}\r\n\r\n", "x".repeat(LONGEST_HEAD - start.len() - 4));
    assert_eq!(head.len(), LONGEST_HEAD);
    let (mut peer, mut ours) = tokio::io::duplex(7);
    let (read, _) = tokio::join!(connection::read_head(&mut ours), peer.write_all(head.as_bytes()));
    assert_eq!(read.unwrap().path, "/callback");

    let longer = format!("{start}x{}\r\n\r\n", "x".repeat(LONGEST_HEAD - start.len() - 4));
    let (mut peer, mut ours) = tokio::io::duplex(16 * 1024);
    peer.write_all(longer.as_bytes()).await.unwrap();
    assert_eq!(connection::read_head(&mut ours).await, Err(HeadError::TooLarge));
}
