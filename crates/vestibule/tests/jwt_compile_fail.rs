//! What must not compile.

#[test]
fn proofs_and_secrets_keep_to_themselves() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
