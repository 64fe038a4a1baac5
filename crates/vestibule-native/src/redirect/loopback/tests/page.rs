use super::{Waiting, status};

#[tokio::test]
async fn f10_nothing_of_the_answer_is_on_any_page_or_in_the_last_address() {
    let waiting = Waiting::start().await;
    let query = "code=secret-code&state=right&iss=https://op.example&x=<script>alert(1)</script>";
    let taken = waiting.visit(&format!("/callback?{query}")).await;
    let page = waiting.visit("/done").await;
    assert!(taken.contains("\r\nLocation: /done\r\n"), "{taken}");
    assert!(page.contains("You can close this window"), "{page}");
    for response in [taken, page] {
        for secret in ["secret-code", "right", "op.example", "<script"] {
            assert!(!response.contains(secret), "{secret} in {response}");
        }
    }
    waiting.answer.await.unwrap();
}

#[tokio::test]
async fn f10_a_script_in_an_error_is_never_echoed() {
    let waiting = Waiting::start().await;
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for query in
        [format!("error={script}&state={script}"), format!("error_description=<script>&code={script}")]
    {
        let response = waiting.visit(&format!("/callback?{query}")).await;
        assert_eq!(status(&response), 400);
        assert!(!response.contains("script") && !response.contains("alert"), "{response}");
    }
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f10_pages_are_kept_nowhere_run_nothing_and_stand_in_no_frame() {
    let waiting = Waiting::start().await;
    let refused = waiting.visit("/elsewhere").await;
    let taken = waiting.visit("/callback?code=c&state=right").await;
    let page = waiting.visit("/done").await;
    for response in [&refused, &taken, &page] {
        for header in
            ["Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff"]
        {
            assert!(response.contains(&format!("\r\n{header}\r\n")), "{header} in {response}");
        }
    }
    for response in [&refused, &page] {
        assert!(response.contains("\r\nContent-Security-Policy: default-src 'none'; "), "{response}");
        assert!(response.contains("frame-ancestors 'none'\r\n"), "{response}");
    }
    assert!(page.contains("style-src 'sha256-") && !page.contains("unsafe") && !page.contains("<script"));
    waiting.answer.await.unwrap();
}
