use scenarios::{Browser, DASHBOARD, Mount, Request, World, on_every_mount};
use serde_json::{Value, json};
use vestibule_web::LogoutScope;

on_every_mount! {
    d11_the_user_ends_one_session
    d11_a_sid_ends_one_session
    d11_a_subject_ends_all_of_the_user
    d11_sid_and_subject_end_one_session
    d11_sid_and_subject_end_all_where_configured
    d11_a_sid_with_another_subject_ends_nothing
    d11_all_others_end
    d11_one_of_the_list_ends
    d11_another_application_is_left_alone
    d08_a_copied_cookie_is_dead_after_the_logout
}

/// Two browsers of alice's, one of bob's.
struct People {
    world: World,
    desk: Browser,
    phone: Browser,
    bob: Browser,
}

impl People {
    async fn new(mount: &'static dyn Mount) -> Self {
        Self::in_world(World::new(mount).await).await
    }

    async fn in_world(world: World) -> Self {
        let (desk, phone) = (world.login("alice").await, world.login("alice").await);
        let bob = world.login("bob").await;
        Self { world, desk, phone, bob }
    }

    /// Whether desk, phone and bob are signed in, at either node.
    async fn assert_signed_in(&self, expected: [bool; 3]) {
        let second = self.world.second_node().await;
        for node in [&*self.world, &second] {
            let mut signed_in = [false; 3];
            for (seen, browser) in signed_in.iter_mut().zip([&self.desk, &self.phone, &self.bob]) {
                *seen = browser.api(node, "/api/me").await.status == 200;
            }
            assert_eq!(signed_in, expected);
        }
    }

    /// Posts a logout token with exactly these claims about whom it is meant for.
    async fn hear(&self, whom: Value) {
        let token = self.world.provider().logout_token(DASHBOARD, |claims| {
            let claims = claims.as_object_mut().unwrap();
            claims.remove("sid");
            claims.remove("sub");
            claims.extend(whom.as_object().unwrap().clone());
        });
        assert_eq!(self.world.receive(Request::logout_token(&token)).await.status, 200);
    }

    fn sid(&self) -> String {
        self.desk.sso().unwrap().sid
    }
}

async fn d11_the_user_ends_one_session(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.desk.submit_logout(&people.world).await;
    people.assert_signed_in([false, true, true]).await;
    people.world
}

async fn d11_a_sid_ends_one_session(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.hear(json!({ "sid": people.sid() })).await;
    people.assert_signed_in([false, true, true]).await;
    people.world
}

async fn d11_a_subject_ends_all_of_the_user(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.hear(json!({ "sub": "alice" })).await;
    people.assert_signed_in([false, false, true]).await;
    people.world
}

async fn d11_sid_and_subject_end_one_session(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.hear(json!({ "sid": people.sid(), "sub": "alice" })).await;
    people.assert_signed_in([false, true, true]).await;
    people.world
}

async fn d11_sid_and_subject_end_all_where_configured(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.logout_scope(LogoutScope::AllForSubject)).await;
    let people = People::in_world(world).await;
    people.hear(json!({ "sid": people.sid(), "sub": "alice" })).await;
    people.assert_signed_in([false, false, true]).await;
    people.world
}

async fn d11_a_sid_with_another_subject_ends_nothing(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.hear(json!({ "sid": people.sid(), "sub": "bob" })).await;
    people.assert_signed_in([true, true, true]).await;
    people.world
}

async fn d11_all_others_end(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    people.desk.session(&people.world).await.end_all_others().await.unwrap();
    people.assert_signed_in([true, false, true]).await;
    people.world
}

async fn d11_one_of_the_list_ends(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    let session = people.desk.session(&people.world).await;
    let listed = session.all_of_user().await.unwrap();
    assert_eq!(listed.iter().map(|session| session.is_current).collect::<Vec<_>>(), [true, false]);
    let of_bob = people.bob.session(&people.world).await.all_of_user().await.unwrap().remove(0);
    assert!(!session.end_listed(&of_bob.id).await.unwrap(), "it belongs to somebody else");
    assert!(session.end_listed(&listed[1].id).await.unwrap());
    people.assert_signed_in([true, false, true]).await;
    people.world
}

async fn d11_another_application_is_left_alone(mount: &'static dyn Mount) -> World {
    let people = People::new(mount).await;
    let docs = people.world.other_application().await;
    people.desk.log_in(&docs).await;
    people.hear(json!({ "sub": "alice" })).await;
    assert_eq!(people.desk.page(&docs, "/").await.text(), "hello alice");
    people.assert_signed_in([false, false, true]).await;
    people.world
}

async fn d08_a_copied_cookie_is_dead_after_the_logout(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let copy = alice.session_cookie(&world).unwrap();
    let thief = Browser::new("mallory");
    thief.plant(&world, &copy.name, &copy.value);
    assert_eq!(thief.page(&world, "/").await.text(), "hello alice");
    alice.submit_logout(&world).await;
    assert_eq!(thief.page(&world, "/").await.text(), "hello stranger");
    world
}
