use super::*;

#[test]
fn e14_a_thousand_cold_callers_cause_one_fetch() {
    let node = Node::hanging();
    let keys = node.keys();
    let mut callers: Vec<_> = (0..1000).map(|_| Box::pin(keys.current())).collect();
    assert!(callers.iter_mut().all(|caller| poll(caller.as_mut()).is_pending()));
    node.let_through(1000);
    for caller in callers {
        assert_eq!(kids(&ready(caller).unwrap()), ["k1"]);
    }
    assert_eq!(node.fetches(), 1);
}

#[test]
fn e14_a_thousand_cold_callers_share_one_failure() {
    let node = Node::hanging();
    node.serve(Answer::Unreachable);
    let keys = node.keys();
    let mut callers: Vec<_> = (0..1000).map(|_| Box::pin(keys.current())).collect();
    assert!(callers.iter_mut().all(|caller| poll(caller.as_mut()).is_pending()));
    node.let_through(1000);
    for caller in callers {
        let error = ready(caller).unwrap_err();
        assert_eq!((error.code(), error.disposition()), ("jwks.unavailable", crate::Disposition::Retry));
        let cause = std::error::Error::source(&error).unwrap();
        assert_eq!(cause.to_string(), "the provider cannot be reached");
    }
    assert_eq!(node.fetches(), 1);
}

#[test]
fn e14_failures_back_off_from_a_second_to_a_minute() {
    let node = Node::new();
    node.serve(Answer::Unreachable);
    let mut attempts = Vec::new();
    for tenth in 0..6000 {
        let before = node.fetches();
        assert_eq!(code(node.current()), "jwks.unavailable");
        if node.fetches() > before {
            attempts.push(tenth);
        }
        node.clock.advance(Duration::from_millis(100));
    }
    let pauses: Vec<i32> = attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((5..=11).contains(&pauses[0]), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= 601), "{pauses:?}");
    assert!(pauses[6..].iter().all(|pause| *pause >= 300), "{pauses:?}");
    assert!(attempts.len() <= 25, "{attempts:?}");

    node.serve_keys(&["k1"]);
    node.pass(60);
    node.current().unwrap();
}

#[test]
fn e14_a_cancelled_caller_cancels_nobody_else() {
    let node = Node::hanging();
    let keys = node.keys();
    let mut leader = Box::pin(keys.current());
    let mut waiter = Box::pin(keys.current());
    assert!(poll(leader.as_mut()).is_pending());
    assert!(poll(waiter.as_mut()).is_pending());
    drop(leader);
    assert!(poll(waiter.as_mut()).is_pending(), "it fetches now");
    node.let_through(1);
    assert_eq!(kids(&ready(waiter).unwrap()), ["k1"]);
    assert_eq!(node.fetches(), 2);
}

#[test]
fn e14_a_cancelled_waiter_harms_nobody() {
    let node = Node::hanging();
    let keys = node.keys();
    let mut leader = Box::pin(keys.current());
    let mut waiters: Vec<_> = (0..10).map(|_| Box::pin(keys.current())).collect();
    assert!(poll(leader.as_mut()).is_pending());
    assert!(waiters.iter_mut().all(|waiter| poll(waiter.as_mut()).is_pending()));
    drop(waiters);
    node.let_through(1);
    assert_eq!(kids(&ready(leader).unwrap()), ["k1"]);
    assert_eq!(node.fetches(), 1);
}

#[test]
fn e14_callers_that_come_and_go_are_bounded() {
    let node = Node::hanging();
    for _ in 0..1000 {
        let keys = node.keys();
        let mut caller = Box::pin(keys.current());
        let _ = poll(caller.as_mut());
    }
    assert_eq!(node.fetches(), 3);
    assert_eq!(code(node.current()), "jwks.unavailable");
    node.let_through(1);
    node.pass(60);
    assert_eq!(node.current().unwrap(), ["k1"]);
}

#[test]
fn e14_a_completed_fetch_forgives_the_abandoned_ones() {
    let node = Node::hanging();
    let abandon = || drop(poll(Box::pin(node.keys().refresh_if_due()).as_mut()));
    for _ in 0..5 {
        abandon();
        abandon();
        node.let_through(1);
        node.refresh_if_due().unwrap();
        node.pass(600);
    }
    assert_eq!(node.fetches(), 15);
}

#[test]
fn e14_a_background_task_that_fails_keeps_the_pace() {
    let node = Node::new();
    node.current().unwrap();
    node.pass(600);
    node.serve(Answer::Unreachable);
    for _ in 0..100 {
        assert_eq!(code(node.refresh_if_due()), "jwks.unavailable");
    }
    assert_eq!(node.fetches(), 2);
    assert_eq!(node.current().unwrap(), ["k1"]);
}

#[test]
fn e22_the_providers_own_pause_is_kept() {
    let node = Node::new();
    let header = Some(("retry-after", "45"));
    node.serve(Answer::Page { status: 503, header, body: String::new() });
    assert_eq!(code(node.current()), "jwks.unavailable");
    node.pass(44);
    assert_eq!((code(node.current()), node.fetches()), ("jwks.unavailable", 1));
    node.serve_keys(&["k1"]);
    node.pass(1);
    assert_eq!((node.current().unwrap(), node.fetches()), (vec!["k1".to_owned()], 2));
}
