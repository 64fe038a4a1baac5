//! An application whose users come from two providers.

use vestibule::{ClientSecret, Provider, testing::SeededRandom};
use vestibule_web::{RelyingParties, RelyingParty};

use crate::{
    IdentityProvider, Node, World,
    node::Surroundings,
    provider::{ISSUER, Registration},
    world::an_api,
};

/// The issuer identifier of the second provider.
pub const GLOBEX: &str = "https://globex.example";

/// The client id, at either provider, of the application that trusts both.
pub(crate) const BOTH: &str = "both";

impl World {
    /// One application that trusts this world's provider, with its endpoints at `/auth`, and another one, with its
    /// endpoints at `/globex/auth`. Returned is the same application twice: as its users of either provider see it.
    pub async fn two_providers(
        &self,
        combine: impl FnOnce(RelyingParty, RelyingParty) -> RelyingParties,
    ) -> (Node, Node) {
        const ORIGIN: &str = "https://both.acme.example";
        let surroundings = self.surroundings();
        let globex = IdentityProvider::new(&surroundings.clock, GLOBEX, 2);
        for (provider, prefix) in [(&surroundings.provider, "/auth"), (&globex, "/globex/auth")] {
            let registration = Registration {
                secret: format!("canary-secret-below-{}", prefix.replace('/', "-")),
                redirect_uri: format!("{ORIGIN}{prefix}/callback"),
                post_logout_redirect_uri: format!("{ORIGIN}{prefix}/logged-out"),
            };
            provider.register(BOTH, registration);
        }
        let provider = |of: &IdentityProvider, seed: u64| {
            Provider::builder(of.issuer.issuer())
                .expect("an issuer")
                .transport(of.wire())
                .clock(surroundings.clock.clone())
                .random(SeededRandom::new(seed))
        };
        let at_acme = provider(&surroundings.provider, 101).build().expect("a provider");
        let at_globex = provider(&globex, 102).beside(&at_acme).build().expect("a provider");
        let relying_party = |at: &Provider, of: &IdentityProvider, prefix: &str| {
            let client = at.web_app(BOTH, ClientSecret::new(of.secret_of(BOTH)));
            let (store, keys) = self.store_and_keys();
            RelyingParty::builder(client, ORIGIN)
                .stored_sessions(store, keys)
                .prefix(prefix)
                .build()
                .expect("a relying party")
        };
        let acme = relying_party(&at_acme, &surroundings.provider, "/auth");
        let other = relying_party(&at_globex, &globex, "/globex/auth");
        let api = an_api(&at_acme, &acme);
        let site = self.mount().start(combine(acme.clone(), other.clone()), api).await;
        let of_globex = Surroundings { provider: globex.clone(), ..surroundings.clone() };
        self.also_has(globex);
        (
            Node::of(ORIGIN, acme, std::rc::Rc::clone(&site), surroundings.clone()),
            Node::of(ORIGIN, other, site, of_globex),
        )
    }

    /// The issuers of every provider here.
    pub(crate) fn issuers(&self) -> Vec<String> {
        let others = self.others();
        std::iter::once(ISSUER.to_owned())
            .chain(others.iter().map(|provider| provider.issuer.issuer().to_owned()))
            .collect()
    }
}
