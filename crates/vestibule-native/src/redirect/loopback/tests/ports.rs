use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use vestibule::{Diagnose, testing::SeededRandom};

use super::{Waiting, bind};
use crate::redirect::{
    RedirectError, RedirectPlan,
    loopback::Loopback,
    plan::{LoopbackPlan, Way},
};

fn plan(plan: RedirectPlan) -> LoopbackPlan {
    let Way::Loopback(plan) = plan.0 else { panic!("a link is no port") };
    plan
}

#[tokio::test]
async fn f01_the_redirect_uri_is_the_literal_and_the_port_that_is_bound() {
    for (registered, start) in
        [("http://127.0.0.1/callback", "http://127.0.0.1:"), ("http://[::1]/callback", "http://[::1]:")]
    {
        let loopback = bind(&RedirectPlan::registered(registered).unwrap()).await;
        let address = loopback.listener.local_addr().unwrap();
        assert!(
            address.ip() == IpAddr::from([127, 0, 0, 1])
                || address.ip() == IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])
        );
        assert_eq!(loopback.redirect_uri().as_str(), format!("{start}{}/callback", address.port()));
    }
}

#[tokio::test]
async fn f01_no_other_address_of_this_machine_leads_there() {
    let waiting = Waiting::start().await;
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), waiting.address.port()));
    assert!(TcpStream::connect(elsewhere).await.is_err());
    waiting.answer_rightly().await;
}

#[tokio::test]
async fn f02_the_first_free_port_of_the_list_is_bound_and_none_is_an_error() {
    let taken =
        [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    let [one, two] = taken.each_ref().map(|listener| listener.local_addr().unwrap().port());
    let error =
        Loopback::bind(&plan(RedirectPlan::ports([one, two])), &SeededRandom::new(1)).await.err().unwrap();
    assert_eq!((error, error.code()), (RedirectError::BindFailed, "native.bind_failed"));

    let [_still_taken, free] = taken;
    drop(free);
    let loopback = bind(&RedirectPlan::ports([one, two])).await;
    assert_eq!(loopback.redirect_uri().as_str(), format!("http://127.0.0.1:{two}/callback"));
}

#[tokio::test]
async fn f02_a_squatter_on_all_addresses_shares_no_port_with_us() {
    let squatter = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = squatter.local_addr().unwrap().port();
    let error =
        Loopback::bind(&plan(RedirectPlan::ports([port])), &SeededRandom::new(1)).await.err().unwrap();
    assert_eq!(error.code(), "native.bind_failed");
}

#[tokio::test]
async fn f03_a_suffix_is_random_and_part_of_the_redirect_uri() {
    let plan = plan(RedirectPlan::registered("http://127.0.0.1/callback/*").unwrap());
    let random = SeededRandom::new(1);
    let one = Loopback::bind(&plan, &random).await.unwrap();
    let two = Loopback::bind(&plan, &random).await.unwrap();
    assert_ne!(one.door.path, two.door.path);
    for loopback in [one, two] {
        let suffix = loopback.door.path.strip_prefix("/callback/").unwrap();
        assert_eq!(suffix.len(), 22);
        assert!(loopback.redirect_uri().as_str().ends_with(&loopback.door.path));
    }
}
