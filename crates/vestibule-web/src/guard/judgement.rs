use std::{collections::BTreeSet, time::Duration};

use vestibule::{Authority, ProviderTime};

use super::{
    Requirement, StepUp,
    requirement::{Name, Rule},
};

/// What comes of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Judgement {
    /// It is met.
    Allowed,
    /// It is not met, and logging in again will not help. Holds the part that is missing.
    Forbidden(Requirement),
    /// It is met once the user has logged in like this.
    StepUp(StepUp),
}

impl Requirement {
    /// Judges what somebody has. A right that is missing counts before a login that is too weak or too old, so that
    /// nobody is sent to log in for nothing.
    ///
    /// `now` is the time on the application's clock, and `skew` how far the provider's may be ahead or behind.
    pub fn judge(&self, authority: &Authority, now: ProviderTime, skew: Duration) -> Judgement {
        match self.weigh(authority, now.minus(skew)) {
            Weight::Possible { met: true, .. } => Judgement::Allowed,
            Weight::Possible { met: false, needs } => Judgement::StepUp(needs),
            Weight::Impossible(missing) => Judgement::Forbidden(missing),
        }
    }

    fn weigh(&self, authority: &Authority, now: ProviderTime) -> Weight {
        let right = |has: bool| if has { Weight::MET } else { Weight::Impossible(self.clone()) };
        match &self.0 {
            Rule::Role(name) => right(has(&authority.roles, name)),
            Rule::Permission(name) => right(has(&authority.permissions, name)),
            Rule::Scope(name) => right(has(&authority.scopes, name)),
            Rule::Organization(id) => right(has(&authority.organizations, id)),
            Rule::EmailVerified => right(authority.email_verified),
            Rule::Acr(values) if values.is_empty() => Weight::Impossible(self.clone()),
            Rule::Acr(values) => Weight::Possible {
                met: authority.acr.as_ref().is_some_and(|acr| values.iter().any(|value| value == acr)),
                needs: StepUp { acr: values.iter().map(ToString::to_string).collect(), max_age: None },
            },
            Rule::Fresh(max_age) => Weight::Possible {
                met: authority.auth_time.is_some_and(|then| now.since(then) <= *max_age),
                needs: StepUp { acr: Vec::new(), max_age: Some(*max_age) },
            },
            Rule::All(parts) => self.weigh_all(parts.iter().map(|part| part.weigh(authority, now))),
            Rule::Any(parts) => self.weigh_any(parts.iter().map(|part| part.weigh(authority, now))),
        }
    }

    /// A new login has to bring what the old one brought, too.
    fn weigh_all(&self, parts: impl Iterator<Item = Weight>) -> Weight {
        let (mut all_met, mut all_needs, mut missing) = (true, Some(StepUp::default()), None);
        for part in parts {
            match part {
                Weight::Possible { met, needs } => {
                    all_met &= met;
                    all_needs = all_needs.and_then(|all| all.and(needs));
                }
                Weight::Impossible(part) => missing = Some(joined(missing, part, Self::and)),
            }
        }
        match (missing, all_needs) {
            (Some(missing), _) => Weight::Impossible(missing),
            (None, Some(needs)) => Weight::Possible { met: all_met, needs },
            // No login has two authentication contexts.
            (None, None) => Weight::Impossible(self.clone()),
        }
    }

    fn weigh_any(&self, parts: impl Iterator<Item = Weight>) -> Weight {
        let (mut possible, mut missing) = (None, None);
        for part in parts {
            match part {
                Weight::Possible { met: true, .. } => return part,
                Weight::Possible { met: false, .. } => possible = possible.or(Some(part)),
                Weight::Impossible(part) => missing = Some(joined(missing, part, Self::or)),
            }
        }
        possible.unwrap_or_else(|| Weight::Impossible(missing.unwrap_or_else(|| self.clone())))
    }
}

enum Weight {
    /// Whether it is met, and what a login must bring for it to be met.
    Possible { met: bool, needs: StepUp },
    /// No login will do. Holds what is missing.
    Impossible(Requirement),
}

impl Weight {
    const MET: Self = Self::Possible { met: true, needs: StepUp { acr: Vec::new(), max_age: None } };
}

fn joined(
    before: Option<Requirement>,
    part: Requirement,
    join: fn(Requirement, Requirement) -> Requirement,
) -> Requirement {
    match before {
        Some(before) => join(before, part),
        None => part,
    }
}

fn has(names: &BTreeSet<String>, name: &Name) -> bool {
    names.contains(name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ProviderTime = ProviderTime::from_secs(1_000_000);
    const SKEW: Duration = Duration::from_secs(60);

    fn authority() -> Authority {
        let mut authority = Authority::default();
        authority.roles.insert("editor".into());
        authority.permissions.insert("orders:write".into());
        authority.scopes.insert("read".into());
        authority.organizations.insert("org_1".into());
        authority.acr = Some("urn:pwd".into());
        authority.auth_time = Some(NOW.minus(Duration::from_secs(1_000)));
        authority
    }

    fn judge(requirement: &Requirement) -> Judgement {
        requirement.judge(&authority(), NOW, SKEW)
    }

    fn forbidden(requirement: &Requirement) -> String {
        match judge(requirement) {
            Judgement::Forbidden(missing) => missing.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn step_up(requirement: &Requirement) -> String {
        match judge(requirement) {
            Judgement::StepUp(needs) => needs.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn role(name: &'static str) -> Requirement {
        Requirement::role(name)
    }

    fn mfa() -> Requirement {
        Requirement::acr(["urn:mfa", "urn:otp"])
    }

    fn fresh(seconds: u64) -> Requirement {
        Requirement::fresh(Duration::from_secs(seconds))
    }

    #[test]
    fn each_right_is_looked_for_where_it_belongs() {
        for met in [
            role("editor"),
            Requirement::permission("orders:write"),
            Requirement::scope("read"),
            Requirement::organization("org_1"),
            Requirement::acr(["urn:mfa", "urn:pwd"]),
            fresh(1_000),
        ] {
            assert_eq!(judge(&met), Judgement::Allowed, "{met}");
        }
        for missing in [
            role("orders:write"),
            Requirement::permission("read"),
            Requirement::scope("editor"),
            Requirement::organization("org_2"),
            Requirement::email_verified(),
            Requirement::acr([""; 0]),
        ] {
            assert_eq!(judge(&missing), Judgement::Forbidden(missing.clone()), "{missing}");
        }
    }

    #[test]
    fn g05_names_are_whole_and_exact() {
        for name in ["rea", "read:all", "Read", "read ", "", "read,write"] {
            assert_eq!(forbidden(&Requirement::scope(name)), format!("scope {name}"));
        }
    }

    #[test]
    fn a25_age_is_judged_to_the_second_with_the_skew_allowed_for() {
        assert_eq!(judge(&fresh(940)), Judgement::Allowed);
        assert_eq!(step_up(&fresh(939)), "max_age 939");
        let unknown = Authority::default();
        let judgement = fresh(u64::MAX).judge(&unknown, NOW, SKEW);
        assert!(matches!(judgement, Judgement::StepUp(_)), "no auth_time is never fresh: {judgement:?}");
    }

    #[test]
    fn both_are_needed() {
        assert_eq!(judge(&role("editor").and(Requirement::scope("read"))), Judgement::Allowed);
        assert_eq!(
            forbidden(&role("admin").and(Requirement::scope("read")).and(Requirement::scope("write"))),
            "role admin and scope write"
        );
    }

    #[test]
    fn one_is_enough() {
        assert_eq!(judge(&role("admin").or(role("editor"))), Judgement::Allowed);
        assert_eq!(forbidden(&role("admin").or(role("owner"))), "role admin or role owner");
    }

    #[test]
    fn nobody_logs_in_again_for_nothing() {
        assert_eq!(forbidden(&mfa().and(role("admin"))), "role admin");
        assert_eq!(forbidden(&role("admin").and(fresh(1))), "role admin");
        assert_eq!(step_up(&mfa().or(role("admin"))), "acr_values urn:mfa urn:otp");
        assert_eq!(judge(&mfa().or(role("editor"))), Judgement::Allowed);
    }

    #[test]
    fn a_new_login_keeps_what_the_old_one_had() {
        let has_acr = Requirement::acr(["urn:pwd"]);
        assert_eq!(step_up(&has_acr.and(fresh(300)).and(fresh(500))), "acr_values urn:pwd, max_age 300");
        let choice = Requirement::acr(["urn:pwd"]).or(role("admin")).and(fresh(10));
        assert_eq!(step_up(&choice), "acr_values urn:pwd, max_age 10");
    }

    #[test]
    fn contexts_that_exclude_each_other_are_no_step_up() {
        assert_eq!(step_up(&mfa().and(Requirement::acr(["urn:otp"]))), "acr_values urn:otp");
        let never = mfa().and(Requirement::acr(["urn:pwd"]));
        assert_eq!(forbidden(&never), never.to_string());
    }

    #[test]
    fn a_step_up_is_read_as_it_was_written() {
        let Judgement::StepUp(needs) = judge(&mfa().and(fresh(300))) else { panic!("met") };
        let written = serde_json::to_string(&needs).unwrap();
        assert_eq!(written, r#"{"a":["urn:mfa","urn:otp"],"m":300}"#);
        assert_eq!(serde_json::from_str::<StepUp>(&written).unwrap(), needs);
    }
}
