use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, header};
use url::Url;
use vestibule::testing::TestClock;
use vestibule_web::{Api, RelyingParty};

use crate::{
    Answer, IdentityProvider, Request, Transcript,
    mount::{Mount, Site},
};

/// One process of an application, reached without a socket.
#[derive(Clone)]
pub struct Node {
    origin: Url,
    relying_party: RelyingParty,
    site: Rc<dyn Site>,
    surroundings: Surroundings,
}

/// What all nodes of a world share.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) provider: IdentityProvider,
    pub(crate) clock: TestClock,
    pub(crate) transcript: Transcript,
}

impl Node {
    pub(crate) async fn start(
        origin: &str,
        relying_party: RelyingParty,
        api: Api,
        mount: &dyn Mount,
        surroundings: Surroundings,
    ) -> Self {
        let site = mount.start(relying_party.clone().into(), api).await;
        Self::of(origin, relying_party, site, surroundings)
    }

    pub(crate) fn of(
        origin: &str,
        relying_party: RelyingParty,
        site: Rc<dyn Site>,
        surroundings: Surroundings,
    ) -> Self {
        Self { origin: Url::parse(origin).expect("an origin"), site, relying_party, surroundings }
    }

    /// Answers a request that carries this `Cookie` header. A millisecond passes first.
    pub(crate) async fn answer(&self, request: Request, cookies: Option<String>) -> Answer {
        self.surroundings.clock.advance(Duration::from_millis(1));
        let (method, path) = (request.method.to_string(), request.path.clone());
        let answer = Answer::read(self.site.answer(self.to_http(request, cookies)).await);
        self.surroundings.transcript.record(method, path, answer.clone());
        answer
    }

    /// Sends a request from nowhere in particular: without cookies.
    pub async fn receive(&self, request: Request) -> Answer {
        self.answer(request, None).await
    }

    fn to_http(&self, request: Request, cookies: Option<String>) -> http::Request<Bytes> {
        let mut http = http::Request::new(request.body);
        *http.method_mut() = request.method;
        *http.uri_mut() = request.path.parse().expect("a path");
        let headers = http.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_str(&self.host()).expect("a host"));
        if let Some(cookies) = cookies {
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookies).expect("cookies"));
        }
        for (name, value) in request.headers {
            headers.append(name, value);
        }
        http
    }

    /// The path and query of a URL of this application.
    ///
    /// # Panics
    /// When it is another application's.
    pub fn path_of(&self, url: &str) -> String {
        let url = Url::parse(url).expect("a URL");
        assert_eq!(url.origin(), self.origin.origin(), "{url}");
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// The host that browsers see.
    pub fn host(&self) -> String {
        self.origin.host_str().expect("a host").to_owned()
    }

    /// The relying party inside.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }

    /// The provider that it trusts.
    pub fn provider(&self) -> &IdentityProvider {
        &self.surroundings.provider
    }

    /// Its clock.
    pub fn clock(&self) -> &TestClock {
        &self.surroundings.clock
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("origin", &self.origin.as_str()).finish_non_exhaustive()
    }
}
