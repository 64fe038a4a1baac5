use std::time::Duration;

use example_shared::{Engine, testing::ACCESS_TOKEN_LIFETIME};

use crate::{
    paint::Paint,
    stage::{CLI, Stage},
};

/// How long before its end an application renews an access token.
const AHEAD: Duration = Duration::from_secs(30);

/// Where everything is, and what to try.
pub(crate) fn banner(stage: &Stage, paint: Paint) -> String {
    let Stage { idp, dashboard, docs_portal, engine } = stage;
    let nodes = match (dashboard.nodes.len(), engine) {
        (1, Engine::Memory) => String::new(),
        (1, engine) => format!("\n\n    Sessions rest in {engine}."),
        (nodes, engine) => format!(
            "\n\n    {nodes} nodes of each application share the requests, one by one; sessions rest in {engine}."
        ),
    };
    let due = ACCESS_TOKEN_LIFETIME.saturating_sub(AHEAD).as_secs();
    let addresses = [
        (paint.blue("dashboard  "), dashboard.url.as_str(), String::new()),
        (paint.yellow("docs portal"), docs_portal.url.as_str(), String::new()),
        (paint.green("provider   "), idp.issuer(), paint.faint("   alice, bob, carol, or any other name")),
    ]
    .map(|(name, url, remark)| format!("    {name}  {}{remark}", paint.bold(url)));
    let steps = [
        "Sign in at the dashboard.".to_owned(),
        format!("Open {}. The docs portal knows you: nothing is asked.", docs_portal.at("/me")),
        format!("After {due} s, open {}: the access token is renewed.", dashboard.at("/api/me")),
        "Log out at either. Then look at the other one: you are out there, too.".to_owned(),
    ];
    let steps: Vec<String> = steps
        .iter()
        .zip(1..)
        .map(|(step, number)| format!("    {}  {step}", paint.faint(&number.to_string())))
        .collect();
    let commands = [
        "alias vestibule='cargo run -qp vestibule-cli --'".to_owned(),
        format!("vestibule login --issuer {} --client-id {CLI} --scope profile", idp.issuer()),
        format!("curl -H \"Authorization: Bearer $(vestibule token)\" {}", dashboard.at("/api/me")),
        format!("vestibule whoami          {}", paint.faint("log out in the browser, and it knows")),
        format!("vestibule login --device  {}", paint.faint("as on a machine without a screen")),
        "vestibule logout".to_owned(),
    ]
    .map(|command| format!("    {command}"));
    format!(
        "\n  {}{}\n\n{}{nodes}\n\n  Try\n{}\n\n  In another terminal, in this folder; what you signed in to with the browser counts\n{}\n\n  {}\n",
        paint.bold("Vestibule"),
        paint.faint(": two web applications and a command, one login, one logout"),
        addresses.join("\n"),
        steps.join("\n"),
        commands.join("\n"),
        paint.faint("What happens is told below. Ctrl-C ends it."),
    )
}
