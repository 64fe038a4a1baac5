use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

/// Maps and sets by keys that are SHA-256 digests: their first bytes are as good a hash as any.
pub(crate) type DigestMap<K, V> = HashMap<K, V, BuildHasherDefault<Prefix>>;
pub(crate) type DigestSet<K> = HashSet<K, BuildHasherDefault<Prefix>>;

/// The first eight bytes of a digest.
pub(crate) fn prefix(digest: &[u8]) -> u64 {
    digest.first_chunk().copied().map_or(0, u64::from_le_bytes)
}

#[derive(Debug, Default)]
pub(crate) struct Prefix(u64);

impl Hasher for Prefix {
    fn write(&mut self, digest: &[u8]) {
        self.0 = prefix(digest);
    }

    /// The length that arrays put before their bytes.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        #[cfg(test)]
        look_ups::count();
        self.0
    }
}

/// How many look-ups this thread made: what "constant cost" is measured in.
#[cfg(test)]
pub(crate) mod look_ups {
    use std::cell::Cell;

    thread_local! {
        static COUNT: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn count() {
        COUNT.set(COUNT.get() + 1);
    }

    /// The look-ups since the last call.
    pub(crate) fn take() -> usize {
        COUNT.take()
    }
}
