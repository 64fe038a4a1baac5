use vestibule::{IdToken, LogoutToken};

fn main() {
    let _ = IdToken::default();
    let _ = IdToken {};
    let _ = LogoutToken {};
}
