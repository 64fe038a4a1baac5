//! Mistakes with clients and logins that must not compile.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/client_ui/*.rs");
}
