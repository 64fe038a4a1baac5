use std::{
    ffi::OsString,
    fs,
    io::Write,
    os::unix::{
        fs::{PermissionsExt, chown},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use tokio::task::JoinHandle;
use vestibule::{Callback, Diagnose, RedirectUri};

use super::{HandOver, Instance};
use crate::redirect::RedirectError;

/// A folder of one test, gone after it.
struct Run(PathBuf);

impl Run {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("vestibule-handover-{}-{number}", std::process::id())))
    }

    fn start(&self, arguments: &[&str]) -> Result<Instance, RedirectError> {
        start(&self.0, arguments)
    }

    fn first(&self) -> HandOver {
        let Ok(Instance::First(hand_over)) = self.start(&[]) else { panic!("not the first") };
        hand_over
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn start(folder: &Path, arguments: &[&str]) -> Result<Instance, RedirectError> {
    let redirect_uri = RedirectUri::private_use("com.example.acme:/callback").unwrap();
    let arguments = ["acme"].iter().chain(arguments).map(OsString::from);
    HandOver::first_or_forward_in(folder, redirect_uri, arguments)
}

fn wait_on(first: HandOver) -> JoinHandle<Callback> {
    let recognises = |callback: &Callback| callback.state().is_some_and(|state| state.expose() == "right");
    tokio::spawn(async move { first.answer(recognises).await.unwrap() })
}

/// As the system does: in another process, here in another thread.
async fn opened(run: &Run, link: &str) -> Result<Instance, RedirectError> {
    let (folder, link) = (run.0.clone(), link.to_owned());
    tokio::task::spawn_blocking(move || start(&folder, &[&link])).await.unwrap()
}

fn is_refused(instance: Result<Instance, RedirectError>) {
    let error = instance.unwrap_err();
    assert_eq!((error, error.code()), (RedirectError::HandoffRefused, "native.handoff_refused"));
}

#[tokio::test]
async fn f15_the_second_start_hands_the_link_to_the_first_and_ends() {
    let run = Run::new();
    let login = wait_on(run.first());
    let second = opened(&run, "com.example.acme:/callback?code=c&state=right").await;
    assert!(matches!(second, Ok(Instance::Forwarded)));
    assert_eq!(login.await.unwrap().state().unwrap().expose(), "right");
}

#[tokio::test]
async fn f15_a_link_with_the_state_of_no_login_is_refused_and_the_wait_goes_on() {
    let run = Run::new();
    let login = wait_on(run.first());
    for query in ["code=c&state=wrong", "code=c", "code=c&state=right&state=right"] {
        is_refused(opened(&run, &format!("com.example.acme:/callback?{query}")).await);
    }
    // Nor does anything else that this user's programs send.
    for bytes in [&b""[..], b"\xff\xff", b"\x00\x05hello", b"\x00\x09short"] {
        let socket = fs::read_dir(&run.0).unwrap().map(|entry| entry.unwrap().path());
        let socket = socket.into_iter().find(|path| path.extension().is_none()).unwrap();
        UnixStream::connect(socket).unwrap().write_all(bytes).unwrap();
    }
    assert!(!login.is_finished());
    opened(&run, "com.example.acme:/callback?code=c&state=right").await.unwrap();
    login.await.unwrap();
}

#[test]
fn f15_one_instance_is_first_until_it_ends() {
    let run = Run::new();
    let first = run.first();
    assert!(matches!(run.start(&["notes.txt"]), Ok(Instance::AlreadyRunning)));
    drop(first);
    // Its socket is left behind, and stands for nothing.
    assert!(fs::read_dir(&run.0).unwrap().count() >= 2);
    drop(run.first());
    let link = "com.example.acme:/callback?code=c&state=right";
    assert!(matches!(run.start(&[link]), Ok(Instance::First(_))), "whoever waited for the link is gone");
}

#[test]
fn f15_of_many_that_start_at_once_one_is_first() {
    let run = Run::new();
    let starts: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| run.start(&[]).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let first = starts.iter().filter(|instance| matches!(instance, Instance::First(_))).count();
    assert_eq!(first, 1);
}

#[test]
fn f15_an_argument_of_a_mebibyte_is_refused_before_anything_is_touched() {
    let run = Run::new();
    is_refused(run.start(&[&format!("com.example.acme:/callback?code={}", "c".repeat(1024 * 1024))]));
    assert!(!run.0.exists());
}

#[test]
fn f15_a_channel_that_others_can_reach_is_refused() {
    for mode in [0o777, 0o750, 0o701] {
        let run = Run::new();
        fs::create_dir(&run.0).unwrap();
        fs::set_permissions(&run.0, fs::Permissions::from_mode(mode)).unwrap();
        is_refused(run.start(&[]));
        assert_eq!(fs::read_dir(&run.0).unwrap().count(), 0);
    }
}

#[test]
fn f15_another_users_channel_is_refused() {
    let run = Run::new();
    fs::create_dir(&run.0).unwrap();
    fs::set_permissions(&run.0, fs::Permissions::from_mode(0o700)).unwrap();
    // Only root can give a folder away. For everybody else the system's own folders are another's.
    match chown(&run.0, Some(65534), None) {
        Ok(()) => is_refused(run.start(&[])),
        Err(_) => is_refused(start(Path::new("/usr"), &[])),
    }
}

#[test]
fn f15_a_link_to_a_private_folder_is_no_private_folder() {
    let (run, real) = (Run::new(), Run::new());
    drop(real.first());
    std::os::unix::fs::symlink(&real.0, &run.0).unwrap();
    is_refused(run.start(&[]));
    fs::remove_file(&run.0).unwrap();
}
