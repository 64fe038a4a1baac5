#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, ExitStatus},
};

/// A `BROWSER` that writes its arguments into a pipe, so that whoever reads has them when they are there.
struct Witness {
    folder: PathBuf,
    script: PathBuf,
    pipe: PathBuf,
}

impl Witness {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("vestibule-browser-{}-{test}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let (script, pipe) = (folder.join("browser"), folder.join("pipe"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::write(&script, format!("#!/bin/sh\nprintf '<%s>' \"$@\" > '{}'\n", pipe.display())).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        Self { folder, script, pipe }
    }

    fn open(&self, options: &str, url: &str) -> ExitStatus {
        Command::new(env!("CARGO_BIN_EXE_open-page"))
            .arg(url)
            .current_dir(&self.folder)
            .env("BROWSER", format!("{}{options}", self.script.display()))
            .output()
            .unwrap()
            .status
    }

    fn was_given(&self) -> String {
        fs::read_to_string(&self.pipe).unwrap()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn f12_the_browser_gets_the_page_as_one_argument_and_no_shell_sees_it() {
    let witness = Witness::new("argument");
    let url = "https://op.example/authorize?a=b&calc;$(touch${IFS}marker)&x=%25USERPROFILE%25";
    assert!(!witness.open("", url).success(), "braces are no part of a URL");
    for url in ["https://op.example/authorize?a=b&calc;$(touch%20marker)", "https://op.example/--version?-x"]
    {
        assert!(witness.open("", url).success());
        assert_eq!(witness.was_given(), format!("<{url}>"));
        assert!(witness.open(" --new %s", url).success());
        assert_eq!(witness.was_given(), format!("<--new><{url}>"));
    }
    let found: Vec<_> =
        fs::read_dir(&witness.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(found.len(), 2, "something ran: {found:?}");
}

#[test]
fn f12_what_is_no_page_starts_nothing() {
    let witness = Witness::new("nothing");
    for url in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://op.example/",
        "https://op.example/%USERPROFILE%",
    ] {
        assert!(!witness.open("", url).success(), "{url}");
    }
    // Whatever was started waits for this reader.
    assert!(witness.open("", "https://op.example/").success());
    assert_eq!(witness.was_given(), "<https://op.example/>");
}
