use std::fmt;

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Wraps the bytes.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes, for a store to keep.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            /// Shows the first bytes only: enough to tell two apart in a log, too little to use.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, ..] = self.0;
                write!(f, concat!(stringify!($name), "({:02x}{:02x}{:02x}..)"), a, b, c)
            }
        }
    };
}

opaque_id! {
    /// Under which a store keeps a session: the SHA-256 of the random handle in the browser's cookie (checklist D09).
    /// A dump of the store is therefore no set of cookies.
    SessionKey, 32
}

opaque_id! {
    /// The name of a session in lists shown to its user. It opens nothing.
    PublicId, 16
}

opaque_id! {
    /// SHA-256 of a refresh token: names the token without being it.
    RefreshHash, 32
}

opaque_id! {
    /// Who holds a refresh lease: random per attempt.
    HolderId, 16
}

opaque_id! {
    /// The identity of one logout token: a hash over issuer, client and `jti` (checklist B13).
    LogoutId, 32
}
