//! One refresh a machine, whoever is killed meanwhile (checklist F19, D20).
//!
//! `MACHINE_ROUNDS` and `MACHINE_KILLS` make it longer; the figures are printed.

use std::time::Duration;

use native::machine::{Answer, Machine, Process};
use tokio::time::{Instant, sleep};
use vestibule_dev_idp::{DevIdp, Endpoint, EventKind, HttpFault, Misbehaviour, Outage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_machine-user");
const PROCESSES: usize = 8;

fn size(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|size| size.parse().ok()).unwrap_or(default)
}

fn is_token(answer: &Answer) -> bool {
    matches!(answer, Answer::Token(_))
}

#[tokio::test]
async fn f19_eight_processes_make_one_refresh_a_round_and_none_is_signed_out() {
    let rounds = size("MACHINE_ROUNDS", 5);
    let mut machine = Machine::new("rounds", DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(machine.start(PROGRAM).await.unwrap());
    }
    let (begun, before) = (Instant::now(), machine.idp.requests());
    for round in 1..=rounds {
        let ahead = machine.next_round();
        for process in &mut processes {
            process.ask(ahead).await.unwrap();
        }
        let mut answers = Vec::new();
        for process in &mut processes {
            answers.push(process.answer().await.unwrap().unwrap());
        }
        answers.sort();
        answers.dedup();
        assert!(answers.len() == 1 && is_token(&answers[0]), "round {round}: {answers:?}");
        assert_eq!((machine.idp.requests() - before).token, round, "one call a round");
    }
    println!(
        "{PROCESSES} processes, {rounds} rounds: {} calls of the token endpoint, nobody signed out, {:?} a round",
        (machine.idp.requests() - before).token,
        begun.elapsed() / u32::try_from(rounds).unwrap()
    );
    // And when the provider is away, nothing ends either.
    machine.idp.go_offline(Outage::Unavailable);
    let ahead = machine.next_round();
    processes[0].ask(ahead).await.unwrap();
    assert_eq!(processes[0].answer().await.unwrap(), Some(Answer::Error("refresh.unavailable".to_owned())));
    machine.idp.go_online().unwrap();
    processes[1].ask(ahead).await.unwrap();
    assert!(is_token(&processes[1].answer().await.unwrap().unwrap()));
}

/// Where the one that holds the lock is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// After so long, wherever that is.
    After(Duration),
    /// Its request has arrived at the provider, which has not begun.
    Asked,
    /// The provider has answered, and the answer is on its way.
    Answered,
}

impl Moment {
    /// Pseudo-random, and the same in every run.
    fn of(turn: u64) -> Self {
        let random =
            turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33;
        match turn % 4 {
            1 => Self::Asked,
            3 => Self::Answered,
            _ => Self::After(Duration::from_micros(random % 40_000)),
        }
    }

    async fn kill(self, machine: &Machine, mut victim: Process, ahead: u64) -> Option<Answer> {
        let mut events = machine.idp.events();
        let fault = match self {
            Self::After(span) => {
                victim.ask(ahead).await.unwrap();
                sleep(span).await;
                return victim.kill().await.unwrap();
            }
            Self::Asked => HttpFault::HeldBefore,
            Self::Answered => HttpFault::Held,
        };
        machine.idp.misbehave_once(Misbehaviour::Http(Endpoint::Token, fault));
        victim.ask(ahead).await.unwrap();
        while !matches!(events.next().await.unwrap().kind, EventKind::Held { .. }) {}
        let answer = victim.kill().await.unwrap();
        machine.idp.release();
        answer
    }
}

/// With a provider that lets a refresh token be used again for a while, as good ones do.
#[tokio::test]
async fn f19_a_holder_that_is_killed_at_any_moment_locks_nobody_out() {
    let kills = size("MACHINE_KILLS", 20);
    let grace = DevIdp::builder().refresh_grace(Duration::from_secs(60));
    let mut machine = Machine::new("kills", grace).unwrap();
    machine.log_in().await.unwrap();
    let mut survivor = machine.start(PROGRAM).await.unwrap();
    let (mut too_late, mut longest) = (0, Duration::ZERO);
    for turn in 0..kills {
        let ahead = machine.next_round();
        let victim = machine.start(PROGRAM).await.unwrap();
        let moment = Moment::of(turn);
        let answered = moment.kill(&machine, victim, ahead).await;
        too_late += u64::from(answered.is_some());
        let begun = Instant::now();
        survivor.ask(ahead).await.unwrap();
        let answer = survivor.answer().await.unwrap().unwrap();
        assert!(is_token(&answer), "kill {turn}, {moment:?}: {answer:?}");
        longest = longest.max(begun.elapsed());
    }
    let leftover = machine.files().unwrap();
    assert!(
        leftover.iter().all(|(path, _)| path.extension().is_none_or(|extension| extension != "new")),
        "{leftover:?}"
    );
    println!(
        "{kills} killed, {too_late} of them after their answer: nobody signed out, {longest:?} until the next token at most"
    );
}

/// What was granted and not yet kept is lost with the process. Where a refresh token is good once, the login is over, and
/// says so; it does not hang, and the next login works.
#[tokio::test]
async fn f19_killed_between_answer_and_store_a_login_without_grace_is_over_and_says_so() {
    let mut machine = Machine::new("window", DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let (victim, mut survivor) =
        (machine.start(PROGRAM).await.unwrap(), machine.start(PROGRAM).await.unwrap());
    let ahead = machine.next_round();
    assert_eq!(Moment::Answered.kill(&machine, victim, ahead).await, None);
    for code in ["refresh.revoked", "native.not_signed_in"] {
        survivor.ask(ahead).await.unwrap();
        assert_eq!(survivor.answer().await.unwrap(), Some(Answer::Error(code.to_owned())));
    }
    machine.log_in().await.unwrap();
    survivor.ask(ahead).await.unwrap();
    assert!(is_token(&survivor.answer().await.unwrap().unwrap()));
}

#[tokio::test]
async fn f18_no_file_of_the_machine_holds_a_token_in_the_clear() {
    let machine = Machine::new("clear", DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let token = machine.application().unwrap().access_token().await.unwrap();
    let files = machine.files().unwrap();
    assert!(files.iter().any(|(path, _)| path.extension().is_some_and(|extension| extension == "sealed")));
    for (path, content) in files {
        // The signature is the part of it that nothing else has.
        for part in token.expose().split('.').chain(["rt_", "\"a\":"]) {
            let holds = content.windows(part.len()).any(|window| window == part.as_bytes());
            assert!(!holds, "{}", path.display());
        }
    }
}
