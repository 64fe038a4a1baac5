use super::VaultKey;

/// Where tokens rest between two runs. There is no plaintext, and no falling back from one to another (checklist F17).
#[derive(Clone, Debug)]
pub enum StorePolicy {
    /// In the secure store of the system: Secret Service, Keychain, Credential Manager; on a Linux without any Secret
    /// Service the kernel's keyring, until reboot. Without one, logins are refused.
    Required,
    /// In files that are sealed with a key which the application brings, for servers and containers. Whoever lays the key
    /// beside the files has plain text with a detour.
    EncryptedFile(VaultKey),
    /// In this process alone: when it ends, the user is signed out.
    MemoryOnly,
}
