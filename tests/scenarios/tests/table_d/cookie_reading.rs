use scenarios::{Answer, Browser, Mount, Request, World, on_every_mount};

on_every_mount! {
    d02_the_very_cookie
    d02_cookies_in_several_headers
    d02_the_same_name_twice
    d02_the_same_name_in_two_headers
    d02_a_wide_space_before_the_name
    d02_a_tab_before_the_name
    d02_a_version
    d02_a_nameless_cookie
    d02_another_case
    d02_quotes
    d02_a_value_of_another_shape
    d02_a_pending_cookie_twice
}

/// What a request with this `Cookie` header sees at the start page. `name` and `value` are alice's.
async fn greets(
    mount: &'static dyn Mount,
    greeting: &str,
    header: impl Fn(&str, &str) -> Vec<Vec<u8>>,
) -> World {
    let world = World::new(mount).await;
    let cookie = world.login("alice").await.session_cookie(&world).unwrap();
    let lines = header(&cookie.name, &cookie.value);
    let with = |request: Request| lines.iter().fold(request, |request, line| request.also("cookie", line));
    let answer: Answer = world.receive(with(Request::page("/"))).await;
    assert_eq!(answer.text(), greeting);
    let api = world.receive(with(Request::api("/api/me"))).await;
    assert_eq!(api.status, if greeting == "hello stranger" { 401 } else { 200 });
    world
}

fn one(line: String) -> Vec<Vec<u8>> {
    vec![line.into_bytes()]
}

async fn d02_the_very_cookie(mount: &'static dyn Mount) -> World {
    greets(mount, "hello alice", |name, value| one(format!("a=1; {name}={value}; b=2;c=3"))).await
}

/// HTTP/2 lets them be split (RFC 9113 section 8.2.3).
async fn d02_cookies_in_several_headers(mount: &'static dyn Mount) -> World {
    greets(mount, "hello alice", |name, value| {
        vec![b"a=1".to_vec(), format!("{name}={value}").into_bytes(), b"b=2".to_vec()]
    })
    .await
}

async fn d02_the_same_name_twice(mount: &'static dyn Mount) -> World {
    let planted = "p".repeat(43);
    greets(mount, "hello stranger", |name, value| one(format!("{name}={value}; {name}={planted}"))).await
}

async fn d02_the_same_name_in_two_headers(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| {
        vec![format!("{name}={value}").into_bytes(), format!("{name}={value}").into_bytes()]
    })
    .await
}

async fn d02_a_wide_space_before_the_name(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("\u{2000}{name}={value}"))).await
}

async fn d02_a_tab_before_the_name(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("a=1;\t{name}={value}"))).await
}

async fn d02_a_version(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("$Version=1, {name}={value}, $Path=/"))).await
}

async fn d02_a_nameless_cookie(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("={name}={value}"))).await
}

async fn d02_another_case(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("{}={value}", name.to_ascii_lowercase()))).await
}

async fn d02_quotes(mount: &'static dyn Mount) -> World {
    greets(mount, "hello stranger", |name, value| one(format!("{name}=\"{value}\""))).await
}

async fn d02_a_value_of_another_shape(mount: &'static dyn Mount) -> World {
    let world = greets(mount, "hello stranger", |name, value| one(format!("{name}={value}A"))).await;
    let name = world.login("bob").await.session_cookie(&world).unwrap().name;
    for value in
        ["", " ", "%00", "../../etc/passwd", "'; --", &"A".repeat(42), &"A".repeat(8000), &"=".repeat(43)]
    {
        let request = Request::page("/").header("cookie", format!("{name}={value}"));
        assert_eq!(world.receive(request).await.text(), "hello stranger", "{value}");
    }
    let bytes = [name.as_bytes(), b"=\xff\xfe"].concat();
    assert_eq!(world.receive(Request::page("/").header("cookie", bytes)).await.text(), "hello stranger");
    world
}

async fn d02_a_pending_cookie_twice(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let cookie = alice.cookies(&world).remove(0);
    let twice = format!("{0}={1}; {0}={1}", cookie.name, cookie.value);
    let answer = world.receive(Request::page(&callback).header("cookie", twice)).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "callback.state_invalid"));
    assert_eq!(alice.page(&world, &callback).await.status, 303);
    world
}
