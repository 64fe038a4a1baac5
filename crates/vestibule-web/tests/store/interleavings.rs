//! Every order in which a few callers' verbs can reach the store: always what the model says, and never a loss.

use std::time::Duration;

use bytes::Bytes;
use vestibule_web::store::{Load, Revocation, SessionRecord, StoreTime};

use crate::{
    command::{Command, Reply, holder, jti, key, logout, realm, rotation, session, token},
    side_by_side::SideBySide,
};

const SECOND: Duration = Duration::from_secs(1);
const SECONDS: Duration = Duration::from_secs(10);

/// Invariant 5 of the session model.
#[test]
fn invariant_05_touch_beside_commit_never_loses_a_refresh_token() {
    let refresh = vec![
        Command::Lease(key(1), holder(1), SECONDS),
        Command::BeginAttempt(key(1), holder(1), token(0), SECONDS),
        Command::Commit(key(1), rotation(1, 0, 1)),
        Command::Commit(key(1), rotation(1, 1, 2)),
    ];
    let touches = vec![Command::Touch(key(1), 3 * SECONDS), Command::Touch(key(1), 2 * SECONDS)];
    let writes = vec![Command::Replace(key(1), 0, Bytes::from_static(b"application"))];
    let orders = each_order(&[refresh, touches, writes], |run| {
        let record = live(run);
        assert_eq!((record.refresh, record.grant_version), (Some(token(2)), 2), "the newest token stands");
        assert_eq!(&record.data[..], b"application");
        assert!(record.idle_end >= record.created.plus(3 * SECONDS), "the longest touch stands");
    });
    assert_eq!(orders, 105);
}

/// BM05: whichever comes first, after the logout the session is dead and stays dead.
#[test]
fn a_logout_beside_a_refresh_and_a_touch_always_ends_the_session() {
    let refresh = vec![
        Command::Lease(key(1), holder(1), SECONDS),
        Command::BeginAttempt(key(1), holder(1), token(0), SECONDS),
        Command::Commit(key(1), rotation(1, 0, 1)),
    ];
    let request = vec![Command::Load(key(1)), Command::Touch(key(1), SECONDS)];
    let logout = vec![Command::Revoke(logout(vec![realm().sid("s1")]))];
    let housekeeping = vec![Command::Reap(10), Command::Reap(10)];
    let orders = each_order(&[refresh, request, logout, housekeeping], |run| {
        assert!(!run.is_live(key(1)));
    });
    assert_eq!(orders, 1680);
}

/// BM02: a login that began before the logout never comes through, one that began after always does, wherever their
/// verbs fall.
#[test]
fn a_logout_beside_logins_strikes_the_earlier_and_spares_the_later() {
    let under_way = |run: &SideBySide| session(2, "alice", Some("s1"), run.now());
    let mut first = SideBySide::new();
    start(&mut first);
    let earlier = under_way(&first);
    let heard = earlier.began.plus(SECOND);
    let mut later = session(3, "alice", Some("s1"), heard.plus(SECOND));
    later.refresh = None;

    let login_before =
        vec![Command::Insert(Box::new(earlier), Some(key(1))), Command::Touch(key(2), SECONDS)];
    let login_after = vec![Command::Insert(Box::new(later), None), Command::Load(key(3))];
    let revocation =
        Revocation { scopes: vec![realm().sid("s1")], heard: Some(heard), logout: Some(jti(1)), spare: None };
    let logout_twice = vec![Command::Revoke(revocation.clone()), Command::Revoke(revocation)];
    let orders = each_order_after(3 * SECOND, &[login_before, login_after, logout_twice], |run| {
        assert!(!run.is_live(key(1)), "it began before the logout");
        assert!(!run.is_live(key(2)), "its login began before the logout");
        assert!(run.is_live(key(3)), "its login began after the logout");
    });
    assert_eq!(orders, 90);
}

/// Two logouts, one of which spares this session, beside housekeeping: the other one decides.
#[test]
fn a_logout_beside_ending_all_others_ends_the_spared_one_too() {
    let others = realm().others_of_subject("alice");
    let all_others = Revocation { scopes: vec![others], heard: None, logout: None, spare: Some(key(1)) };
    let scripts = |heard: Option<StoreTime>| {
        let plain = Revocation { scopes: vec![others], heard, logout: None, spare: None };
        [
            vec![Command::Revoke(all_others.clone()), Command::Touch(key(1), SECONDS)],
            vec![Command::Revoke(plain)],
            vec![Command::Reap(5), Command::Load(key(1))],
        ]
    };
    let mut first = SideBySide::new();
    start(&mut first);
    let began = first.now();
    for heard in [None, Some(began)] {
        let orders = each_order_after(SECOND, &scripts(heard), |run| assert!(!run.is_live(key(1))));
        assert_eq!(orders, 30);
    }
}

/// A lease is taken by two, lost and taken back: at most one may begin at a time.
#[test]
fn leases_and_attempts_of_two_holders_follow_the_model() {
    let refresh = |by: u8| {
        vec![
            Command::Lease(key(1), holder(by), SECONDS),
            Command::BeginAttempt(key(1), holder(by), token(0), SECONDS),
            Command::Commit(key(1), rotation(by, 0, by)),
            Command::Release(key(1), holder(by)),
        ]
    };
    let orders =
        each_order(&[refresh(1), refresh(2), vec![Command::EndIf(key(1), holder(3), token(0))]], |run| {
            if run.is_live(key(1)) {
                let record = live(run);
                assert!(record.grant_version <= 1, "a refresh token is spent once");
            }
        });
    assert_eq!(orders, 630);
}

/// Runs the scripts in every order on a store that holds session 1, and looks at each result.
fn each_order(scripts: &[Vec<Command>], look: impl Fn(&mut SideBySide)) -> usize {
    each_order_after(Duration::ZERO, scripts, look)
}

fn each_order_after(span: Duration, scripts: &[Vec<Command>], look: impl Fn(&mut SideBySide)) -> usize {
    let mut orders = Vec::new();
    merge(scripts, &mut vec![0; scripts.len()], &mut Vec::new(), &mut orders);
    for order in &orders {
        let mut run = SideBySide::new();
        start(&mut run);
        run.pass(span);
        for command in order {
            run.give((*command).clone());
        }
        look(&mut run);
        run.compare([key(1), key(2), key(3)]);
    }
    orders.len()
}

fn start(run: &mut SideBySide) {
    let began = run.now();
    run.give(Command::Insert(Box::new(session(1, "alice", Some("s1"), began)), None));
}

fn merge<'a>(
    scripts: &'a [Vec<Command>],
    done: &mut Vec<usize>,
    order: &mut Vec<&'a Command>,
    orders: &mut Vec<Vec<&'a Command>>,
) {
    let mut finished = true;
    for script in 0..scripts.len() {
        let Some(command) = scripts[script].get(done[script]) else { continue };
        finished = false;
        done[script] += 1;
        order.push(command);
        merge(scripts, done, order, orders);
        order.pop();
        done[script] -= 1;
    }
    if finished {
        orders.push(order.clone());
    }
}

fn live(run: &mut SideBySide) -> SessionRecord {
    match run.give(Command::Load(key(1))) {
        Reply::Load(Load::Live(record)) => (*record).clone(),
        other => panic!("the session is live: {other:?}"),
    }
}
