use scenarios::{Answer, Browser, Calls, Mount, Request, World, browser::Cookie, on_every_mount};
use vestibule::{ClientSecret, testing::TestProvider};
use vestibule_web::{ConfigError, CookieKeys, MemoryStore, RelyingParty};

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    c15_a_posted_answer_logs_in
    c15_the_pending_cookie_goes_with_posts_of_others_and_the_session_cookie_does_not
    c15_a_posted_answer_where_a_query_was_asked_for
    c15_a_query_where_a_post_was_asked_for
    c15_an_answer_that_is_no_form
    c15_an_answer_that_is_too_long
    c15_an_answer_without_its_pending_login
    c15_a_login_from_before_the_change_of_mode
    c07_a_posted_code_twice
    c09_a_posted_error_counts_after_its_state
    c21_a_new_login_ends_the_old_session_though_its_cookie_stays_away
}

async fn world(mount: &'static dyn Mount) -> World {
    World::with(mount, |rp| rp.form_post()).await
}

async fn c15_a_posted_answer_logs_in(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = Browser::new("alice");
    let sent = alice.page(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!(Parameters::of(sent.location()).get("response_mode"), "form_post");
    let answer = alice.begin(&world, "/auth/login?return_to=%2Fme").await;
    let back = alice.send(&world, answer).await;
    assert_eq!((back.status, back.location()), (303, "/me"), "{back:?}");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn c15_the_pending_cookie_goes_with_posts_of_others_and_the_session_cookie_does_not(
    mount: &'static dyn Mount,
) -> World {
    let world = world(mount).await;
    let alice = Browser::new("alice");
    let sent = alice.page(&world, "/auth/login").await;
    let [pending] = sent.set_cookies()[..] else { panic!("one cookie: {sent:?}") };
    assert!(pending.starts_with("__Host-vp-"), "{pending}");
    assert!(pending.ends_with("; Path=/; HttpOnly; SameSite=None; Max-Age=600; Secure"), "{pending}");
    let back = alice.send(&world, alice.begin(&world, "/auth/login").await).await;
    let set = back.set_cookies();
    let session = set.iter().find(|cookie| cookie.starts_with("__Host-vs-")).unwrap();
    assert!(session.contains("; SameSite=Lax;"), "{session}");
    let forgotten = set.iter().find(|cookie| cookie.starts_with("__Host-vp-")).unwrap();
    assert!(forgotten.contains("=; ") && forgotten.contains("; SameSite=None; Max-Age=0"), "{forgotten}");
    world
}

async fn c15_a_posted_answer_where_a_query_was_asked_for(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    refuses(&world, 405, "GET", |callback| Request::posted_answer(&callback)).await;
    world
}

async fn c15_a_query_where_a_post_was_asked_for(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    refuses(&world, 405, "POST", |callback| Request::page(&callback)).await;
    world
}

async fn c15_an_answer_that_is_no_form(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    for media_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
        refuses(&world, 400, "", |callback| {
            Request::posted_answer(&callback).header("content-type", media_type)
        })
        .await;
    }
    refuses(&world, 400, "", |callback| Request::posted_answer(&callback).without("content-type")).await;
    world
}

async fn c15_an_answer_that_is_too_long(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    refuses(&world, 400, "", |callback| {
        let (path, answer) = callback.split_once('?').unwrap();
        Request::posted_answer(&format!("{path}?{answer}&padding={}", "x".repeat(64 * 1024)))
    })
    .await;
    world
}

/// That this answer is refused, changes nothing, and leaves the login pending for the genuine one.
async fn refuses(world: &World, status: u16, allow: &str, alter: impl Fn(String) -> Request) {
    let alice = Browser::new("alice");
    let sent = alice.page(world, "/auth/login?return_to=%2Fme").await;
    let callback = world.path_of(&world.authorize(&alice, sent.location()).unwrap());
    let before = world.snapshot().await;
    let answer = alice.send(world, alter(callback.clone())).await;
    assert_refused(&answer, status, "callback.wrong_mode");
    assert_eq!(answer.header("allow").unwrap_or_default(), allow);
    assert_eq!((alice.session_cookie(world), answer.set_cookies().len()), (None, 0));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    let genuine = match sent.location().contains("response_mode") {
        true => Request::posted_answer(&callback),
        false => Request::page(&callback),
    };
    assert_eq!(alice.send(world, genuine).await.location(), "/me");
}

/// As with a browser that treats the cookie as `Lax`, or drops it.
async fn c15_an_answer_without_its_pending_login(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = Browser::new("alice");
    let answer = alice.begin(&world, "/auth/login").await;
    alice.clear(&world);
    let before = world.snapshot().await;
    assert_refused(&alice.send(&world, answer).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

/// Even if the browser sent the cookie along, a login that asked for a query takes no post.
async fn c15_a_login_from_before_the_change_of_mode(mount: &'static dyn Mount) -> World {
    let turn = std::rc::Rc::new(std::cell::Cell::new(false));
    let turned = std::rc::Rc::clone(&turn);
    let world = World::with(mount, move |rp| if turned.replace(true) { rp.form_post() } else { rp }).await;
    let new_node = world.second_node().await;
    let alice = Browser::new("alice");
    let by_query = alice.start_login(&world, "/auth/login").await;
    let pending = alice.cookies(&world).remove(0);
    alice.plant(&world, &pending.name, &pending.value);
    let before = world.snapshot().await;
    let answer = alice.send(&new_node, Request::posted_answer(&by_query)).await;
    assert_refused(&answer, 400, "callback.wrong_mode");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.session_cookie(&world), None);
    world
}

async fn c07_a_posted_code_twice(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = Browser::new("alice");
    let callback = posted(&world, &alice).await;
    let before = world.snapshot().await;
    let twice = Request::posted_answer(&format!("{callback}&code=another"));
    assert_refused(&alice.send(&world, twice).await, 400, "callback.duplicate_param");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c09_a_posted_error_counts_after_its_state(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = Browser::new("alice");
    let callback = posted(&world, &alice).await;
    let stranger = Request::posted_answer("/auth/callback?error=access_denied");
    assert_refused(&alice.send(&world, stranger).await, 400, "callback.state_invalid");
    let refusal = Parameters::of(&callback).without("code").also("error", "access_denied").path();
    let refused = alice.send(&world, Request::posted_answer(&refusal)).await;
    assert_refused(&refused, 400, "callback.idp_error");
    assert!(refused.text().contains("<em>access_denied</em>"), "a person sees a page: {refused:?}");
    world
}

async fn c21_a_new_login_ends_the_old_session_though_its_cookie_stays_away(
    mount: &'static dyn Mount,
) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let old = alice.session_cookie(&world).unwrap();
    let answer = alice.begin(&world, "/auth/login").await;
    assert_eq!(alice.send(&world, answer).await.status, 303);
    assert_ne!(alice.session_cookie(&world).unwrap().value, old.value);
    assert_eq!(with(&world, &old).await.status, 401);
    assert_eq!(world.state().await.sessions.len(), 1);
    world
}

/// The callback that a form would bring, as a query.
async fn posted(world: &World, alice: &Browser) -> String {
    let sent = alice.page(world, "/auth/login").await;
    world.path_of(&world.authorize(alice, sent.location()).unwrap())
}

async fn with(world: &World, cookie: &Cookie) -> Answer {
    world.receive(Request::api("/api/me").header("cookie", format!("{}={}", cookie.name, cookie.value))).await
}

#[test]
fn c15_a_form_needs_https() {
    let provider = TestProvider::new("https://op.example").unwrap();
    let app = provider.provider().web_app("dashboard", ClientSecret::new("s"));
    let keys = CookieKeys::generate(app.provider().random().as_ref()).unwrap();
    let build = |base: &str| {
        RelyingParty::builder(app.clone(), base)
            .stored_sessions(MemoryStore::new(), keys.clone())
            .form_post()
            .build()
            .map(drop)
    };
    assert_eq!(build("http://127.0.0.1:8080"), Err(ConfigError::FormPost));
    assert_eq!(build("https://app.example"), Ok(()));
}
