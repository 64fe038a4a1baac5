//! The device flow (RFC 8628).

use std::time::Duration;

use serde_json::{Value, json};
use vestibule_dev_idp::{
    DeviceAuthorizationFault, Endpoint, EventKind, HttpFault, Misbehaviour, TokenAnswerFault,
};

use crate::support::{Answer, CLI, Tokens, World, claims, cli};

/// What the device was told.
struct Device {
    device_code: String,
    user_code: String,
}

impl Device {
    async fn new(world: &World) -> Self {
        let answer = begin(world).await.json();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { device_code: text("device_code"), user_code: text("user_code") }
    }

    /// Asks for tokens, in time.
    async fn poll(&self, world: &World) -> Answer {
        world.idp.clock().advance(Duration::from_secs(5));
        self.poll_at_once(world).await
    }

    async fn poll_at_once(&self, world: &World) -> Answer {
        let grant_type = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        world.token_for_cli(&[grant_type, ("device_code", &self.device_code)]).await
    }

    /// The browser sends a form of the page off.
    async fn page(&self, world: &World, field: &str, value: &str) -> Answer {
        world.post("/device", &[("user_code", &self.user_code), (field, value)]).await
    }
}

async fn begin(world: &World) -> Answer {
    let scope = "openid profile offline_access unheard-of";
    world.post("/device_authorization", &[("client_id", CLI), ("scope", scope)]).await
}

#[tokio::test]
async fn a_device_is_let_in_by_a_browser() {
    let world = World::new();
    let mut events = world.idp.events();
    let told = begin(&world).await;
    assert_eq!(told.header("cache-control"), Some("no-store"));
    let told = told.json();
    let user_code = told["user_code"].as_str().unwrap();
    let device = Device {
        device_code: told["device_code"].as_str().unwrap().to_owned(),
        user_code: user_code.to_owned(),
    };
    let complete = format!("{}?user_code={user_code}", world.url("/device"));
    assert_eq!(told["verification_uri"], world.url("/device"));
    assert_eq!(told["verification_uri_complete"], complete);
    assert_eq!((&told["expires_in"], &told["interval"]), (&json!(600), &json!(5)));
    assert_eq!(device.poll(&world).await.error(), "authorization_pending");

    let typed = user_code.to_lowercase().replace('-', "");
    let login_page = world.get(&format!("/device?user_code={typed}")).await;
    assert!(login_page.body.contains("Alice Liddell") && login_page.body.contains(CLI));
    let back = device.page(&world, "login", "alice").await;
    assert_eq!(back.header("location"), Some(format!("/device?user_code={user_code}").as_str()));
    let question = world.get(&format!("/device?user_code={typed}")).await;
    for shown in [user_code, CLI, "offline_access", "Alice Liddell", "Did you ask for this?"] {
        assert!(question.body.contains(shown), "{shown}");
    }
    assert!(!question.body.contains("unheard-of"), "what is not granted is not shown");
    assert_eq!(device.poll(&world).await.error(), "authorization_pending", "signing in is not approving");
    assert!(device.page(&world, "approve", "1").await.body.contains("The device is in"));

    let tokens = Tokens::read(&device.poll(&world).await);
    assert_eq!(tokens.answer["scope"], "offline_access openid profile");
    let identity = claims(&tokens.id_token);
    assert_eq!((&identity["aud"], identity.get("nonce")), (&json!([CLI]), None));
    assert_eq!(device.poll(&world).await.error(), "invalid_grant", "it is good for one use");
    assert!(device.page(&world, "approve", "1").await.body.contains("No device waits with this code"));

    let expected = [
        EventKind::DeviceWaits { client: CLI.to_owned(), user_code: user_code.to_owned() },
        EventKind::DeviceRefused { client: CLI.to_owned(), error: "authorization_pending".to_owned() },
        EventKind::DeviceApproved { user: "alice".to_owned(), client: CLI.to_owned() },
        EventKind::CodeExchanged { user: "alice".to_owned(), client: CLI.to_owned() },
    ];
    let happened = events.drain();
    assert!(expected.iter().all(|event| happened.contains(event)), "{happened:?}");
}

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again_and_may_be_somebody_else() {
    let world = World::new();
    world.tokens("dashboard", "alice").await;
    let device = Device::new(&world).await;
    let question = world.get(&format!("/device?user_code={}", device.user_code)).await;
    assert!(question.body.contains("Approve") && question.body.contains("Alice Liddell"));
    assert!(device.page(&world, "switch", "1").await.body.contains("name=\"login\" value=\"bob\""));
    device.page(&world, "login", "bob").await;
    device.page(&world, "approve", "1").await;
    let tokens = Tokens::read(&device.poll(&world).await);
    let nobody = world.idp.requests();
    assert_eq!(nobody.login, 1, "the login page of /authorize was sent once, for the dashboard");
    assert_eq!(claims(&tokens.id_token)["preferred_username"], "bob");
}

#[tokio::test]
async fn nobody_is_let_in_by_a_stranger() {
    let world = World::new();
    let device = Device::new(&world).await;
    let page = device.page(&world, "approve", "1").await;
    assert!(page.body.contains("Sign in"), "who is not signed in decides nothing");
    world.tokens("dashboard", "alice").await;
    let from_elsewhere = world
        .browser
        .post(world.url("/device"))
        .header("origin", "http://evil.example")
        .form(&[("user_code", device.user_code.as_str()), ("approve", "1")]);
    assert_eq!(from_elsewhere.send().await.unwrap().status(), 400);
    let twice = format!("/device?user_code={0}&user_code={0}", device.user_code);
    assert_eq!(world.get(&twice).await.status, 400);
    assert_eq!(device.poll(&world).await.error(), "authorization_pending");
    let unknown = world.get("/device?user_code=<script>").await;
    assert!(unknown.body.contains("No device waits") && !unknown.body.contains("<script>"));
    assert!(world.get("/device").await.body.contains("Type the code"));
}

#[tokio::test]
async fn a_device_is_denied_by_page_and_by_order() {
    let world = World::new();
    let (first, second) = (Device::new(&world).await, Device::new(&world).await);
    assert!(first.page(&world, "deny", "1").await.body.contains("The device stays out"));
    world.idp.deny_device(&second.user_code).unwrap();
    for device in [&first, &second] {
        assert_eq!(device.poll(&world).await.error(), "access_denied");
    }
    assert_eq!(world.idp.deny_device(&second.user_code).unwrap_err().code(), "user_code.not_waiting");
}

#[tokio::test]
async fn an_order_lets_in_within_the_session_that_is_there() {
    let world = World::new();
    let dashboard = world.tokens("dashboard", "alice").await;
    let device = Device::new(&world).await;
    assert_eq!(world.idp.approve_device(&device.user_code, "").unwrap_err().code(), "user_code.login");
    world.idp.approve_device(&device.user_code, "alice").unwrap();
    let tokens = Tokens::read(&device.poll(&world).await);
    assert_eq!(claims(&tokens.id_token)["sid"], claims(&dashboard.id_token)["sid"]);
    world.log_out(&dashboard).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.as_str())];
    assert_eq!(world.token_for_cli(&refresh).await.error(), "invalid_grant");

    let device = Device::new(&world).await;
    world.idp.approve_device(&device.user_code, "carol").unwrap();
    let tokens = Tokens::read(&device.poll(&world).await);
    assert_eq!(claims(&tokens.id_token)["preferred_username"], "carol", "a session began for her");
}

#[tokio::test]
async fn a_device_that_hurries_is_slowed_down() {
    let world = World::new();
    let device = Device::new(&world).await;
    assert_eq!(device.poll(&world).await.error(), "authorization_pending");
    assert_eq!(device.poll_at_once(&world).await.error(), "slow_down");
    assert_eq!(device.poll(&world).await.error(), "slow_down", "the interval is 10 s now");
    world.idp.clock().advance(Duration::from_secs(10));
    assert_eq!(device.poll(&world).await.error(), "authorization_pending", "and was 15 s");

    let world = World::with(|builder| builder.device_interval(Duration::ZERO));
    let device = Device::new(&world).await;
    for _ in 0..3 {
        assert_eq!(device.poll_at_once(&world).await.error(), "authorization_pending");
    }
}

#[tokio::test]
async fn codes_expire_and_belong_to_their_application() {
    let world = World::with(|builder| builder.device_code_lifetime(Duration::from_secs(60)));
    let device = Device::new(&world).await;
    let grant_type = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    world.idp.register(super::support::application("other").device_flow(true)).unwrap();
    let stolen = world.token("other", &[grant_type, ("device_code", &device.device_code)]).await;
    assert_eq!(stolen.error(), "invalid_grant");
    world.idp.approve_device(&device.user_code, "alice").unwrap();
    world.idp.clock().advance(Duration::from_secs(60));
    assert_eq!(device.poll_at_once(&world).await.error(), "expired_token");
    assert_eq!(world.token_for_cli(&[grant_type, ("device_code", "dev_x")]).await.error(), "invalid_grant");
    assert_eq!(world.token_for_cli(&[grant_type]).await.error(), "invalid_request");

    let late = Device::new(&world).await;
    world.idp.clock().advance(Duration::from_secs(60));
    assert!(world.idp.approve_device(&late.user_code, "alice").is_err());
}

#[tokio::test]
async fn only_registered_applications_may_begin() {
    let world = World::new();
    let post = |form: &'static [(&str, &str)]| world.post("/device_authorization", form);
    assert_eq!(post(&[("client_id", CLI)]).await.error(), "invalid_scope");
    assert_eq!(
        post(&[("client_id", CLI), ("scope", "openid"), ("scope", "x")]).await.error(),
        "invalid_request"
    );
    assert_eq!(post(&[("client_id", "nobody"), ("scope", "openid")]).await.error(), "invalid_client");
    assert_eq!(post(&[("client_id", "dashboard"), ("scope", "openid")]).await.error(), "invalid_client");
    world.idp.register(cli().device_flow(false)).unwrap();
    assert_eq!(begin(&world).await.error(), "unauthorized_client");
    assert_eq!(world.idp.requests().device_authorization, 5);
    assert_eq!(world.idp.requests().back_channel(), 5);
}

#[tokio::test]
async fn each_fault_of_the_answer_does_what_it_says() {
    let world = World::new();
    let with = async |fault| {
        world.idp.misbehave_once(Misbehaviour::DeviceAuthorization(fault));
        begin(&world).await.json()
    };
    use DeviceAuthorizationFault as Fault;
    assert_eq!(with(Fault::ZeroInterval).await["interval"], 0);
    assert_eq!(with(Fault::InsecureUri).await["verification_uri"], "http://acme.example/device");
    let elsewhere = with(Fault::CompleteUriElsewhere).await;
    assert!(
        elsewhere["verification_uri_complete"].as_str().unwrap().starts_with("https://elsewhere.example/")
    );
    assert!(with(Fault::EscapesInUserCode).await["user_code"].as_str().unwrap().contains('\u{1b}'));
    assert!(with(Fault::EscapesInUri).await["verification_uri"].as_str().unwrap().contains('\u{1b}'));
    assert_eq!(with(Fault::Without("interval".to_owned())).await.get("interval"), None);
    assert_eq!(with(Fault::Member("expires_in".to_owned(), json!(-1))).await["expires_in"], -1);
    assert_eq!(with(Fault::WrongTypes).await["device_code"], 7);
    assert!(with(Fault::NotAnObject).await.is_array());
    assert_eq!(with(Fault::Error("slow_down".to_owned())).await["error"], "slow_down");
    assert!(begin(&world).await.json()["interval"] == 5, "and then it behaves");
}

#[tokio::test]
async fn the_faults_of_other_endpoints_are_there_for_devices() {
    let world = World::new();
    let device = Device::new(&world).await;
    let slow_down = TokenAnswerFault::Error("slow_down".to_owned());
    world.idp.misbehave_once(Misbehaviour::Token(slow_down));
    assert_eq!(device.poll(&world).await.error(), "slow_down");
    world.idp.misbehave_once(Misbehaviour::Http(Endpoint::Token, HttpFault::Status(500)));
    assert_eq!(device.poll(&world).await.status, 500);
    world.idp.misbehave_once(Misbehaviour::Http(Endpoint::DeviceAuthorization, HttpFault::Status(503)));
    assert_eq!(begin(&world).await.status, 503);
    world.idp.approve_device(&device.user_code, "alice").unwrap();
    let rest: Value = device.poll(&world).await.json();
    assert!(rest["access_token"].is_string(), "none of them spent the code");
}
