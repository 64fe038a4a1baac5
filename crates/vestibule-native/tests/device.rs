//! Logins on another device. Time stands still but for those who wait: the provider is in memory.

use std::sync::{Arc, Mutex};

use vestibule_native::{
    DeviceLogin, Login, LoginEvent, NativeApp, NativeError, StorePolicy, Surroundings,
    vestibule::{Diagnose, Disposition, UserCode, testing::TestProvider},
};

struct Shown(Arc<Mutex<Option<DeviceLogin>>>);

impl Shown {
    fn of(login: Login, then: impl Fn(&UserCode) + Send + Sync + 'static) -> (Self, Login) {
        let shown = Arc::new(Mutex::new(None));
        let heard = Arc::clone(&shown);
        let login = login.on_event(move |event| {
            if let LoginEvent::Device(device) = event {
                then(&device.user_code);
                *heard.lock().unwrap() = Some(device);
            }
        });
        (Self(shown), login)
    }

    fn device(&self) -> DeviceLogin {
        self.0.lock().unwrap().clone().expect("a device login was shown")
    }
}

fn provider() -> TestProvider {
    TestProvider::new("https://op.example").unwrap()
}

fn app_of(op: &TestProvider) -> NativeApp {
    let app = NativeApp::builder(op.provider().native("acme-cli")).store(StorePolicy::MemoryOnly);
    app.surroundings(Surroundings::remote_terminal()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn f13_over_ssh_the_user_decides_on_another_device() {
    let op = provider();
    let app = app_of(&op);
    let approve = {
        let op = op.clone();
        move |code: &UserCode| op.approve_device(code)
    };
    let (shown, login) = Shown::of(Login::new(), approve);
    assert_eq!(app.login(login).await.unwrap().subject(), "alice");
    assert!(!app.access_token().await.unwrap().expose().is_empty());

    let device = shown.device();
    assert_eq!(device.verification_uri.host_str(), Some("op.example"));
    assert!(!format!("{device:?}").contains(device.user_code.as_str()));
}

#[tokio::test(start_paused = true)]
async fn f14_a_refusal_on_the_other_device_ends_the_login() {
    let op = provider();
    let app = app_of(&op);
    let deny = {
        let op = op.clone();
        move |code: &UserCode| op.deny_device(code)
    };
    let (_, login) = Shown::of(Login::new().on_another_device(), deny);
    let error = app.login(login).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("native.device_denied", Disposition::Reject));
    assert!(matches!(app.user().await, Err(NativeError::NotSignedIn)));
}

#[tokio::test(start_paused = true)]
async fn f09_a_device_login_that_nobody_decides_ends_in_time() {
    let op = provider();
    let app = app_of(&op);
    let (shown, login) = Shown::of(Login::new(), |_| {});
    let began = tokio::time::Instant::now();
    let error = app.login(login).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed().as_secs()), ("native.timeout", 300));
    assert!(shown.device().expires_in.as_secs() <= 300, "what is shown as left is what the login waits");
}
