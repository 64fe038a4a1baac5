//! One refresh a machine, whoever is killed meanwhile (checklist F19, D20).

use native::{
    machine::{Answer, Machine, Moment, Question, kills, rounds},
    stores::search,
};
use vestibule_dev_idp::{DevIdp, Outage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_machine-user");

#[tokio::test]
async fn f19_eight_processes_make_one_refresh_a_round_and_none_is_signed_out() {
    let mut machine = Machine::new("rounds", PROGRAM, DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let mut processes = Vec::new();
    for _ in 0..8 {
        processes.push(machine.start().await.unwrap());
    }
    let rounds = rounds(&mut machine, &mut processes, 5).await.unwrap();
    assert_eq!(rounds.calls, 5);

    // And when the provider is away, nothing ends either.
    machine.idp.go_offline(Outage::Unavailable);
    let ahead = machine.next_round();
    let answer = processes[0].put(Question::Token, ahead).await.unwrap();
    assert_eq!(answer, Answer::Error("refresh.unavailable".to_owned()));
    machine.idp.go_online().unwrap();
    assert!(processes[1].put(Question::Token, ahead).await.unwrap().is_token());
}

#[tokio::test]
async fn f19_a_holder_that_is_killed_at_any_moment_locks_nobody_out() {
    let killed = kills(PROGRAM, 20).await.unwrap();
    assert!(killed.before_their_answer >= 10, "those whose call is held have no answer");
}

/// What was granted and not yet kept is lost with the process. Where a refresh token is good once, the login is over, and
/// says so; it does not hang, and the next login works.
#[tokio::test]
async fn f19_killed_between_answer_and_store_a_login_without_grace_is_over_and_says_so() {
    let mut machine = Machine::new("window", PROGRAM, DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let (victim, mut survivor) = (machine.start().await.unwrap(), machine.start().await.unwrap());
    let ahead = machine.next_round();
    assert_eq!(Moment::Answered.kill(&machine, victim, ahead).await.unwrap(), None);
    for code in ["refresh.revoked", "native.not_signed_in"] {
        let answer = survivor.put(Question::Token, ahead).await.unwrap();
        assert_eq!(answer, Answer::Error(code.to_owned()));
    }
    machine.log_in().await.unwrap();
    assert!(survivor.put(Question::Token, ahead).await.unwrap().is_token());
}

#[tokio::test]
async fn f18_no_file_of_the_machine_holds_a_token_in_the_clear() {
    let machine = Machine::new("clear", PROGRAM, DevIdp::builder()).unwrap();
    machine.log_in().await.unwrap();
    let token = machine.application().unwrap().access_token().await.unwrap();
    let files = search::files_below(machine.folder()).unwrap();
    assert!(files.iter().any(|file| file.extension().is_some_and(|extension| extension == "sealed")));
    for part in token.expose().split('.').chain(["rt_", "\"a\":"]) {
        assert!(search::containing(&files, part).is_empty());
    }
}
