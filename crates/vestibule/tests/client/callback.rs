//! Rows C01 and C05 to C11 as far as they need no cookies: what the browser may bring back. Whatever is refused here,
//! no code is sent anywhere.

use vestibule::{
    Callback, CallbackError, ClientSecret, Diagnose, Disposition, Error, LoginStart, PendingLogin,
};

use crate::support::{World, callback_query, code, parameters, verdict};
use serde_json::json;

/// What becomes of an answer to a fresh attempt, of which `query` is made. Nothing may be sent.
async fn judge(world: &World, query: impl FnOnce(&str) -> String) -> (&'static str, Disposition) {
    let start = world.begin().await;
    world.op.take();
    let state = parameters(&start)["state"].clone();
    let verdict = match Callback::parse(&query(&state)) {
        Ok(callback) => verdict(world.client.complete_login(start.pending, &callback).await),
        Err(error) => (error.code(), error.disposition()),
    };
    assert!(world.op.heard().is_empty(), "nothing may be sent");
    verdict
}

/// The same attempt once more, as a second tab with a copy of it would have it.
fn copy(start: &LoginStart) -> PendingLogin {
    PendingLogin::from_bytes(&start.pending.to_bytes()).unwrap()
}

#[tokio::test]
async fn c01_the_state_is_the_one_of_this_attempt() {
    let world = World::new();
    let other = parameters(&world.begin().await)["state"].clone();
    type Query = Box<dyn FnOnce(&str) -> String>;
    let queries: Vec<(&str, Query)> = vec![
        ("missing", Box::new(|_| "code=c-1".to_owned())),
        ("empty", Box::new(|_| "code=c-1&state=".to_owned())),
        ("unknown", Box::new(|_| "code=c-1&state=guess".to_owned())),
        ("another attempt's", Box::new(move |_| format!("code=c-1&state={other}"))),
        ("altered", Box::new(|state| format!("code=c-1&state={}", altered(state)))),
        ("truncated", Box::new(|state| format!("code=c-1&state={}", &state[..42]))),
        ("extended", Box::new(|state| format!("code=c-1&state={state}x"))),
        ("in another case", Box::new(|state| format!("code=c-1&state={}", state.to_ascii_uppercase()))),
    ];
    for (name, query) in queries {
        assert_eq!(judge(&world, query).await, ("callback.state_invalid", Disposition::Reject), "{name}");
    }
}

fn altered(state: &str) -> String {
    let first = if state.starts_with('A') { "B" } else { "A" };
    format!("{first}{}", &state[1..])
}

#[tokio::test]
async fn c05_an_attempt_belongs_to_its_issuer_and_its_client() {
    let one = World::new();
    let other = World::at("https://other.example");
    let start = one.begin().await;
    let callback = Callback::parse(&callback_query(&start)).unwrap();
    let refused = other.client.complete_login(copy(&start), &callback).await;
    assert_eq!(verdict(refused), ("callback.provider_mismatch", Disposition::Reject));
    assert!(other.op.heard().is_empty());

    let sibling = one.provider.web_app("docs-portal", ClientSecret::new("other"));
    one.op.take();
    let refused = sibling.complete_login(start.pending, &callback).await;
    assert_eq!(verdict(refused), ("callback.provider_mismatch", Disposition::Reject));
    assert!(one.op.heard().is_empty());
}

#[tokio::test]
async fn c05_the_redirect_uri_is_the_one_of_the_attempt() {
    let world = World::new();
    world.log_in_with(|claims| claims).await.unwrap();
    let sent = world.op.take();
    assert_eq!(sent[0].field("redirect_uri").as_deref(), Some("https://app.example/auth/callback"));
    assert_eq!(sent[0].field("code").as_deref(), Some("c-1"));
    assert_eq!(sent[0].field("grant_type").as_deref(), Some("authorization_code"));
}

#[tokio::test]
async fn c06_an_iss_that_is_there_is_right() {
    for promised in [false, true] {
        let promise = ("authorization_response_iss_parameter_supported", json!(promised));
        let world = World::with_metadata(&[promise]);
        for iss in [
            "https://evil.example",
            "https://op.example/",
            "https://OP.example",
            "http://op.example",
            "https://op.example%20",
            "",
        ] {
            for answer in ["code=c-1", "error=access_denied"] {
                let verdict = judge(&world, |state| format!("{answer}&state={state}&iss={iss}")).await;
                assert_eq!(verdict, ("callback.iss_mismatch", Disposition::Reject), "{iss} with {answer}");
            }
        }
    }
}

#[tokio::test]
async fn c06_an_iss_that_is_promised_is_there() {
    let world = World::with_metadata(&[("authorization_response_iss_parameter_supported", json!(true))]);
    for answer in ["code=c-1", "error=access_denied"] {
        let verdict = judge(&world, |state| format!("{answer}&state={state}")).await;
        assert_eq!(verdict, ("callback.iss_mismatch", Disposition::Reject), "{answer}");
    }
    let start = world.begin().await;
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let query = format!("{}&iss=https%3A%2F%2Fop.example", callback_query(&start));
    let callback = Callback::parse(&query).unwrap();
    world.client.complete_login(start.pending, &callback).await.unwrap();
}

#[tokio::test]
async fn c07_no_parameter_comes_twice() {
    let world = World::new();
    for name in ["code", "state", "iss", "error", "error_description", "session_state", "id_token"] {
        for value in ["same", ""] {
            let verdict = judge(&world, |state| {
                format!("code=c-1&state={state}&iss=https%3A%2F%2Fop.example&{name}={value}&{name}={value}")
            });
            assert_eq!(verdict.await, ("callback.duplicate_param", Disposition::Reject), "{name}");
        }
    }
    let verdict = judge(&world, |state| format!("code=c-1&state={state}&c%6Fde=c-1")).await;
    assert_eq!(verdict.0, "callback.duplicate_param", "escapes do not hide a name");
}

#[tokio::test]
async fn c07_unknown_parameters_may_be_anything() {
    let world = World::new();
    let start = world.begin().await;
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let query =
        format!("x=1&x=2&{}&session_state=s.1&return_to=https://evil.example", callback_query(&start));
    let callback = Callback::parse(&query).unwrap();
    world.client.complete_login(start.pending, &callback).await.unwrap();
}

#[test]
fn c07_broken_escapes_are_refused() {
    for query in ["code=%", "code=%zz", "state=%ff", "state=%C3"] {
        let error = Callback::parse(query).unwrap_err();
        assert_eq!(
            (error.code(), error.disposition()),
            ("callback.malformed", Disposition::Reject),
            "{query}"
        );
    }
}

#[tokio::test]
async fn c08_nothing_comes_that_was_not_asked_for() {
    let world = World::new();
    for extra in ["access_token=at-1&token_type=Bearer", "id_token=e30.e30.x", "access_token=", "id_token="] {
        for answer in ["code=c-1&", "error=access_denied&", ""] {
            let verdict = judge(&world, |state| format!("{answer}state={state}&{extra}")).await;
            assert_eq!(verdict, ("callback.unexpected_param", Disposition::Reject), "{answer}{extra}");
        }
    }
    let verdict = judge(&world, |state| format!("code=c-1&state={state}&error=access_denied")).await;
    assert_eq!(verdict, ("callback.unexpected_param", Disposition::Reject), "a code and an error");
}

#[tokio::test]
async fn c09_no_error_is_believed_before_its_state() {
    let world = World::new();
    for query in ["error=access_denied", "error=login_required&state=guess", "error=server_error&state="] {
        let verdict = judge(&world, |_| query.to_owned()).await;
        assert_eq!(verdict, ("callback.state_invalid", Disposition::Reject), "{query}");
    }
}

#[tokio::test]
async fn c09_a_wrong_answer_does_not_use_up_the_attempt() {
    let world = World::new();
    let start = world.begin().await;
    let forged = Callback::parse("error=access_denied&state=guess").unwrap();
    assert_eq!(code(world.client.complete_login(copy(&start), &forged).await), "callback.state_invalid");
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    world.complete(start).await.unwrap();
}

/// A node that has just started knows no metadata. A forged answer makes it ask for none.
#[tokio::test]
async fn c09_a_forged_answer_causes_no_call_on_a_cold_node() {
    let warm = World::new();
    let start = warm.begin().await;
    let cold = World::new();
    for query in
        ["code=c-1&state=guess".to_owned(), format!("{}&iss=https://evil.example", callback_query(&start))]
    {
        let callback = Callback::parse(&query).unwrap();
        let refused = cold.client.complete_login(copy(&start), &callback).await;
        assert!(matches!(refused, Err(Error::Callback(_))), "{query}");
        assert!(cold.op.heard().is_empty(), "{query}");
    }
}

#[tokio::test]
async fn c10_refusals_are_typed_and_tame() {
    let world = World::new();
    for (sent, error, description) in [
        ("error=access_denied", "access_denied", None),
        ("error=login_required", "login_required", None),
        ("error=no_active_connections", "no_active_connections", None),
        ("error=%3Cscript%3E", "<script>", None),
        ("error=a&error_description=b%0D%0Ac%22%5C%C3%A9", "a", Some("b??c???")),
        ("error=", "", None),
    ] {
        let start = world.begin().await;
        let callback = Callback::parse(&format!("{sent}&state={}", parameters(&start)["state"])).unwrap();
        world.op.take();
        let refused = world.client.complete_login(start.pending, &callback).await.unwrap_err();
        assert_eq!((refused.code(), refused.disposition()), ("callback.idp_error", Disposition::Reject));
        let Error::Callback(CallbackError::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.error(), error);
        assert_eq!(refusal.description(), description);
        assert!(world.op.heard().is_empty());
    }
}

#[tokio::test]
async fn c10_long_texts_are_cut() {
    let world = World::new();
    let start = world.begin().await;
    let long = "x".repeat(10 * 1024);
    let query = format!("error={long}&error_description={long}&state={}", parameters(&start)["state"]);
    let refused = world.client.complete_login(start.pending, &Callback::parse(&query).unwrap()).await;
    let Err(Error::Callback(CallbackError::Refused(refusal))) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.error().len(), 256);
    assert_eq!(refusal.description().unwrap().len(), 256);
}

#[tokio::test]
async fn c11_a_code_is_printable_and_short() {
    let world = World::new();
    for code in [
        "".to_owned(),
        "%00".to_owned(),
        "a%0Ab".to_owned(),
        "%7F".to_owned(),
        "%C3%A9".to_owned(),
        "c".repeat(4097),
    ] {
        let verdict = judge(&world, |state| format!("code={code}&state={state}")).await;
        assert_eq!(verdict, ("callback.code_invalid", Disposition::Reject), "{code:.20}");
    }
    let verdict = judge(&world, |state| format!("state={state}")).await;
    assert_eq!(verdict.0, "callback.code_invalid", "missing");
}

#[tokio::test]
async fn c11_the_code_goes_out_exactly_as_it_came() {
    for code in ["c".repeat(4096), " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".to_owned()] {
        let world = World::new();
        let start = world.begin().await;
        world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
        world.op.take();
        let escaped: String = code.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let callback =
            Callback::parse(&format!("code={escaped}&state={}", parameters(&start)["state"])).unwrap();
        world.client.complete_login(start.pending, &callback).await.unwrap();
        assert_eq!(world.op.take()[0].field("code").unwrap(), code);
    }
}

#[tokio::test]
async fn c15_an_answer_comes_in_the_mode_that_was_asked_for() {
    let world = World::new();
    let query = world.begin().await;
    let form = world.client.begin_login(&world.request().form_post()).await.unwrap();
    assert_eq!(parameters(&form)["response_mode"], "form_post");
    assert!(!parameters(&query).contains_key("response_mode"));
    world.op.take();
    for (start, by_form) in [(&query, true), (&form, false)] {
        let answer = callback_query(start);
        let callback = match by_form {
            true => Callback::parse_form(answer.as_bytes()).unwrap(),
            false => Callback::parse(&answer).unwrap(),
        };
        let refused = world.client.complete_login(copy(start), &callback).await;
        assert_eq!(verdict(refused), ("callback.wrong_mode", Disposition::Reject));
    }
    let stranger = Callback::parse_form(b"code=c-1&state=guess").unwrap();
    let refused = world.client.complete_login(query.pending, &stranger).await;
    assert_eq!(
        verdict(refused),
        ("callback.state_invalid", Disposition::Reject),
        "the state is judged first"
    );
    assert!(world.op.heard().is_empty(), "nothing may be sent");

    let claims = world.id_token_claims(&form);
    world.issue(&world.issuer.sign(&claims));
    let callback = Callback::parse_form(callback_query(&form).as_bytes()).unwrap();
    world.client.complete_login(form.pending, &callback).await.unwrap();
}

#[test]
fn c07_a_form_is_read_as_strictly_as_a_query() {
    let code = |body: &[u8]| Callback::parse_form(body).unwrap_err().code();
    assert_eq!(code(b"code=a&code=b"), "callback.duplicate_param");
    assert_eq!(code(b"state=a&state=a"), "callback.duplicate_param");
    assert_eq!(code(b"code=%zz"), "callback.malformed");
    assert_eq!(code(b"code=\xff"), "callback.malformed");
}
