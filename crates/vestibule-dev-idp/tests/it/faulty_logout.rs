//! The switches of logout: delivery, the redirect afterwards, what survives.

use std::time::Duration;

use vestibule_dev_idp::{DeliveryFault, EventKind, Misbehaviour, PostLogoutFault};

use crate::support::{Authorization, Listener, Tokens, World, application, post_logout_redirect_uri};

async fn listening() -> (World, Listener) {
    let world = World::new();
    let listener = Listener::start().await;
    world.idp.register(application("dashboard").backchannel_logout_uri(&listener.uri)).unwrap();
    (world, listener)
}

async fn until_delivered(events: &mut vestibule_dev_idp::Events) {
    while !matches!(events.next().await.unwrap().kind, EventKind::LogoutDelivered { .. }) {}
}

#[tokio::test]
async fn logout_tokens_can_get_lost_or_doubled() {
    let (world, listener) = listening().await;
    world.idp.misbehave_once(Misbehaviour::Delivery(DeliveryFault::Lost));
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    assert!(listener.tokens().is_empty());

    world.idp.misbehave_once(Misbehaviour::Delivery(DeliveryFault::Duplicated));
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    let tokens = listener.tokens();
    assert_eq!((tokens.len(), &tokens[0]), (2, &tokens[1]));

    world.idp.misbehave_once(Misbehaviour::Delivery(DeliveryFault::UnknownField));
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    let form = listener.forms().remove(0);
    assert!(form.contains(&("ignored_parameter".to_owned(), "ignored".to_owned())));
}

#[tokio::test]
async fn logout_tokens_can_be_held_and_late() {
    let (world, listener) = listening().await;
    let mut events = world.idp.events();
    world.idp.misbehave_once(Misbehaviour::Delivery(DeliveryFault::Held));
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    assert!(listener.tokens().is_empty(), "the logout did not wait for it");
    world.idp.release();
    until_delivered(&mut events).await;
    assert_eq!(listener.tokens().len(), 1);

    world.idp.misbehave_once(Misbehaviour::Delivery(DeliveryFault::Delayed(Duration::from_millis(1))));
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    until_delivered(&mut events).await;
    assert_eq!(listener.tokens().len(), 1);
}

#[tokio::test]
async fn the_redirect_need_not_wait_for_the_delivery() {
    let world = World::with(|builder| builder.redirect_before_delivery(true));
    let listener = Listener::start().await;
    world.idp.register(application("dashboard").backchannel_logout_uri(&listener.uri)).unwrap();
    let mut events = world.idp.events();
    world.log_out(&world.tokens("dashboard", "alice").await).await;
    until_delivered(&mut events).await;
    assert_eq!(listener.tokens().len(), 1);
}

#[tokio::test]
async fn the_redirect_after_logout_can_be_wrong() {
    let world = World::new();
    let redirect = |fault: PostLogoutFault| {
        world.idp.misbehave_once(Misbehaviour::PostLogout(fault));
        let world = &world;
        async move {
            let tokens = world.tokens("dashboard", "alice").await;
            let uri = post_logout_redirect_uri("dashboard");
            let query = format!("id_token_hint={}&post_logout_redirect_uri={uri}&state=s", tokens.id_token);
            world.get(&format!("/end_session?{query}")).await.callback().get("state").cloned()
        }
    };
    assert_eq!(redirect(PostLogoutFault::State).await.as_deref(), Some("s_INVALID"));
    assert_eq!(redirect(PostLogoutFault::NoState).await, None);
}

#[tokio::test]
async fn codes_can_survive_the_logout() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let code = world.authorize(&Authorization::of("docs")).await.callback()["code"].clone();
    world.idp.misbehave(Misbehaviour::CodesSurviveLogout);
    world.log_out(&tokens).await;
    Tokens::read(&world.exchange("docs", &code).await);
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_can_survive_the_logout() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let code = world.authorize(&Authorization::of("docs")).await.callback()["code"].clone();
    world.idp.misbehave(Misbehaviour::RefreshTokensSurviveLogout);
    world.log_out(&tokens).await;
    Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
    assert_eq!(world.exchange("docs", &code).await.error(), "invalid_grant");
}
