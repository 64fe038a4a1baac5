use super::*;

#[test]
fn e12_a_set_is_fresh_for_ten_minutes() {
    let node = Node::new();
    for _ in 0..3 {
        assert_eq!(node.current().unwrap(), ["k1"]);
    }
    node.pass(599);
    node.current().unwrap();
    assert_eq!(node.fetches(), 1);
    node.pass(1);
    node.current().unwrap();
    assert_eq!(node.fetches(), 2);
}

#[test]
fn e12_max_age_is_heeded_within_bounds() {
    for (cache_control, seconds) in
        [("no-store", 60), ("max-age=0", 60), ("max-age=3600", 3600), ("max-age=1000000000", 86_400)]
    {
        let node = Node::new();
        let body = key_set(&["k1"]).to_string();
        node.serve(Answer::Page { status: 200, header: Some(("cache-control", cache_control)), body });
        node.current().unwrap();
        node.pass(seconds - 1);
        node.current().unwrap();
        assert_eq!(node.fetches(), 1, "{cache_control}");
        node.pass(1);
        node.current().unwrap();
        assert_eq!(node.fetches(), 2, "{cache_control}");
    }
}

#[test]
fn e12_a_background_task_refreshes_ahead_of_need() {
    let node = Node::new();
    assert_eq!(node.refresh_if_due().unwrap(), Duration::from_secs(60));
    node.serve_keys(&["k2"]);
    node.pass(479);
    assert_eq!(node.refresh_if_due().unwrap(), Duration::from_secs(1));
    assert_eq!((node.current().unwrap(), node.fetches()), (vec!["k1".to_owned()], 1));
    node.pass(1);
    node.refresh_if_due().unwrap();
    assert_eq!((node.current().unwrap(), node.fetches()), (vec!["k2".to_owned()], 2));
}

#[test]
fn e12_beside_a_background_task_no_request_fetches() {
    let node = Node::hanging();
    node.let_through(1);
    node.current().unwrap();
    for _ in 0..20 {
        node.pass(60);
        let mut maintenance = Box::pin(async { node.keys().refresh_if_due().await });
        let _ = poll(maintenance.as_mut());
        node.current().unwrap();
    }
    let fetches = node.fetches();
    node.pass(119);
    node.current().unwrap();
    assert_eq!(node.fetches(), fetches, "the background task may be late");

    node.pass(1);
    let keys = node.keys();
    let mut request = Box::pin(keys.current());
    assert!(poll(request.as_mut()).is_pending(), "without one, a request fetches");
    assert_eq!(node.fetches(), fetches + 1);
}

#[test]
fn e12_one_request_fetches_and_the_others_go_on() {
    let node = Node::hanging();
    node.let_through(1);
    node.current().unwrap();
    node.pass(600);
    node.serve_keys(&["k2"]);
    let keys = node.keys();
    let mut first = Box::pin(keys.current());
    assert!(poll(first.as_mut()).is_pending());
    for _ in 0..100 {
        assert_eq!(node.current().unwrap(), ["k1"]);
    }
    node.let_through(1);
    assert_eq!(kids(&ready(first).unwrap()), ["k2"]);
    assert_eq!((node.current().unwrap(), node.fetches()), (vec!["k2".to_owned()], 2));
}

#[test]
fn e15_a_stale_set_is_used_for_an_hour() {
    for (minutes, usable) in [(59, true), (61, false)] {
        let node = Node::new();
        node.current().unwrap();
        node.pass(600);
        node.serve(Answer::Unreachable);
        node.pass(minutes * 60);
        match usable {
            true => assert_eq!(node.current().unwrap(), ["k1"]),
            false => assert_eq!(code(node.current()), "jwks.unavailable"),
        }
        assert_eq!(node.fetches(), 2);
        node.serve_keys(&["k2"]);
        node.pass(60);
        assert_eq!(node.current().unwrap(), ["k2"], "it recovers by itself");
    }
}

#[test]
fn e15_the_wall_clock_changes_no_age() {
    let node = Node::new();
    node.current().unwrap();
    for unix_time in [0, u64::from(u32::MAX) * 1000] {
        node.clock.set_wall(Duration::from_secs(unix_time));
        node.current().unwrap();
    }
    assert_eq!(node.fetches(), 1);
}
