/// What a server tells about itself (`INFO`).
pub(crate) struct Info(pub(super) String);

impl Info {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
    }

    pub(crate) fn version(&self) -> &str {
        self.field("redis_version").unwrap_or("of unknown version")
    }

    /// Redis 6.2 and newer. Valkey tells the version of Redis that it is compatible with.
    pub(crate) fn is_recent(&self) -> bool {
        self.numbers() >= (6, 2)
    }

    /// Whether scripts may say when they may run.
    pub(crate) fn knows_flags(&self) -> bool {
        self.numbers() >= (7, 0)
    }

    pub(crate) fn is_master(&self) -> bool {
        self.field("role") == Some("master")
    }

    pub(crate) fn run(&self) -> Option<&str> {
        self.field("run_id")
    }

    /// How many replicas are connected.
    pub(crate) fn replicas(&self) -> u64 {
        self.number("connected_slaves")
    }

    pub(crate) fn may_evict(&self) -> bool {
        self.field("maxmemory_policy") != Some("noeviction")
    }

    /// Whether nothing outlives the server.
    pub(crate) fn keeps_nothing(&self) -> bool {
        self.number("aof_enabled") == 0 && self.replicas() == 0
    }

    fn number(&self, name: &str) -> u64 {
        self.field(name).and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn numbers(&self) -> (u32, u32) {
        let mut parts = self.version().split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::Info;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, is_recent, knows_flags) in [
            ("5.0.14", false, false),
            ("6.0.16", false, false),
            ("6.2.7", true, false),
            ("6.10.0", true, false),
            ("7.0.15", true, true),
            ("10.0.0", true, true),
            ("later", false, false),
        ] {
            let info = Info(format!("# Server\r\nredis_version:{version}\r\nredis_mode:standalone\r\n"));
            assert_eq!((info.is_recent(), info.knows_flags()), (is_recent, knows_flags), "{version}");
        }
    }

    #[test]
    fn what_is_not_told_is_assumed_to_be_bad() {
        let info = Info("# Memory\r\n".to_owned());
        assert!(info.may_evict() && !info.is_master() && !info.is_recent() && info.keeps_nothing());
        let info = Info("maxmemory_policy:noeviction\r\nrole:master\r\naof_enabled:1\r\n".to_owned());
        assert!(!info.may_evict() && info.is_master() && !info.keeps_nothing());
    }
}
