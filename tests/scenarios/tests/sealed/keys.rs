//! Key rings, formats, rollouts (checklist D04, H24).

use std::time::Duration;

use scenarios::{Mount, Node, World, cookie_key, on_every_mount};
use vestibule_web::CookieKeys;

use crate::support::{assert_refused, header, is_signed_in, page_with, revocable, sealed, storeless};

on_every_mount! {
    d04_an_old_key_opens_and_the_new_one_seals
    d04_a_retired_key_opens_nothing
    d04_a_key_id_that_was_exchanged
    h24_old_and_new_rings_side_by_side
    h24_a_node_without_the_key_asks_to_log_in
    h24_what_was_sealed_once_opens_for_ever
    h24_a_pending_login_that_was_sealed_once_opens_for_ever
}

/// A node with these cookie keys, by number; the world's own has number 0.
async fn node_with(world: &World, keys: &[u64]) -> Node {
    let ring: Vec<_> = keys.iter().map(|number| cookie_key(*number)).collect();
    world.node_with_keys(&CookieKeys::from_base64(&ring.join(",")).unwrap()).await
}

async fn d04_an_old_key_opens_and_the_new_one_seals(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let (rotated, retired) = (node_with(&world, &[1, 0]).await, node_with(&world, &[1]).await);
    let alice = world.login("alice").await;
    let before = sealed(&alice, &world);
    let answer = alice.page(&rotated, "/").await;
    assert_eq!((answer.text(), answer.set_cookies().len()), ("hello alice", 0), "not before it is due");
    world.advance(Duration::from_secs(180));
    let answer = alice.page(&rotated, "/").await;
    assert_eq!((answer.text(), answer.set_cookies().len()), ("hello alice", 1));
    let after = sealed(&alice, &world);
    assert_eq!((after.len(), &after[0].name), (1, &before[0].name));
    assert_ne!(after[0].value, before[0].value);
    let answer = alice.page(&retired, "/").await;
    assert_eq!((answer.text(), answer.set_cookies().len()), ("hello alice", 0), "the new key alone opens it");
    world
}

async fn d04_a_retired_key_opens_nothing(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let old = node_with(&world, &[1]).await;
    let alice = scenarios::Browser::new("alice");
    alice.log_in(&old).await;
    assert_refused(&world, &header(&sealed(&alice, &world)), "session.seal_invalid").await;
    world
}

async fn d04_a_key_id_that_was_exchanged(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let both = node_with(&world, &[0, 1]).await;
    let other = node_with(&world, &[1]).await;
    let (alice, bob) = (world.login("alice").await, scenarios::Browser::new("bob"));
    bob.log_in(&other).await;
    let (of_alice, of_bob) = (sealed(&alice, &world).remove(0), sealed(&bob, &world).remove(0));
    // Eight characters behind the head of the series are the version and the key's id, and a byte of the nonce.
    let exchanged = format!("{}{}{}", &of_alice.value[..7], &of_bob.value[7..13], &of_alice.value[13..]);
    assert_ne!(exchanged, of_alice.value);
    assert_eq!(
        page_with(&both, "/", &format!("{}={exchanged}", of_alice.name)).await.text(),
        "hello stranger"
    );
    assert_eq!(page_with(&both, "/", &header(&[of_alice,])).await.text(), "hello alice");
    assert_eq!(page_with(&both, "/", &header(&[of_bob])).await.text(), "hello bob");
    world
}

async fn h24_old_and_new_rings_side_by_side(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (announced, rotated) = (node_with(&world, &[0, 1]).await, node_with(&world, &[1, 0]).await);
    let alice = world.login("alice").await;
    for visit in 1..=6 {
        let node = if visit % 2 == 0 { &announced } else { &rotated };
        assert!(is_signed_in(node, &alice).await);
        assert_eq!(alice.api(node, "/api/visits").await.text(), visit.to_string());
        assert_eq!(sealed(&alice, &world).len(), 1);
    }
    for node in [&announced, &rotated, &announced, &rotated] {
        let answer = alice.page(node, "/").await;
        assert_eq!(
            (answer.text(), answer.set_cookies().len()),
            ("hello alice", 0),
            "none undoes the other's seal"
        );
    }
    world
}

async fn h24_a_node_without_the_key_asks_to_log_in(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let strange = node_with(&world, &[7]).await;
    assert_eq!(alice.open(&strange, "/me").await.text(), "only for you, alice", "by single sign-on");
    assert_eq!(world.provider().login_pages(), 1);
    assert_eq!(sealed(&alice, &world).len(), 1);
    world
}

/// A session and a pending login as the first version wrote them, under key 0, when a world begins.
const SESSION: &str = "\
    __Host-vs-f7d3f22b.1.0=1bEYAmwAYwprvfSs1_tDaJZhZ7TUIQXfUqW8chyxGDOaqDNcmq_MzIP0xmKDYmJh_tXYMQws7qA9Y\
    Np2L6uxMf0gy76WNy-PF8m-88BOZBPdqJ2uVb3lnZQiWgpRJyvJVWD77e5BEjt4N8Op9bbBCjJPheYuur23JlafK4F_Z-EjIwv4P\
    spu7LxP4LoRA6HDrtjVpLNNCRO81B1gMP5gtk806F-YZogwDpzdJlZlmZPlupTt7r6KIf7GB8N1kmXswIG2YLPdPyWGjGjmkNTOe\
    WIkVA_cyjC-gfZQetfhA4qBNOp7iP_rfCz2E363fwNiXV0ByYmC_HDEuf-4Q3rqed8Ke8HAFtCWonlS3obv2xasO_7ZYNKUcJ7WF\
    ryzVXx1NDXzRaX_j2O6OhC6MKk-KBBHWzv2_c6JfOC3IOzEDfMfIaZCnoyg4LCKSZRg89CCKREF4VFQKVdBkuX_0D9c5wDFCZ5Cz\
    qkcGfJmlVAmFRwkP8x7wJwutyjetnujxxTWY4oiSsUd-ygQv5ePNaneM-g4_EO39QMxSOQToZtr7kaySzn78pM9XbxXHFc_XmVGl\
    grccmbkiLZSUocUensoQE1NFo6xImDjwXEIo8IhHSZ2wlwRvWrBtovjLNHceIRlOWtJXWqzTh64kU9ADVFw-lfRZHHMAC-fmKytJ\
    BkhCJ3lGdvuXUXDcIDc1XKRPg6K_vXTEmAYymDumTDq44JdmiOMZjWYADIcB3WiqTaATwi9ion0oqT6hdQMKIy_Riakn857QyNTp\
    cuUQha-5l3CxogszBRN1M";
const PENDING: &str = "\
    __Host-vp-f7d3f22b-284ad7be9b8ee21e=ARsNHyGeaXUAVesgI-HfBdlMxJMELOmvtQR3iA8pJaUI13dy7wUWBzwMrk-JKEEx\
    g1Wx6kdSp3Oa_bVx38Pw8Trfw59YLH9xGKg--ADAQLVXECOhrGGU_2EbydNotdWWbB39cBkblykinYDUhrkyiz_GCNRVcw3S-d2V\
    jeQND8LwYvQH4noMbJBPloB11kUCXQL7LUXVmxo2GMSjfTqaTPKLkAaXcsC1-yTCckrX6EVntx4Caa73QJjjMSye1vcI0QGwvW_y\
    H1MI2x7yjdGTfHVOhd5UzdgELh77DF_oIKVl68cq0Y7D5MnfiW8kz3p0mQ-m5JCoki52GSgomR08HxIItPZMuLbNc3kHzpkWkzKT\
    5RNC1H-Dfkx630Dyaw";
const STATE: &str = "gpu8dWZuLoPaIgNMpcMlSv__ZK6ZsqsEx7w6m-TbYms";

async fn h24_what_was_sealed_once_opens_for_ever(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    assert_eq!(page_with(&world, "/", SESSION).await.text(), "hello alice");
    let bob = scenarios::Browser::new("bob");
    let (name, value) = SESSION.split_once('=').unwrap();
    bob.plant(&world, name, value);
    let session = bob.session(&world).await;
    assert_eq!((session.subject(), session.data::<u32>().unwrap()), ("alice", Some(1)));
    assert_eq!(session.claim("iss").unwrap(), "https://acme.example");
    assert_eq!(session.identity().unwrap().subject(), "alice");
    world
}

/// What the provider answers is believed: it is an answer to this very login.
async fn h24_a_pending_login_that_was_sealed_once_opens_for_ever(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let refusal = format!("/auth/callback?error=access_denied&state={STATE}&iss=https%3A%2F%2Facme.example");
    let answer = page_with(&world, &refusal, PENDING).await;
    assert_eq!(answer.code(), "callback.idp_error", "{answer:?}");
    world
}
