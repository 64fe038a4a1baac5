use vestibule::{AuthorizationRequest, State};

fn switched_off(request: AuthorizationRequest) {
    let _ = request.clone().without_pkce();
    let _ = request.clone().code_challenge_method("plain");
    let _ = request.state(State::new("mine"));
}

fn main() {}
