use std::fs;

use vestibule_native::vestibule::Diagnose;

use super::*;

/// A folder of this test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vestibule-settings-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with_config(self, config: &str) -> Self {
        fs::write(self.0.join("config.toml"), config).unwrap();
        self
    }

    fn settings(&self) -> Settings {
        Settings::new(&self.0, &self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const CONFIG: &str = r#"
    default = "acme"
    [profile.acme]
    issuer = "https://acme.example"
    client_id = "acme-cli"
    scopes = ["profile"]
    [profile.lab]
    issuer = "https://lab.example"
    client_id = "lab"
    redirect = "http://127.0.0.1:8085/callback"
    store = "encrypted-file"
    key_file = "/etc/lab.key"
"#;

fn flags() -> Common {
    Common {
        profile: None,
        issuer: None,
        client_id: None,
        account: None,
        store: None,
        key_file: None,
        json: false,
        quiet: false,
    }
}

#[test]
fn profiles_are_read_and_flags_change_them() {
    let folder = Folder::new("profiles").with_config(CONFIG);
    let settings = folder.settings();
    let default = settings.application(&flags()).unwrap();
    assert_eq!((default.client_id.as_str(), default.store), ("acme-cli", Store::Required));

    let lab = Common { profile: Some("lab".to_owned()), ..flags() };
    let lab = settings.application(&Common { client_id: Some("other".to_owned()), ..lab }).unwrap();
    assert_eq!((lab.issuer.as_str(), lab.client_id.as_str()), ("https://lab.example", "other"));
    assert_eq!(
        (lab.store, lab.redirect.as_deref()),
        (Store::EncryptedFile, Some("http://127.0.0.1:8085/callback"))
    );
}

#[test]
fn flags_alone_say_all_and_a_profile_adds_nothing() {
    let folder = Folder::new("flags").with_config(CONFIG);
    let given =
        Common { issuer: Some("https://x.example".to_owned()), client_id: Some("x".to_owned()), ..flags() };
    let application = folder.settings().application(&given).unwrap();
    assert_eq!(application, Application::new("https://x.example", "x"));
    let keyed = Common { key_file: Some("k".into()), ..given };
    assert_eq!(folder.settings().application(&keyed).unwrap().store, Store::EncryptedFile);
}

#[test]
fn the_last_login_is_meant_when_nothing_is_said() {
    let folder = Folder::new("remembered");
    let settings = folder.settings();
    assert_eq!(settings.application(&flags()).unwrap_err().code(), "cli.no_application");

    let [a, b] = ["a", "b"].map(|client_id| Application {
        store: Store::EncryptedFile,
        ..Application::new("https://acme.example", client_id)
    });
    for application in [&a, &b, &a] {
        settings.remember(application).unwrap();
    }
    assert_eq!(settings.application(&flags()).unwrap(), a);
    assert_eq!(settings.remembered(), [a, b.clone()]);
    let given = Common { issuer: Some(b.issuer.clone()), client_id: Some(b.client_id.clone()), ..flags() };
    assert_eq!(settings.application(&given).unwrap(), b, "with all that was said at the login");
}

#[test]
fn what_is_remembered_and_unreadable_is_forgotten() {
    let folder = Folder::new("forgotten");
    fs::write(folder.0.join("applications.json"), "{").unwrap();
    assert_eq!(folder.settings().application(&flags()).unwrap_err().code(), "cli.no_application");
}

#[test]
fn a_configuration_has_no_place_for_secrets_or_misspelt_settings() {
    for line in [
        "client_secret = \"s3cret\"",
        "refresh_token = \"r\"",
        "redirct = \"x\"",
        "store = \"plain\"",
        "scopes = \"a\"",
    ] {
        let profile = "[profile.a]\nissuer = \"https://a.example\"\nclient_id = \"a\"\n";
        let folder = Folder::new("unknown").with_config(&format!("default = \"a\"\n{profile}{line}\n"));
        let error = folder.settings().application(&flags()).unwrap_err();
        assert_eq!(error.code(), "cli.config", "{line}");
    }
    let folder = Folder::new("missing").with_config("default = \"b\"");
    assert_eq!(folder.settings().application(&flags()).unwrap_err().code(), "cli.no_profile");
}

#[test]
fn a_key_file_is_found_from_other_folders_too() {
    let folder = Folder::new("relative-key").with_config(CONFIG);
    let common = Common { key_file: Some("my.key".into()), ..flags() };
    let application = folder.settings().application(&common).unwrap();
    assert_eq!(application.key_file, Some(std::env::current_dir().unwrap().join("my.key")));
    assert_eq!(application.store, Store::EncryptedFile);
}
