use vestibule_web::store::Realm;

/// By which number the rows of a realm are told apart: the first bytes of the hash that stands for all of it.
pub(crate) fn number(realm: &Realm) -> i64 {
    realm.everything().as_bytes().first_chunk().copied().map_or(0, i64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows outlive releases.
    #[test]
    fn the_number_of_a_realm_is_the_same_for_ever() {
        assert_eq!(number(&Realm::new("https://acme.example", "dashboard")), 32_414_329_752_261_894);
    }
}
