use std::{net::TcpListener, time::Duration};

use actix_web::{HttpServer, dev::Service as _};
use anyhow::{Context as _, Result};
use axum::{Router, extract::Request, middleware};
use example_shared::{Engine, Settings, on_axum, testing};
use tracing::{Instrument as _, Span, info_span};
use vestibule_dev_idp::DevIdp;
use vestibule_web::{RelyingParty, near_cache};

use crate::{arguments::Cast, balancer, server::Server};

/// A running application: one node or several.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) client_id: &'static str,
    /// Its origin.
    pub(crate) url: String,
    pub(crate) nodes: Vec<Node>,
    engine: Engine,
    balancer: Option<Server>,
}

/// A process of the application, as far as the others can tell: they share nothing but the store and the keys.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it is reached past the balancer.
    pub(crate) url: String,
    server: Server,
}

/// An address that an application is going to have.
#[derive(Debug)]
pub(crate) struct Place {
    listener: TcpListener,
    pub(crate) url: String,
}

/// Which application it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Dashboard,
    DocsPortal,
}

impl App {
    /// Starts the nodes at `place`, behind a balancer where there are several.
    pub(crate) fn start(
        kind: Kind,
        place: Place,
        idp: &DevIdp,
        neighbour: &str,
        cast: &Cast,
    ) -> Result<Self> {
        let Place { listener, url } = place;
        let client_id = kind.client_id();
        let mut settings = testing::settings(idp, client_id, &url, Some(neighbour))?;
        settings.session_store = cast.store()?;
        let engine = settings.session_store.engine();
        let mut node = |number: Option<usize>, place: Place| {
            if engine.is_durable() {
                settings.session_store = cast.store()?;
            }
            let relying_party = testing::node(idp, &settings)?;
            let server = kind.serve(number, place.listener, &settings, relying_party)?;
            anyhow::Ok(Node { url: place.url, server })
        };
        if cast.nodes == 1 {
            let only = node(None, Place { listener, url: url.clone() })?;
            return Ok(Self { client_id, url, nodes: vec![only], engine, balancer: None });
        }
        let nodes: Result<Vec<_>> =
            (1..=cast.nodes).map(|number| node(Some(number), Place::any()?)).collect();
        let nodes = nodes?;
        let balancer = balancer::app(nodes.iter().map(|node| node.url.clone()).collect())?;
        let balancer = Server::start(|stopped| Ok(on_axum::serve_on(listener, balancer, stopped)))?;
        Ok(Self { client_id, url, nodes, engine, balancer: Some(balancer) })
    }

    /// An address of the application.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// How long news of a logout may take from the node that heard of it to the others.
    pub(crate) fn bound(&self) -> Duration {
        if self.engine.is_cached() { near_cache::BOUND } else { Duration::ZERO }
    }

    /// Takes one node away, and waits until it is gone. The others have to do with that.
    pub(crate) async fn remove(&self, node: usize) -> Result<()> {
        let node = self.nodes.get(node).context("there is no such node")?;
        node.server.stop().await;
        Ok(())
    }

    /// Lets open requests finish, then stops all nodes.
    pub(crate) async fn stop(&self) {
        if let Some(balancer) = &self.balancer {
            balancer.stop().await;
        }
        for node in &self.nodes {
            node.server.stop().await;
        }
    }
}

impl Node {
    /// An address of this node.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Place {
    /// This port, or a free one where it is taken.
    pub(crate) fn on(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .or_else(|_| TcpListener::bind(("127.0.0.1", 0)))
            .context("no port is free")?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, url })
    }

    fn any() -> Result<Self> {
        Self::on(0)
    }
}

impl Kind {
    fn client_id(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::DocsPortal => "docs-portal",
        }
    }

    /// Serves one node, and marks what it logs with its name.
    fn serve(
        self,
        node: Option<usize>,
        listener: TcpListener,
        settings: &Settings,
        relying_party: RelyingParty,
    ) -> Result<Server> {
        match self {
            Self::Dashboard => {
                let app = named(info_span!("dashboard", node), dashboard::app(settings, relying_party)?);
                Ok(Server::start(|stopped| Ok(on_axum::serve_on(listener, app, stopped)))?)
            }
            Self::DocsPortal => {
                let settings = settings.clone();
                let app = move || {
                    let span = info_span!("docs-portal", node);
                    docs_portal::app(&settings, relying_party.clone())
                        .wrap_fn(move |request, next| next.call(request).instrument(span.clone()))
                };
                let server = HttpServer::new(app).workers(1).shutdown_timeout(1);
                Ok(Server::start(|stopped| Ok(server.shutdown_signal(stopped).listen(listener)?.run()))?)
            }
        }
    }
}

fn named(span: Span, app: Router) -> Router {
    app.layer(middleware::from_fn(move |request: Request, next: middleware::Next| {
        next.run(request).instrument(span.clone())
    }))
}
