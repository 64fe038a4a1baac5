use super::{claims::Claims, policy::TokenPolicy};

/// What `aud` says about this client (OpenID Connect Core section 3.1.3.7 (3), checklist A16, A17).
pub(super) enum Audience {
    /// This client, and at most trusted others.
    Ours(Vec<String>),
    /// Not this client, or no audience at all.
    Others,
    /// This client, and others that nobody vouches for.
    Untrusted,
}

impl Audience {
    pub(super) fn read(claims: &Claims, client_id: &str, policy: &TokenPolicy) -> Self {
        let Some(audience) = claims.audience() else { return Self::Others };
        if !audience.iter().any(|one| one == client_id) {
            return Self::Others;
        }
        let trusted = |one: &String| one == client_id || policy.trusted_audiences.contains(one);
        if audience.iter().all(trusted) { Self::Ours(audience) } else { Self::Untrusted }
    }
}
