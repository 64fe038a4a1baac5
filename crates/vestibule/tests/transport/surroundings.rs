//! Row E11: nothing from the surroundings changes a call, neither what servers leave behind nor what the environment says.

use std::process::Command;

use vestibule::transport::{HttpTransport, Transport};

use crate::{
    ROOMY, get, send,
    server::{Server, answer, header},
};

#[tokio::test]
async fn e11_cookies_are_not_kept() {
    let server = Server::answering(answer(
        200,
        "connection: close\r\nset-cookie: a=b; Path=/\r\nset-cookie: c=d\r\n",
        "{}",
    ));
    let transport = HttpTransport::new().unwrap();
    for _ in 0..2 {
        let response = transport.send(get(&server.url("/")), ROOMY).await.unwrap();
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    }
    let heads = server.heads();
    assert_eq!(heads.len(), 2);
    assert!(heads.iter().all(|head| header(head, "cookie").is_none()), "{heads:?}");
}

/// Runs itself once more, in an environment that names a proxy for everything.
#[tokio::test]
async fn e11_proxies_of_the_environment_are_ignored() {
    const TARGET: &str = "VESTIBULE_TEST_TARGET";
    if let Ok(target) = std::env::var(TARGET) {
        assert_eq!(send(get(&target), ROOMY).await.unwrap().body(), "from the target");
        return;
    }
    let target = Server::answering(answer(200, "", "from the target"));
    let proxy = Server::answering(answer(200, "", "from the proxy"));
    let proxy_url = proxy.url("");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "surroundings::e11_proxies_of_the_environment_are_ignored"]);
    child.env(TARGET, target.url("/"));
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, &proxy_url);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((target.heads().len(), proxy.connections()), (1, 0));
}

/// Another crate of the application may have compiled decompression in, as this test does.
#[tokio::test]
async fn e04_nothing_is_decompressed() {
    /// `{"decoded":true}`
    const GZIP: [u8; 36] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x49, 0x4d, 0xce, 0x4f,
        0x49, 0x4d, 0x51, 0xb2, 0x2a, 0x29, 0x2a, 0x4d, 0xad, 0x05, 0x00, 0x99, 0x3d, 0xf2, 0x9d, 0x10, 0x00,
        0x00, 0x00,
    ];
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 36\r\n\r\n".to_vec();
    answer.extend(GZIP);
    let server = Server::answering(answer);
    let response = send(get(&server.url("/")), ROOMY).await.unwrap();
    assert_eq!(response.body()[..], GZIP);
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(header(&server.heads()[0], "accept-encoding"), None);
}

#[tokio::test]
async fn calls_say_who_they_are_and_not_where_from() {
    let server = Server::answering(answer(200, "", "{}"));
    send(get(&server.url("/path?a=b")), ROOMY).await.unwrap();
    let head = server.heads().remove(0);
    assert!(head.starts_with("GET /path?a=b HTTP/1.1\r\n"));
    assert!(header(&head, "user-agent").unwrap().starts_with("vestibule/"));
    assert_eq!((header(&head, "referer"), header(&head, "origin")), (None, None));
}
