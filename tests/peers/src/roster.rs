//! Who takes part.

/// One way to serve the page.
#[derive(Debug)]
pub(crate) struct Contestant {
    /// As it is called on the command line.
    pub(crate) name: &'static str,
    /// As the table calls it; `{}` stands for the version that was built.
    pub(crate) title: &'static str,
    pub(crate) version: Version,
    pub(crate) program: Program,
    /// Where its sessions are.
    pub(crate) sessions: &'static str,
    /// What happens when the user logs out elsewhere.
    pub(crate) backchannel_logout: &'static str,
}

/// Where the version is to be read.
#[derive(Debug)]
pub(crate) enum Version {
    /// In the lock file.
    Crate(&'static str),
    /// In the installed package.
    Npm(&'static str),
    /// In the package database.
    Debian(&'static str),
}

/// What serves the page.
#[derive(Debug)]
pub(crate) enum Program {
    /// The program of the package `contestant-…` of this workspace.
    Cargo {
        package: &'static str,
        arguments: &'static [&'static str],
    },
    Express,
    Apache,
}

pub(crate) const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "vestibule-axum",
        title: "**Vestibule** on axum",
        version: Version::Crate("vestibule-axum"),
        program: Program::Cargo { package: "contestant-vestibule-axum", arguments: &["stored"] },
        sessions: "memory store",
        backchannel_logout: "yes, in one process",
    },
    Contestant {
        name: "vestibule-axum-sealed",
        title: "**Vestibule** on axum",
        version: Version::Crate("vestibule-axum"),
        program: Program::Cargo { package: "contestant-vestibule-axum", arguments: &["sealed"] },
        sessions: "sealed cookie",
        backchannel_logout: "yes, in one process",
    },
    Contestant {
        name: "axum-login",
        title: "axum-login {}",
        version: Version::Crate("axum-login"),
        program: Program::Cargo { package: "contestant-axum-login", arguments: &[] },
        sessions: "memory store of tower-sessions",
        backchannel_logout: "no",
    },
    Contestant {
        name: "axum-oidc",
        title: "axum-oidc {}",
        version: Version::Crate("axum-oidc"),
        program: Program::Cargo { package: "contestant-axum-oidc", arguments: &[] },
        sessions: "memory store of tower-sessions",
        backchannel_logout: "no",
    },
    Contestant {
        name: "huskarl-axum",
        title: "huskarl-axum {}",
        version: Version::Crate("huskarl-axum"),
        program: Program::Cargo { package: "contestant-huskarl-axum", arguments: &[] },
        sessions: "sealed cookie",
        backchannel_logout: "no",
    },
    Contestant {
        name: "axess",
        title: "axess {}",
        version: Version::Crate("axess"),
        program: Program::Cargo { package: "contestant-axess", arguments: &[] },
        sessions: "memory store and registry",
        backchannel_logout: "yes, in one process",
    },
    Contestant {
        name: "vestibule-actix",
        title: "**Vestibule** on actix-web",
        version: Version::Crate("vestibule-actix"),
        program: Program::Cargo { package: "contestant-vestibule-actix", arguments: &["stored"] },
        sessions: "memory store",
        backchannel_logout: "yes, in one process",
    },
    Contestant {
        name: "vestibule-actix-sealed",
        title: "**Vestibule** on actix-web",
        version: Version::Crate("vestibule-actix"),
        program: Program::Cargo { package: "contestant-vestibule-actix", arguments: &["sealed"] },
        sessions: "sealed cookie",
        backchannel_logout: "yes, in one process",
    },
    Contestant {
        name: "actix-session",
        title: "actix-session {}",
        version: Version::Crate("actix-session"),
        program: Program::Cargo { package: "contestant-actix-session", arguments: &[] },
        sessions: "sealed cookie",
        backchannel_logout: "no",
    },
    Contestant {
        name: "express",
        title: "express-openid-connect {}",
        version: Version::Npm("express-openid-connect"),
        program: Program::Express,
        sessions: "sealed cookie",
        backchannel_logout: "only with a store of the application's",
    },
    Contestant {
        name: "apache",
        title: "Apache, mod_auth_openidc {}",
        version: Version::Debian("libapache2-mod-auth-openidc"),
        program: Program::Apache,
        sessions: "shared memory of one host",
        backchannel_logout: "yes, on one host",
    },
];
