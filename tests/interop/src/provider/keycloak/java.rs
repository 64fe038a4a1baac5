//! How the server's Java program is called.

use std::path::Path;

use tokio::process::Command;

/// Short runs on few cores: no time spent on compiling well.
const MACHINE: [&str; 4] = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx768m", "-Duser.language=en"];

/// What the server's own script opens to it.
const OPENED: [&str; 4] = [
    "java.base/java.lang",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.security",
];

/// Ends the server when the standard input ends, so when whoever holds it is gone, and tells how it ended.
const WHILE_INPUT_LASTS: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ cat <&3; kill "$server"; } >/dev/null 2>&1 &
wait "$server"
"#;

/// The server in `folder`, without arguments yet.
pub(super) fn command(folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", WHILE_INPUT_LASTS, "keycloak", "java"]).args(MACHINE);
    for package in OPENED {
        command.arg(format!("--add-opens={package}=ALL-UNNAMED"));
    }
    command
        .arg(format!("-Dkc.home.dir={}", folder.display()))
        .arg(format!("-Djboss.server.config.dir={}", folder.join("conf").display()))
        .arg("-Djava.util.logging.manager=org.jboss.logmanager.LogManager")
        .arg("-cp")
        .arg(folder.join("lib/quarkus-run.jar"))
        .arg("io.quarkus.bootstrap.runner.QuarkusEntryPoint")
        .current_dir(folder);
    command
}
