//! Users who are signed in without a provider are signed in like any others.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule::{
    AuthorityClaims, ClientSecret, Diagnose, Provider,
    testing::{SeededRandom, TestClock, TestTransport},
};
use vestibule_web::{
    CookieKeys, MemoryStore, NoSessions, RelyingParty, RelyingPartyBuilder, Requirement, Session, Visitor,
    http::RequestHead,
    testing::{SignedIn, TestUser, sign_in},
};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Basket {
    items: u32,
}

/// Stored sessions, sealed ones, and sealed ones with a store of logouts, at a provider that must not be called.
fn relying_parties(
    clock: &TestClock,
    setup: fn(RelyingPartyBuilder<NoSessions>) -> RelyingPartyBuilder<NoSessions>,
) -> [RelyingParty; 3] {
    let builder = || {
        let provider = Provider::builder("https://acme.example")
            .unwrap()
            .transport(TestTransport::new(|request| panic!("{} was called", request.uri())))
            .clock(clock.clone())
            .random(SeededRandom::new(7))
            .build()
            .unwrap();
        let app = provider.web_app("dashboard", ClientSecret::new("s3cret"));
        setup(RelyingParty::builder(app, "https://app.acme.example"))
    };
    let keys = CookieKeys::generate(&SeededRandom::new(8)).unwrap();
    let store = || MemoryStore::builder().clock(Arc::new(clock.clone())).build();
    [
        builder().stored_sessions(store(), keys.clone()).build().unwrap(),
        builder().sealed_sessions(keys.clone()).build().unwrap(),
        builder().sealed_sessions(keys).backchannel_logout(store()).build().unwrap(),
    ]
}

async fn visitor(rp: &RelyingParty, cookie: &str) -> Visitor {
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
    let visit = rp.visit(&RequestHead::new(&Method::GET, &Uri::from_static("/me"), &headers));
    visit.visitor().await.unwrap()
}

async fn session(rp: &RelyingParty, signed_in: &SignedIn) -> Session {
    match visitor(rp, signed_in.cookie()).await {
        Visitor::SignedIn(session) => session,
        Visitor::Anonymous => panic!("nobody is signed in"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_application_sees_the_user_as_described() {
    for rp in
        relying_parties(&TestClock::default(), |rp| rp.authority(AuthorityClaims::keycloak("dashboard")))
    {
        let user = TestUser::new("alice")
            .sid("sid-1")
            .claim("email", "alice@acme.example")
            .claim("email_verified", true)
            .claim("realm_access", json!({ "roles": ["editor"] }))
            .role("admin")
            .permission("orders:write")
            .scope("orders:read")
            .organization("org_1")
            .data(&Basket { items: 3 });
        let session = session(&rp, &sign_in(&rp, user).await.unwrap()).await;
        assert_eq!((session.subject(), session.sid()), ("alice", Some("sid-1")));
        assert_eq!(session.claim("email").unwrap(), "alice@acme.example");
        assert_eq!(session.data::<Basket>().unwrap(), Some(Basket { items: 3 }));
        let identity = session.identity().unwrap();
        assert_eq!((identity.subject(), identity.issuer()), ("alice", "https://acme.example"));
        for requirement in [
            Requirement::role("admin").and(Requirement::role("editor")),
            Requirement::permission("orders:write"),
            Requirement::scope("orders:read").and(Requirement::scope("email")),
            Requirement::organization("org_1"),
            Requirement::email_verified(),
            Requirement::fresh(Duration::from_secs(60)),
        ] {
            session.require(&requirement).unwrap();
        }
        session.require(&Requirement::role("owner")).unwrap_err();
    }
}

#[tokio::test(start_paused = true)]
async fn a_cookie_is_good_for_its_own_session_alone() {
    for rp in relying_parties(&TestClock::default(), |rp| rp) {
        let (alice, bob) = (
            sign_in(&rp, TestUser::new("alice")).await.unwrap(),
            sign_in(&rp, TestUser::new("bob")).await.unwrap(),
        );
        let session = session(&rp, &alice).await;
        assert_eq!(session.csrf_token(), alice.csrf_token());
        session.check_csrf(alice.csrf_token()).unwrap();
        session.check_csrf(bob.csrf_token()).unwrap_err();
        assert!(matches!(visitor(&rp, "a=b").await, Visitor::Anonymous));
        assert!(matches!(visitor(&rp, &alice.cookie().replace('=', "=A")).await, Visitor::Anonymous));
    }
}

/// The store's clock stands still here: equal moments are covered.
#[tokio::test(start_paused = true)]
async fn a_logout_ends_it() {
    let clock = TestClock::default();
    let [stored, _, revocable] = relying_parties(&clock, |rp| rp);
    for rp in [stored, revocable] {
        let (first, second) = (
            sign_in(&rp, TestUser::new("alice")).await.unwrap(),
            sign_in(&rp, TestUser::new("alice")).await.unwrap(),
        );
        session(&rp, &second).await.end_all_others().await.unwrap();
        assert!(matches!(visitor(&rp, first.cookie()).await, Visitor::Anonymous));
        assert!(matches!(visitor(&rp, second.cookie()).await, Visitor::SignedIn(_)));
        let error = sign_in(&rp, TestUser::new("alice")).await.unwrap_err();
        assert_eq!(error.code(), "callback.session_revoked");
        clock.advance(Duration::from_millis(1));
        sign_in(&rp, TestUser::new("alice")).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_access_token_is_there_if_one_was_given() {
    let [stored, sealed, _] = relying_parties(&TestClock::default(), |rp| rp);
    let with = sign_in(&stored, TestUser::new("alice").access_token("secret")).await.unwrap();
    assert_eq!(session(&stored, &with).await.access_token().await.unwrap().expose(), "secret");
    for (rp, code) in [(&stored, "session.no_access_token"), (&sealed, "session.needs_store")] {
        let without = sign_in(rp, TestUser::new("alice")).await.unwrap();
        let error = session(rp, &without).await.access_token().await.unwrap_err();
        assert_eq!(error.code(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_a_login_is_refused() {
    for rp in relying_parties(&TestClock::default(), |rp| rp.data_limit(8)) {
        for (user, code) in [
            (TestUser::new("alice").data(&"too long for eight"), "session.data_too_large"),
            (TestUser::new("alice").claim("auth_time", "yesterday"), "session.data"),
        ] {
            let error = sign_in(&rp, user).await.unwrap_err();
            assert_eq!(error.code(), code);
        }
        let user = TestUser::new("alice").claim("sub", "bob").claim("iss", "https://evil.example");
        let session = session(&rp, &sign_in(&rp, user).await.unwrap()).await;
        assert_eq!(session.subject(), "alice");
        assert_eq!(session.claim("sub").unwrap(), "alice");
        assert_eq!(session.claim("iss").unwrap(), "https://acme.example");
    }
}
