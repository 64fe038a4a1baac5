use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use vestibule::transport::{HttpTransport, Limits, Transport, TransportError};

use super::fault_points::FaultPoints;

/// The network, with a fault point before and after every call.
#[derive(Debug)]
pub(super) struct Wire {
    inner: HttpTransport,
    points: Arc<FaultPoints>,
}

impl Wire {
    pub(super) fn new(inner: HttpTransport, points: Arc<FaultPoints>) -> Self {
        Self { inner, points }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let step = format!("{} {}", request.method(), request.uri().path());
        self.points.around(&step, self.inner.send(request, limits)).await
    }
}
