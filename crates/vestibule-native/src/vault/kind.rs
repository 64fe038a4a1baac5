use std::fmt;

/// What keeps the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreKind {
    /// The Secret Service of a Linux desktop: gnome-keyring, KWallet, KeePassXC.
    SecretService,
    /// The keyring of the Linux kernel: memory that is lost at reboot.
    KernelKeyring,
    /// The macOS Keychain.
    Keychain,
    /// The Windows Credential Manager.
    CredentialManager,
    /// Files that are sealed with the application's key.
    EncryptedFile,
    /// The memory of this process.
    Memory,
}

impl StoreKind {
    /// Whether a login is still there after a restart of the machine.
    pub const fn outlives_reboot(self) -> bool {
        !matches!(self, Self::KernelKeyring | Self::Memory)
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretService => "the Secret Service",
            Self::KernelKeyring => "the kernel's keyring, until reboot",
            Self::Keychain => "the Keychain",
            Self::CredentialManager => "the Credential Manager",
            Self::EncryptedFile => "an encrypted file",
            Self::Memory => "the memory of this process",
        })
    }
}
