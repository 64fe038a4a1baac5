//! The program: `vestibule-dev-idp --config FILE`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::support::{Answer, browser};

/// A running program, ended when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vestibule-dev-idp"))
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("apps.toml")
}

/// What the program says about a configuration that it refuses.
fn refusal_of(name: &str, config: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, config).unwrap();
    refusal(&program().arg("--config").arg(path).output().unwrap(), 1)
}

fn refusal(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn the_example_runs_and_logs() {
    let mut command = program();
    command.arg("--config").arg(example()).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let issuer = lines.next().unwrap().strip_prefix("issuer  ").unwrap().to_owned();
    let listed: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        listed,
        [
            "client  dashboard",
            "client  docs-portal",
            "client  live",
            "client  acme-cli",
            "client  analytics",
            "user    alice",
            "user    bob"
        ]
    );

    let query = "response_type=code&client_id=dashboard&scope=openid\
        &redirect_uri=http://127.0.0.1:3000/auth/callback\
        &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let page = browser().get(format!("{issuer}/authorize?{query}")).send().await.unwrap();
    assert!(Answer::read(page).await.body.contains("Alice Liddell"));
    let line = lines.next().unwrap();
    assert!(line.ends_with("  login page shown for dashboard"), "{line}");
}

#[test]
fn a_configuration_that_is_wrong_is_explained() {
    let app = "[[application]]\nclient_id = 'app'\n";
    let unknown = refusal_of("unknown.toml", &format!("{app}secrets = ['s']\nredirect_uri = 'x'"));
    assert!(
        unknown.contains("unknown.toml") && unknown.contains("unknown field `redirect_uri`"),
        "{unknown}"
    );
    let secret = refusal_of("secret.toml", &format!("{app}secrets = []"));
    assert!(secret.contains("`app` has no secret"), "{secret}");
    let native = refusal_of("native.toml", &format!("{app}type = 'native'\nsecrets = ['s']"));
    assert!(native.contains("native application `app` has a secret"), "{native}");
    let spa = refusal_of("spa.toml", &format!("{app}type = 'spa'\nsecrets = ['s']"));
    assert!(spa.contains("`app` has a secret, which everybody could read; take it out"), "{spa}");
    let origin = refusal_of("origin.toml", &format!("{app}type = 'spa'\norigins = ['http://h']"));
    assert!(origin.contains("`http://h` is no origin; write it as"), "{origin}");
    let algorithm =
        refusal_of("algorithm.toml", &format!("{app}secrets = ['s']\nsigning_algorithm = 'HS256'"));
    assert!(algorithm.contains("`HS256` is no signing algorithm"), "{algorithm}");
    let uri = refusal_of("uri.toml", &format!("{app}secrets = ['s']\nredirect_uris = ['/cb']"));
    assert!(uri.contains("`/cb` is no redirect URI"), "{uri}");
    let listen = refusal_of("listen.toml", "listen = '0.0.0.0:0'");
    assert!(listen.contains("not a loopback address"), "{listen}");
    let missing = program().args(["--config", "/nowhere/apps.toml"]).output().unwrap();
    assert!(refusal(&missing, 1).contains("/nowhere/apps.toml"));
}

#[test]
fn the_command_line_is_explained() {
    let help = program().arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--config FILE"));
    assert!(refusal(&program().output().unwrap(), 2).contains("--config is missing"));
}

#[test]
fn every_rule_of_the_example_is_understood() {
    // The commented members show the defaults; uncommented they must parse, too.
    let text = std::fs::read_to_string(example()).unwrap();
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rule) if rule.contains(" = ") && !rule.contains("...") && !rule.contains("cargo") => rule,
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let wrong = uncommented.replace("listen = \"127.0.0.1:9000\"", "listen = \"nowhere\"");
    assert!(wrong.contains("\nsid = \"shared\"") && wrong.contains("\nsigned_userinfo = false"));
    let refused = refusal_of("uncommented.toml", &wrong);
    assert!(refused.contains("`nowhere` is no address"), "only the address is wrong: {refused}");
}
