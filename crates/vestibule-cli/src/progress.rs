use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anstyle::Style;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use vestibule_native::{DeviceLogin, Login, LoginEvent, NativeApp, NativeError, NoBrowser, User};

use crate::{Terminal, qr::qr_code};

impl Terminal {
    /// Logs in, and shows on stderr what the user must do meanwhile: the address, or code and QR code for another device,
    /// and how much time is left.
    ///
    /// # Errors
    /// As for [`NativeApp::login`], and `native.store_unavailable` when the login could not be kept: it would end with the
    /// command.
    pub async fn login(&self, app: &NativeApp, login: Login) -> Result<User, NativeError> {
        let terminal = *self;
        let spinner = terminal.spinner();
        let kept = Arc::new(OnceLock::new());
        let login = login.on_event({
            let (spinner, kept) = (spinner.clone(), Arc::clone(&kept));
            move |event| match event {
                // At most once a login.
                LoginEvent::Kept(store) => drop(kept.set(Ok(store))),
                LoginEvent::NotKept(error) => drop(kept.set(Err(error))),
                event => terminal.show(&spinner, event),
            }
        });
        let outcome = app.login(login).await;
        spinner.finish_and_clear();
        let user = outcome?;
        match kept.get() {
            Some(Ok(store)) => self.done(format_args!("Signed in as {}. Kept in {store}.", describe(&user))),
            Some(Err(error)) => return Err(error.clone().into()),
            None => self.done(format_args!("Signed in as {}.", describe(&user))),
        }
        Ok(user)
    }

    fn show(&self, spinner: &ProgressBar, event: LoginEvent) {
        match event {
            LoginEvent::Elsewhere => {
                self.say("Another process is signing in. Finish there, and this one goes on.");
                wait(spinner, "Waiting", None);
            }
            LoginEvent::Browser(visit) => {
                self.say(format_args!("Opening your browser. If nothing happens, visit\n  {}", visit.url()));
                wait(spinner, "Waiting for your browser", None);
            }
            LoginEvent::NoBrowser(visit, why) => {
                self.tell(format_args!("{}\n  {}", no_browser(why), visit.url()));
                wait(spinner, "Waiting for your browser", None);
            }
            LoginEvent::Device(device) => {
                self.show_device(&device);
                wait(spinner, "Waiting for you", Some(device.expires_in));
            }
            LoginEvent::Answered => wait(spinner, "Signing in", None),
            _ => {}
        }
    }

    fn show_device(&self, device: &DeviceLogin) {
        let bold = Style::new().bold();
        let link = device.verification_uri_complete.as_ref().unwrap_or(&device.verification_uri);
        if self.has_colours()
            && let Some(code) = qr_code(link.as_str())
        {
            self.tell(format_args!("\n{code}"));
        }
        self.tell(format_args!(
            "On any device, visit\n  {bold}{}{bold:#}\nand enter the code\n  {bold}{}{bold:#}",
            device.verification_uri, device.user_code
        ));
        self.tell("Go on only if you started this yourself: whoever sent you a code wants your account.");
    }

    fn spinner(&self) -> ProgressBar {
        let spinner = ProgressBar::new_spinner();
        if !self.is_watched() {
            spinner.set_draw_target(ProgressDrawTarget::hidden());
        }
        spinner
    }
}

/// Turns, with the time that is left.
fn wait(spinner: &ProgressBar, what: &'static str, limit: Option<Duration>) {
    let template = if limit.is_some() { "{spinner} {msg} \u{b7} {left} left" } else { "{spinner} {msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        spinner.set_style(style.with_key("left", move |state: &ProgressState, text: &mut dyn fmt::Write| {
            let left = limit.unwrap_or_default().saturating_sub(state.elapsed()).as_secs();
            // A line that cannot be drawn is drawn again in a moment.
            let _ = write!(text, "{}:{:02}", left / 60, left % 60);
        }));
    }
    spinner.reset_elapsed();
    spinner.set_message(what);
    spinner.enable_steady_tick(Duration::from_millis(100));
}

fn no_browser(why: NoBrowser) -> String {
    match why {
        NoBrowser::Here(why) => format!("No browser can be opened, since {why}. Visit"),
        NoBrowser::Failed(_) => "No browser could be opened. Visit".to_owned(),
        _ => "To sign in, visit".to_owned(),
    }
}

fn describe(user: &User) -> String {
    match user.email() {
        Some(email) if email != user.name() => format!("{} ({email})", user.name()),
        _ => user.name().to_owned(),
    }
}
