use scenarios::{Browser, Calls, Mount, World, on_every_mount};
use vestibule_web::LoginVerdict;

on_every_mount! {
    an_application_sees_every_login_first
    an_application_may_refuse_a_user
    an_application_that_fails_makes_no_session
    data_given_at_login_is_the_sessions
    endpoints_move_with_their_prefix
}

async fn an_application_sees_every_login_first(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.on_login(async |attempt| {
            assert_eq!((attempt.id_token.subject(), attempt.user_agent.as_deref()), ("alice", None));
            assert!(attempt.access_token.expose().starts_with("canary-access-"));
            Ok::<_, std::io::Error>(LoginVerdict::Accept(bytes::Bytes::new()))
        })
    })
    .await;
    world.login("alice").await;
    world
}

async fn an_application_may_refuse_a_user(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.on_login(async |attempt| {
            let known = attempt.id_token.subject() == "alice";
            let accept = LoginVerdict::Accept(bytes::Bytes::new());
            Ok::<_, std::io::Error>(if known { accept } else { LoginVerdict::Refuse })
        })
    })
    .await;
    world.login("alice").await;
    let answer = ends_without_session(&world).await;
    assert_eq!((answer.0, answer.1.as_str()), (403, "login.refused"));
    world
}

async fn an_application_that_fails_makes_no_session(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.on_login(async |_| Err::<LoginVerdict, _>(std::io::Error::other("the directory is down")))
    })
    .await;
    let answer = ends_without_session(&world).await;
    assert_eq!((answer.0, answer.1.as_str()), (503, "login.application_failed"));
    world
}

/// That a login of mallory's leaves nothing behind, here or at the provider.
async fn ends_without_session(world: &World) -> (u16, String) {
    let mallory = Browser::new("mallory");
    let callback = mallory.start_login(world, "/auth/login").await;
    world.settle().await;
    let (before, grants) = (world.snapshot().await, world.provider().live_grants());
    let answer = mallory.page(world, &callback).await;
    world.settle().await;
    world.snapshot().await.assert_unchanged_since(&before, Calls { revocation: 1, ..Calls::TOKEN });
    assert_eq!((mallory.cookies(world).len(), world.provider().live_grants()), (0, grants));
    (answer.status, answer.code())
}

async fn data_given_at_login_is_the_sessions(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.on_login(async |_| LoginVerdict::accept_with(&41))).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "42");
    world
}

async fn endpoints_move_with_their_prefix(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.prefix("/sign/in")).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/me").await.location(), "/sign/in/login?return_to=%2Fme");
    let sent = alice.page(&world, "/sign/in/login").await;
    assert!(sent.location().contains("app.acme.example%2Fsign%2Fin%2Fcallback"), "{sent:?}");
    assert_eq!(alice.page(&world, "/auth/login").await.status, 404);
    assert_eq!(alice.page(&world, "/sign/in/logged-out").await.status, 200);
    world
}
