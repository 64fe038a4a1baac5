//! Proof that the guide compiles: every Rust block of every chapter is a test of the documentation here, and those that
//! need no server run; so is the README. What else the guide promises, its links and its table of errors, is checked in `tests/`.

macro_rules! chapters {
    ($($chapter:ident: $file:literal,)+) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../docs/guide/src/", $file))]
            mod $chapter {}
        )+

        /// The chapters whose blocks are compiled, by file name.
        pub const CHAPTERS: &[&str] = &[$($file),+];
    };
}

chapters! {
    apis: "apis.md",
    command_line: "command-line.md",
    errors: "errors.md",
    from_axum_oidc: "from-axum-oidc.md",
    from_openidconnect: "from-openidconnect.md",
    from_tower_sessions: "from-tower-sessions.md",
    front_ends: "front-ends.md",
    introduction: "introduction.md",
    logins: "logins.md",
    logout: "logout.md",
    native: "native.md",
    network: "network.md",
    operations: "operations.md",
    protect: "protect.md",
    providers: "providers.md",
    secure_stores: "secure-stores.md",
    services: "services.md",
    sessions: "sessions.md",
    start: "start.md",
    stores: "stores.md",
    testing: "testing.md",
}

/// The README's blocks compile as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
