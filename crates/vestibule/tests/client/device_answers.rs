//! Row I07: whatever a provider answers to the device flow, nothing panics, and what comes out can be shown.

use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::{DeviceRequest, Disposition, testing::json_response};

use crate::{
    device::{answer, app, begin, world},
    support::{raw, with},
};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Values that are nearly right, and others.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        "[ -~]{0,70}".prop_map(Value::from),
        r"https?://[a-z.@\[\]:0-9\\]{1,20}/[ -~\x1b]{0,20}".prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn i07_what_is_shown_of_a_device_login_can_be_shown(
        member in prop::sample::select(
            &["device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"][..],
        ),
        value in value(),
    ) {
        let world = world();
        world.op.respond("/device_authorization", json_response(200, &with(answer(), member, value)));
        match block_on(app(&world).begin_device_login(&DeviceRequest::new())) {
            Ok(start) => {
                let code = start.user_code.as_str();
                prop_assert!((1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic()));
                for url in [Some(&start.verification_uri), start.verification_uri_complete.as_ref()].into_iter().flatten() {
                    prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                    prop_assert!(url.scheme() == "https" || url.host_str() == Some("localhost") || is_loopback(url));
                    prop_assert!(url.username().is_empty() && url.password().is_none());
                    prop_assert_eq!(url.origin(), start.verification_uri.origin());
                }
                prop_assert!(start.pending.wait().as_secs() >= 5);
            }
            Err(error) => prop_assert_eq!(vestibule::Diagnose::code(&error), "native.device_invalid"),
        }
    }

    #[test]
    fn i07_no_bytes_end_a_device_login_but_an_error_by_the_rules(
        status in 200_u16..600,
        body in prop_oneof![any::<Vec<u8>>(), r#"\{"error":"[a-z_]{0,12}"\}"#.prop_map(String::into_bytes)],
    ) {
        let world = world();
        let mut pending = block_on(begin(&world)).pending;
        world.op.respond("/token", raw(status, "application/json", body));
        let outcome = block_on(app(&world).poll_device_login(&mut pending));
        let goes_on = match &outcome {
            Ok(poll) => matches!(poll, vestibule::DevicePoll::Pending),
            Err(error) => vestibule::Diagnose::disposition(error) == Disposition::Retry,
        };
        prop_assert_eq!(goes_on, !pending.remaining(&world.clock).is_zero());
        prop_assert!(pending.wait().as_secs() >= 5);
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}
