use scenarios::{Browser, Mount, World, on_every_mount};
use url::form_urlencoded::byte_serialize;

/// One test for each place that must not be gone to after a login.
macro_rules! refused_places {
    ($(fn $test:ident => $place:expr;)+) => {
        on_every_mount! { $($test)+ }

        $(
            async fn $test(mount: &'static dyn Mount) -> World {
                leads_home(mount, $place).await
            }
        )+
    };
}

refused_places! {
    fn c18_two_slashes => "//evil.example";
    fn c18_three_slashes => "///evil.example";
    fn c18_slash_backslash => "/\\evil.example";
    fn c18_backslash_slash => "\\/evil.example";
    fn c18_an_escaped_backslash => "/%5cevil.example";
    fn c18_an_escaped_slash => "/%2fevil.example";
    fn c18_two_escaped_slashes => "/%2f%2fevil.example";
    fn c18_a_scheme_alone => "https:evil.example";
    fn c18_a_scheme_and_a_name => "http:www.evil.example";
    fn c18_an_absolute_url => "https://evil.example";
    fn c18_an_absolute_url_of_our_own => "https://app.acme.example/me";
    fn c18_user_information => "//app.acme.example@evil.example";
    fn c18_our_name_as_user => "https://app.acme.example@evil.example";
    fn c18_a_backslash_in_the_host => "https://evil.example\\.app.acme.example";
    fn c18_a_backslash_before_the_user => "https://evil.example\\@app.acme.example";
    fn c18_a_tab => "/\t/evil.example";
    fn c18_a_line_feed => "/\n/evil.example";
    fn c18_an_escaped_header => "/%0d%0aSet-Cookie:x=y";
    fn c18_a_script => "javascript:alert(1)";
    fn c18_data => "data:text/html,<script>alert(1)</script>";
    fn c18_an_address => "//[::1]";
    fn c18_a_dot_segment => "/.//evil.example";
    fn c18_two_dots => "/..//evil.example";
    fn c18_a_wide_slash => "/\u{ff0f}evil.example";
    fn c18_a_space_in_front => " /me";
    fn c18_a_zero_byte => "/me\0";
    fn c18_a_byte_order_mark => "\u{feff}/me";
    fn c18_nothing => "";
    fn c18_a_relative_path => "me";
    fn c18_a_query_alone => "?tab=2";
    fn c18_a_fragment_alone => "#tab";
    fn c18_60_kibibytes => &format!("/{}", "x".repeat(60 * 1024));
}

on_every_mount! {
    c18_two_places
    c18_a_place_with_broken_escapes
    c18_only_path_and_query_are_kept
}

async fn leads_home(mount: &'static dyn Mount, place: &str) -> World {
    let world = World::new(mount).await;
    let encoded: String = byte_serialize(place.as_bytes()).collect();
    goes_to(&world, &format!("return_to={encoded}"), "/").await;
    world
}

async fn c18_two_places(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    goes_to(&world, "return_to=%2Fme&return_to=%2Fnews", "/").await;
    world
}

async fn c18_a_place_with_broken_escapes(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for query in ["return_to=/me%", "return_to=/me%zz", "return_to=/%ff", "x=%ff&return_to=%2Fme"] {
        goes_to(&world, query, "/").await;
    }
    world
}

async fn c18_only_path_and_query_are_kept(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (place, kept) in [
        ("/me?a=b&c=%2F%2Fevil.example#fragment", "/me?a=b&c=%2F%2Fevil.example"),
        ("/a/../me", "/me"),
        ("/me?next=https://evil.example", "/me?next=https://evil.example"),
        ("/caf\u{e9}", "/caf%C3%A9"),
    ] {
        let encoded: String = byte_serialize(place.as_bytes()).collect();
        goes_to(&world, &format!("return_to={encoded}"), kept).await;
    }
    world
}

/// Logs in with this query at the login endpoint, and sees where that leads.
async fn goes_to(world: &World, query: &str, place: &str) {
    let alice = Browser::new("alice");
    let callback = alice.start_login(world, &format!("/auth/login?{query}")).await;
    let back = alice.page(world, &callback).await;
    assert_eq!((back.status, back.location()), (303, place), "{query}");
}
