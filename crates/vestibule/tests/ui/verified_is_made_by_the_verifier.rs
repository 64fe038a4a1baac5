use vestibule::{IdToken, Verified};

fn forge(token: IdToken) -> Verified<IdToken> {
    Verified(token)
}

fn forge_again(token: IdToken) -> Verified<IdToken> {
    Verified::new(token)
}

fn main() {}
