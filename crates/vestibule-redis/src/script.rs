use std::sync::LazyLock;

use redis::Script;

/// One verb, as the server carries it out.
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    /// For servers that do not know of flags.
    plain: Text,
    /// For those that do.
    flagged: Text,
}

/// A script, and what the server knows it by.
pub(crate) struct Text {
    pub(crate) code: String,
    pub(crate) name: Script,
}

const REALM: &str = include_str!("lua/realm.lua");
const MOMENT: &str = include_str!("lua/moment.lua");
const CUTOFFS: &str = include_str!("lua/cutoffs.lua");
const LAYOUT: &str = include_str!("lua/layout.lua");
const RECORDS: &str = concat!(include_str!("lua/layout.lua"), include_str!("lua/records.lua"));
const LOG: &str = include_str!("lua/log.lua");

/// Allowed when memory is short: it frees memory, or must not fail for lack of a few bytes.
const ALWAYS: Memory = Memory { flags: "#!lua flags=allow-oom\n", first: FIRST_WRITE };
/// Refused when memory is short.
const WITH_ROOM: Memory = Memory { flags: "#!lua\n", first: "" };

/// Changes nothing, but is a write: a replica refuses it, and an old server allows all writes after it.
const FIRST_WRITE: &str = "redis.call('HDEL', KEYS[1], '')\n";

struct Memory {
    flags: &'static str,
    first: &'static str,
}

impl Verb {
    fn new(name: &'static str, memory: &Memory, parts: &[&str]) -> Self {
        let body = parts.concat();
        Self {
            name,
            plain: Text::new(format!("{}{body}", memory.first)),
            flagged: Text::new(format!("{}{body}", memory.flags)),
        }
    }

    pub(crate) const fn text(&self, knows_flags: bool) -> &Text {
        if knows_flags { &self.flagged } else { &self.plain }
    }
}

impl Text {
    fn new(code: String) -> Self {
        Self { name: Script::new(&code), code }
    }
}

macro_rules! verbs {
    ($($name:ident $file:literal $memory:ident [$($part:ident),*];)+) => {
        $(pub(crate) static $name: LazyLock<Verb> = LazyLock::new(|| {
            let body = include_str!(concat!("lua/", $file, ".lua"));
            Verb::new($file, &$memory, &[$($part,)* body])
        });)+

        #[cfg(test)]
        static ALL: &[&LazyLock<Verb>] = &[$(&$name),+];
    };
}

verbs! {
    NOW "now" ALWAYS [REALM];
    SETTLE "settle" ALWAYS [REALM];
    INSERT "insert" WITH_ROOM [REALM, CUTOFFS, RECORDS, LOG];
    LOAD "load" ALWAYS [MOMENT, CUTOFFS, LAYOUT];
    IS_COVERED "is_covered" ALWAYS [REALM, CUTOFFS];
    TOUCH "touch" ALWAYS [REALM, CUTOFFS, RECORDS];
    REPLACE "replace" WITH_ROOM [REALM, CUTOFFS, RECORDS, LOG];
    LEASE "lease" ALWAYS [REALM, CUTOFFS, RECORDS];
    RENEW "renew" ALWAYS [REALM, CUTOFFS, RECORDS];
    RELEASE "release" ALWAYS [REALM, CUTOFFS, RECORDS];
    BEGIN_ATTEMPT "begin_attempt" ALWAYS [REALM, CUTOFFS, RECORDS];
    COMMIT_REFRESH "commit_refresh" ALWAYS [REALM, CUTOFFS, RECORDS, LOG];
    END_IF "end_if" ALWAYS [REALM, CUTOFFS, RECORDS, LOG];
    END "end" ALWAYS [REALM, CUTOFFS, RECORDS, LOG];
    REVOKE "revoke" ALWAYS [REALM, CUTOFFS, LOG];
    SESSIONS_OF "sessions_of" ALWAYS [REALM, CUTOFFS, RECORDS];
    CHANGES "changes" ALWAYS [REALM];
    REAP_MARKS "reap_marks" ALWAYS [REALM, CUTOFFS];
    REAP_RECORDS "reap_records" ALWAYS [REALM, CUTOFFS, RECORDS];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys that a script makes up are unknown to a cluster and to access control.
    #[test]
    fn no_script_makes_up_a_key() {
        let bodies = [REALM, MOMENT, CUTOFFS, RECORDS, LOG];
        assert!(ALL.len() >= 19);
        for body in bodies {
            assert!(!body.contains("KEYS[1] .."), "{body}");
            assert!(!body.contains("META .."), "{body}");
        }
    }
}
