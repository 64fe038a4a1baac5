use super::{Waiting, status};

#[tokio::test]
async fn f03_other_paths_are_not_found_and_the_wait_goes_on() {
    let waiting = Waiting::start().await;
    for path in ["/", "/favicon.ico", "/callback/x?code=c&state=right", "/done"] {
        assert_eq!(status(&waiting.visit(path).await), 404, "{path}");
    }
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f04_other_hosts_and_methods_are_refused_and_the_wait_goes_on() {
    let waiting = Waiting::start().await;
    let (authority, port) = (waiting.door.authority.clone(), waiting.address.port());
    let get = "GET /callback?code=c&state=right HTTP/1.1\r\n";
    for (host, expected) in [
        (format!("Host: evil.example:{port}\r\n"), 400),
        (format!("Host: localhost:{port}\r\n"), 400),
        ("Host: 127.0.0.1:1\r\n".to_owned(), 400),
        (String::new(), 400),
        (format!("Host: {authority}\r\nHost: {authority}\r\n"), 400),
    ] {
        assert_eq!(status(&waiting.send(&format!("{get}{host}\r\n")).await), expected, "{host}");
    }
    for method in ["POST", "OPTIONS"] {
        let request = format!(
            "{method} /callback?code=c&state=right HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 0\r\n\r\n"
        );
        let response = waiting.send(&request).await;
        assert_eq!(status(&response), 405, "{method}");
        assert!(response.contains("\r\nAllow: GET\r\n"), "{response}");
    }
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f05_what_has_not_our_state_is_refused_and_the_right_answer_still_works() {
    let waiting = Waiting::start().await;
    for query in [
        "?code=c&state=wrong",
        "?code=c",
        "",
        "?error=access_denied&state=wrong",
        "?error=access_denied",
        "?code=c&state=right&state=right",
        "?code=%ff&state=right",
    ] {
        let response = waiting.visit(&format!("/callback{query}")).await;
        assert_eq!(status(&response), 400, "{query}");
    }
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f05_an_error_of_the_provider_with_our_state_is_an_answer() {
    let waiting = Waiting::start().await;
    let taken = waiting.visit("/callback?error=access_denied&state=right").await;
    assert_eq!(status(&taken), 303);
    waiting.visit("/done").await;
    assert!(format!("{:?}", waiting.answer.await.unwrap()).contains("access_denied"));
}

#[tokio::test]
async fn f06_requests_by_pages_are_refused_and_nothing_is_granted_to_them() {
    let waiting = Waiting::start().await;
    let host = format!("Host: {}\r\n", waiting.door.authority);
    let target = "/callback?code=c&state=right HTTP/1.1\r\n";
    for (request, expected) in [
        (format!("GET {target}{host}Origin: https://evil.example\r\nSec-Fetch-Mode: cors\r\n\r\n"), 400),
        (format!("GET {target}{host}Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n\r\n"), 400),
        (
            format!(
                "OPTIONS {target}{host}Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\
                 Access-Control-Request-Private-Network: true\r\n\r\n"
            ),
            405,
        ),
    ] {
        let response = waiting.send(&request).await;
        assert_eq!(status(&response), expected, "{request}");
        assert!(!response.to_ascii_lowercase().contains("access-control"), "{response}");
    }
    waiting.answer_rightly().await;
}
