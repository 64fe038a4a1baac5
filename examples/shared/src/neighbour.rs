use serde::Deserialize;

/// The other example application, with which this one shares the provider.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// What it calls itself in links.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Its origin.
    pub url: String,
}

/// `?from=`: which application's link brought the user here.
///
/// A referrer would not do: it is lost on the way through the provider, where a first visit goes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CameFrom {
    from: Option<String>,
}

impl Neighbour {
    /// Where the link to it, from the application called `id`, leads.
    pub fn link_from(&self, id: &str) -> String {
        format!("{}/me?from={id}", self.url)
    }

    /// Whether the user came from it. Anybody can write such a link, so a name counts only when it is known.
    pub fn sent(&self, came_from: &CameFrom) -> bool {
        came_from.from.as_deref() == Some(self.id)
    }
}
