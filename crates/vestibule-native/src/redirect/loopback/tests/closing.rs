use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::{Waiting, bind, status};
use crate::{
    Cancel, WaitError,
    patience::Patience,
    redirect::{RedirectPlan, loopback::Loopback},
};

async fn is_free(loopback: &std::net::SocketAddr) -> bool {
    TcpListener::bind(loopback).await.is_ok()
}

#[tokio::test]
async fn f07_a_second_answer_is_refused() {
    let waiting = Waiting::start().await;
    assert_eq!(status(&waiting.visit("/callback?code=c&state=right").await), 303);
    assert_eq!(status(&waiting.visit("/callback?code=other&state=right").await), 404);
    assert_eq!(status(&waiting.visit("/done").await), 200);
    waiting.answer.await.unwrap();
}

#[tokio::test]
async fn f07_the_port_is_free_after_the_answer() {
    let waiting = Waiting::start().await;
    let address = waiting.address;
    let _idle = waiting.connect().await;
    waiting.answer_rightly().await;
    assert!(is_free(&address).await);
}

#[tokio::test(start_paused = true)]
async fn f07_a_browser_that_does_not_come_for_the_page_is_waited_for_two_seconds() {
    let waiting = Waiting::start().await;
    assert_eq!(status(&waiting.visit("/callback?code=c&state=right").await), 303);
    let before = tokio::time::Instant::now();
    waiting.answer.await.unwrap();
    assert!(before.elapsed() <= Duration::from_secs(2));
}

async fn nothing_comes(loopback: Loopback, patience: Patience) -> WaitError {
    patience.within(loopback.answer(|_| true)).await.err().unwrap()
}

#[tokio::test(start_paused = true)]
async fn f09_the_deadline_frees_the_port() {
    let loopback = bind(&RedirectPlan::any_port()).await;
    let address = loopback.listener.local_addr().unwrap();
    assert_eq!(nothing_comes(loopback, Patience::default()).await, WaitError::TimedOut);
    assert!(is_free(&address).await);
}

#[tokio::test]
async fn f09_a_cancel_frees_the_port() {
    let loopback = bind(&RedirectPlan::any_port()).await;
    let address = loopback.listener.local_addr().unwrap();
    let cancel = Cancel::new();
    let login =
        tokio::spawn(nothing_comes(loopback, Patience { cancel: cancel.clone(), ..Patience::default() }));
    let _idle = TcpStream::connect(address).await.unwrap();
    cancel.cancel();
    assert_eq!(login.await.unwrap(), WaitError::Cancelled);
    assert!(is_free(&address).await);
}

#[tokio::test]
async fn f09_dropping_the_login_frees_the_port() {
    let waiting = Waiting::start().await;
    let _idle = waiting.connect().await;
    waiting.answer.abort();
    assert!(waiting.answer.await.unwrap_err().is_cancelled());
    assert!(is_free(&waiting.address).await);
}
