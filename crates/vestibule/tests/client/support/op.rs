use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use vestibule::{form, testing::TestTransport, transport::TransportError};

type Answer = dyn Fn(&Sent) -> Result<Response<Bytes>, TransportError> + Send + Sync;

/// A provider that is a table: one answer for each path. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Op(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: BTreeMap<&'static str, Arc<Answer>>,
    sent: Vec<Sent>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) origin: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Op {
    /// From now on, this path is answered like that.
    pub(crate) fn answer(
        &self,
        path: &'static str,
        answer: impl Fn(&Sent) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
    ) {
        self.script().answers.insert(path, Arc::new(answer));
    }

    /// From now on, this path is answered with this response.
    pub(crate) fn respond(&self, path: &'static str, response: Response<Bytes>) {
        self.answer(path, move |_| Ok(response.clone()));
    }

    /// The other end of the table.
    pub(crate) fn transport(&self) -> TestTransport {
        let op = self.clone();
        TestTransport::new(move |request| op.hear(request))
    }

    fn hear(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let sent = Sent::from(request);
        let answer = {
            let mut script = self.script();
            script.sent.push(sent.clone());
            script.answers.get(sent.path.as_str()).cloned()
        };
        answer.map_or_else(|| Ok(not_found()), |answer| answer(&sent))
    }

    /// The paths of all requests since this was asked last, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.take().into_iter().map(|sent| sent.path).collect()
    }

    /// All requests since this was asked last, in order.
    pub(crate) fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.script().sent)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }
}

impl Sent {
    /// A member of the form body, which must not be there twice.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let fields = form::parse(std::str::from_utf8(&self.body).unwrap()).unwrap();
        let mut values = fields.into_iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "`{name}` was sent twice");
        value
    }

    pub(crate) fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl From<&Request<Bytes>> for Sent {
    fn from(request: &Request<Bytes>) -> Self {
        Self {
            method: request.method().clone(),
            origin: format!("{}://{}", request.uri().scheme().unwrap(), request.uri().authority().unwrap()),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            headers: request.headers().clone(),
            body: request.body().clone(),
        }
    }
}

fn not_found() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
