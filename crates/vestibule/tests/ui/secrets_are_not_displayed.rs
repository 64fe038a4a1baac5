use vestibule::{AccessToken, ClientSecret, RawIdToken};

fn main() {
    println!("{}", AccessToken::new("a"));
    println!("{}", ClientSecret::new("b"));
    println!("{}", RawIdToken::new("c"));
}
