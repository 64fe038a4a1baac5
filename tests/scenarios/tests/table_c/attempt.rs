use scenarios::{Answer, Browser, Calls, Mount, Request, World, trace};
use url::{Url, form_urlencoded::Serializer};

/// The parameters of a callback, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameters(pub(crate) Vec<(String, String)>);

impl Parameters {
    /// Those of a callback's path and query.
    pub(crate) fn of(callback: &str) -> Self {
        let url = Url::parse("https://app.acme.example").unwrap().join(callback).unwrap();
        Self(url.query_pairs().into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.without(name).also(name, value)
    }

    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> String {
        format!("/auth/callback?{}", Serializer::new(String::new()).extend_pairs(&self.0).finish())
    }
}

/// What becomes of the pending login when its callback was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// It waits on: the answer was none to it.
    Waits,
    /// It is over: the answer was to it, and wrong.
    Over,
}

/// That a callback is refused with this code, once shown to a person and once to a program; that nothing is written and
/// nobody called; and that the log has the code under the id that was shown.
pub(crate) async fn refuses(
    mount: &'static dyn Mount,
    code: &str,
    pending: Pending,
    alter: impl Fn(Parameters) -> Parameters,
) -> World {
    refuses_in(World::new(mount).await, code, pending, alter).await
}

/// As [`refuses`], in a given world.
pub(crate) async fn refuses_in(
    world: World,
    code: &str,
    pending: Pending,
    alter: impl Fn(Parameters) -> Parameters,
) -> World {
    for shown_to in [Request::page, Request::api] {
        let alice = Browser::new("alice");
        let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
        let altered = alter(Parameters::of(&callback)).path();
        let before = world.snapshot().await;
        let answer = alice.send(&world, shown_to(&altered)).await;
        assert_refused(&answer, 400, code);
        world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
        assert_eq!(alice.session_cookie(&world), None);

        let genuine = alice.page(&world, &callback).await;
        match pending {
            Pending::Waits => assert_eq!((genuine.status, genuine.location()), (303, "/me")),
            Pending::Over => assert_refused(&genuine, 400, "callback.state_invalid"),
        }
    }
    world
}

/// That an answer is a refusal with this status and code, which the log has too.
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let (code, correlation) =
        (format!("code=\"{code}\""), format!("correlation=\"{}\"", answer.correlation()));
    assert_eq!(answer.correlation().len(), 16, "{answer:?}");
    assert_eq!(trace::lines_with(&[&code, &correlation]).len(), 1, "{:?}", trace::lines());
}
