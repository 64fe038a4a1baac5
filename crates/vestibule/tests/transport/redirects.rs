//! Row E02: a redirect is an answer, and nothing else.

use vestibule::{Diagnose, Disposition, Provider};

use crate::{
    ROOMY, get, post, send,
    server::{Server, answer},
};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn redirecting(status: u16, location: &str) -> Server {
    Server::answering(answer(status, &format!("location: {location}\r\n"), ""))
}

#[tokio::test]
async fn e02_the_transport_follows_no_redirect() {
    for status in STATUSES {
        let elsewhere = Server::answering(answer(200, "", "{}"));
        for location in
            [elsewhere.url("/stolen"), "/again".to_owned(), "https://elsewhere.example/".to_owned()]
        {
            let server = redirecting(status, &location);
            let requests = [get(&server.url("/")), post(&server.url("/"), "client_secret=s&code=c")];
            for request in requests {
                let response = send(request, ROOMY).await.unwrap();
                assert_eq!(response.status(), status);
                assert_eq!(response.headers()["location"], location);
            }
            assert_eq!(server.heads().len(), 2, "{status} to {location}");
        }
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn e02_a_provider_that_redirects_is_told_by_its_name() {
    for status in STATUSES {
        let elsewhere = Server::answering(answer(200, "", "{}"));
        let server = redirecting(status, &elsewhere.url("/"));
        let error = Provider::new(server.url("")).unwrap().ready().await.unwrap_err();
        assert_eq!((error.code(), error.disposition()), ("http.redirect", Disposition::Config), "{status}");
        assert_eq!((server.heads().len(), elsewhere.connections()), (1, 0), "{status}");
    }
}
