//! An application's back-channel logout endpoint.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use tokio::net::TcpListener;

/// Listens for logout tokens, and answers what it was told to.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) uri: String,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    forms: Mutex<Vec<Vec<(String, String)>>>,
    answers: Mutex<VecDeque<u16>>,
}

impl Listener {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/backchannel-logout", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        let router = Router::new().route("/backchannel-logout", post(receive)).with_state(Arc::clone(&seen));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { uri, seen }
    }

    /// Answers the next request with `status` instead of 200.
    pub(crate) fn answer_next(&self, status: u16) {
        self.seen.answers.lock().unwrap().push_back(status);
    }

    /// The forms that arrived since the last call.
    pub(crate) fn forms(&self) -> Vec<Vec<(String, String)>> {
        std::mem::take(&mut *self.seen.forms.lock().unwrap())
    }

    /// The logout tokens that arrived since the last call.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.forms()
            .into_iter()
            .map(|form| form.into_iter().find(|(name, _)| name == "logout_token").unwrap().1)
            .collect()
    }
}

async fn receive(State(seen): State<Arc<Seen>>, body: Bytes) -> StatusCode {
    seen.forms.lock().unwrap().push(form_urlencoded::parse(&body).into_owned().collect());
    let status = seen.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}
