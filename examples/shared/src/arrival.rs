use serde::Deserialize;
use vestibule_web::OtherSession;

/// How somebody came to a page, as its address tells: by which application's link, or back from which form.
///
/// Anybody can make such an address, so nothing is said because of it that is not known to be true.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Arrival {
    pub(crate) from: Option<String>,
    ended: Option<String>,
}

/// Stands for all sessions but one, where another ended one is named.
const OTHERS: &str = "others";

impl Arrival {
    /// Where a form leads that ended the session of this name.
    pub(crate) fn after_end_of(id: &str) -> String {
        let name: String =
            id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
        format!("/me?ended={name}#sessions")
    }

    /// Where a form leads that ended all other sessions.
    pub(crate) fn after_end_of_others() -> String {
        format!("/me?ended={OTHERS}#sessions")
    }

    /// What the form did, in words, as far as the sessions that are left bear it out.
    pub(crate) fn confirmation(&self, left: &[OtherSession]) -> Option<&'static str> {
        match self.ended.as_deref()? {
            OTHERS => {
                left.iter().all(|each| each.is_current).then_some("You are signed in nowhere else any more.")
            }
            id => left.iter().all(|each| each.id != id).then_some("That session has ended."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_form_stays_a_name() {
        assert_eq!(Arrival::after_end_of("aZ0-_"), "/me?ended=aZ0-_#sessions");
        assert_eq!(Arrival::after_end_of("a&from=x\r\n#/../"), "/me?ended=afromx#sessions");
    }
}
