use std::{env, path::Path};

/// What is known of the place where the process runs, as far as it tells whether a browser can be shown here.
///
/// ```
/// use vestibule_native::{Surroundings, Way};
///
/// match Surroundings::of_this_process().way() {
///     Way::Browser => println!("opening your browser"),
///     Way::NoDisplay(why) => println!("no browser here: {why}"),
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    browser: bool,
    display: bool,
    ssh: bool,
    ci: bool,
    container: bool,
}

/// How a person here can be asked to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In a browser on this machine.
    Browser,
    /// On another device (RFC 8628).
    NoDisplay(NoDisplay),
}

/// Why no browser can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoDisplay {
    /// The terminal is a remote one.
    Ssh,
    /// `CI` is set: nobody watches.
    Ci,
    /// The process runs in a container.
    Container,
    /// There is no screen.
    NoScreen,
}

impl Surroundings {
    /// Looks around once: `BROWSER`, `DISPLAY`, `WAYLAND_DISPLAY`, `SSH_TTY`, `SSH_CONNECTION`, `CI`, and the marks of
    /// containers.
    pub fn of_this_process() -> Self {
        let container = ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists());
        Self::new(|name| env::var_os(name).is_some_and(|value| !value.is_empty()), container)
    }

    /// A desktop, whatever it looks like: for applications with a window.
    pub fn desktop() -> Self {
        Self { display: true, ..Self::default() }
    }

    /// A terminal far from any browser.
    pub fn remote_terminal() -> Self {
        Self { ssh: true, ..Self::default() }
    }

    /// From the variables that are set and not empty.
    pub(crate) fn new(is_set: impl Fn(&str) -> bool, container: bool) -> Self {
        let has_windows_of_its_own = cfg!(any(windows, target_os = "macos"));
        Self {
            browser: is_set("BROWSER"),
            display: has_windows_of_its_own || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
            ssh: is_set("SSH_TTY") || is_set("SSH_CONNECTION"),
            ci: is_set("CI"),
            container,
        }
    }

    /// The way to log in here. Whoever sets `BROWSER` means it; a forwarded display of a remote terminal is no desktop
    /// (checklist F13).
    pub fn way(&self) -> Way {
        match self {
            Self { browser: true, .. } => Way::Browser,
            Self { ssh: true, .. } => Way::NoDisplay(NoDisplay::Ssh),
            Self { ci: true, .. } => Way::NoDisplay(NoDisplay::Ci),
            Self { display: true, .. } => Way::Browser,
            Self { container: true, .. } => Way::NoDisplay(NoDisplay::Container),
            Self { .. } => Way::NoDisplay(NoDisplay::NoScreen),
        }
    }
}

impl std::fmt::Display for NoDisplay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ssh => "this terminal is a remote one",
            Self::Ci => "this is an automated run",
            Self::Container => "this is a container",
            Self::NoScreen => "there is no screen",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(set: &[&str], container: bool) -> Way {
        Surroundings::new(|name| set.contains(&name), container).way()
    }

    #[test]
    fn f13_a_browser_is_shown_where_a_person_can_see_it() {
        assert_eq!(way(&["BROWSER"], false), Way::Browser);
        assert_eq!(way(&["BROWSER", "SSH_TTY", "CI"], true), Way::Browser);
        assert_eq!(way(&["DISPLAY"], false), Way::Browser);
        assert_eq!(way(&["WAYLAND_DISPLAY"], true), Way::Browser);
    }

    #[test]
    fn f13_remote_terminals_and_automated_runs_have_none() {
        assert_eq!(way(&["SSH_TTY"], false), Way::NoDisplay(NoDisplay::Ssh));
        assert_eq!(way(&["SSH_CONNECTION", "DISPLAY"], false), Way::NoDisplay(NoDisplay::Ssh));
        assert_eq!(way(&["CI", "DISPLAY"], false), Way::NoDisplay(NoDisplay::Ci));
    }

    #[test]
    #[cfg(not(any(windows, target_os = "macos")))]
    fn f13_no_display_no_browser() {
        assert_eq!(way(&[], true), Way::NoDisplay(NoDisplay::Container));
        assert_eq!(way(&[], false), Way::NoDisplay(NoDisplay::NoScreen));
    }
}
