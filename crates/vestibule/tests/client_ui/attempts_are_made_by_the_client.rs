use vestibule::{CodeVerifier, Nonce, PendingLogin, State};

fn made_up() -> PendingLogin {
    PendingLogin {
        issuer: "https://acme.example".into(),
        client_id: "dashboard".into(),
        redirect_uri: "https://app.acme.example/auth/callback".into(),
        state: State::new("s"),
        nonce: Nonce::new("n"),
        verifier: CodeVerifier::new("v"),
        max_age: None,
        required_acr: Vec::new(),
    }
}

fn main() {}
