use maud::{Markup, html};

use crate::Arrival;

/// The other example application, with which this one shares the provider.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// What people call it.
    pub name: &'static str,
    /// A link to it, which says where the user comes from.
    pub link: String,
    id: &'static str,
}

impl Neighbour {
    /// The application called `id`, as it is linked to from the one called `here`.
    pub(crate) fn new(id: &'static str, name: &'static str, url: &str, here: &str) -> Self {
        Self { name, link: format!("{url}/me?from={here}"), id }
    }

    /// A note for those whom it sent, with a link that says so: a referrer would be lost on the way through the provider,
    /// where a first visit goes.
    pub fn note(&self, arrival: &Arrival) -> Markup {
        html! {
            @if arrival.from.as_deref() == Some(self.id) {
                p.notice {
                    "You came from the " (self.name) ", and are signed in here as well. "
                    a href=(self.link) { "Back to it" }
                }
            }
        }
    }
}
