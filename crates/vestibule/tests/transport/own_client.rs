//! Rows E02, E10, E11: proxies and clients of the application's own, and what they cannot take back.

use std::process::Command;

use vestibule::{
    ConfigError,
    transport::{HttpTransport, Transport, TransportErrorKind},
};

use crate::{
    ROOMY, failure, get,
    server::{Server, answer},
    tls,
};

#[tokio::test]
async fn e11_a_proxy_of_the_configuration_is_used_for_other_machines_alone() {
    let proxy = Server::answering(answer(200, "", "from the proxy"));
    let target = Server::answering(answer(200, "", "from the target"));
    let transport = HttpTransport::through_proxy(&proxy.url("")).unwrap();
    let answer = transport.send(get("http://op.invalid/path?a=b"), ROOMY).await.unwrap();
    assert_eq!(answer.body(), "from the proxy");
    assert!(proxy.heads()[0].starts_with("GET http://op.invalid/path?a=b HTTP/1.1\r\n"));
    let localhost = target.url("/").replace("127.0.0.1", "localhost");
    for url in [target.url("/"), localhost] {
        assert_eq!(transport.send(get(&url), ROOMY).await.unwrap().body(), "from the target");
    }
    assert_eq!((proxy.connections(), target.heads().len()), (1, 2));
}

#[test]
fn what_is_no_proxy_is_told_at_the_start() {
    for proxy in ["", "proxy:3128", "socks5://proxy:1080", "ftp://proxy", "file:///proxy"] {
        assert_eq!(HttpTransport::through_proxy(proxy).unwrap_err(), ConfigError::Transport, "{proxy}");
    }
}

/// Runs itself once more, in an environment that names a proxy for everything.
#[tokio::test]
async fn e11_an_own_client_takes_no_proxy_of_the_environment() {
    const TARGET: &str = "VESTIBULE_TEST_OWN_CLIENT_TARGET";
    if let Ok(target) = std::env::var(TARGET) {
        let own = HttpTransport::with_client(|client| client).unwrap();
        assert_eq!(own.send(get(&target), ROOMY).await.unwrap().body(), "from the target");
        return;
    }
    let target = Server::answering(answer(200, "", "from the target"));
    let proxy = Server::answering(answer(200, "", "from the proxy"));
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "own_client::e11_an_own_client_takes_no_proxy_of_the_environment"]);
    child.env(TARGET, target.url("/"));
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy.url(""));
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((target.heads().len(), proxy.connections()), (1, 0));
}

#[tokio::test]
async fn e02_an_own_client_follows_no_redirect() {
    let elsewhere = Server::answering(answer(200, "", "{}"));
    let server = Server::answering(answer(302, &format!("location: {}\r\n", elsewhere.url("/")), ""));
    let own =
        HttpTransport::with_client(|client| client.redirect(reqwest::redirect::Policy::limited(5))).unwrap();
    assert_eq!(own.send(get(&server.url("/")), ROOMY).await.unwrap().status(), 302);
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn e10_an_own_client_checks_certificates_and_their_names() {
    let careless = || {
        HttpTransport::with_client(|client| {
            client.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true)
        })
        .unwrap()
    };
    let server = tls::with_an_unknown_authority();
    let url = server.url("/").replace("http://", "https://");
    assert_eq!(failure(careless().send(get(&url), ROOMY).await).0, TransportErrorKind::Tls);
    assert_eq!(server.heads().len(), 0);
}

/// A whole TLS configuration would replace every setting of TLS, the checks with them.
#[tokio::test]
async fn e10_an_own_client_brings_no_tls_configuration() {
    let (server, authority) = tls::with_a_known_authority();
    let url = server.url("/").replace("http://", "https://");
    let own = HttpTransport::with_client(|client| client.tls_backend_preconfigured(tls::trusting(authority)));
    assert_eq!(failure(own.unwrap().send(get(&url), ROOMY).await).0, TransportErrorKind::Tls);
    assert_eq!(server.heads().len(), 0);
}

#[test]
fn d27_a_transport_shows_nothing_of_its_client() {
    let mut headers = http::HeaderMap::new();
    headers.insert("x-api-key", http::HeaderValue::from_static("hunter2"));
    let proxy = reqwest::Proxy::all("http://user:hunter2@proxy.example").unwrap();
    let own = HttpTransport::with_client(|client| client.default_headers(headers).proxy(proxy)).unwrap();
    let through = HttpTransport::through_proxy("http://user:hunter2@proxy.example").unwrap();
    for shown in [format!("{own:?}"), format!("{through:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn what_an_own_client_adds_is_used() {
    let server = Server::answering(answer(200, "", "{}"));
    let own = HttpTransport::with_client(|client| client.user_agent("acme")).unwrap();
    own.send(get(&server.url("/")), ROOMY).await.unwrap();
    assert_eq!(crate::server::header(&server.heads()[0], "user-agent"), Some("acme"));
}
