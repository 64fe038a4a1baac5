//! A15, E06: issuers that are spelt in more than one way, and that this opens nothing else.

use serde_json::{Value, json};
use vestibule::{
    Clock, Diagnose, Disposition, Error, Login, Provider, Tenants, TokenPolicy, testing::json_response,
};

use crate::support::{CLIENT, World, code, verdict, with, without};

const DISCOVERY: &str = "/organizations/v2.0/.well-known/openid-configuration";
const ENTRA: &str = "https://op.example/organizations/v2.0";
const TEMPLATE: &str = "https://op.example/{tenantid}/v2.0";
const ACME: &str = "9122040d-6c67-4c5b-b112-36a304b66dad";
const OTHER: &str = "0c1eb3e6-6c67-4c5b-b112-36a304b66dad";

fn slash_optional(issuer: &str, stated: &str) -> World {
    let world = World::configured(issuer, |provider| provider.trailing_slash_optional());
    world.publish(&with(world.metadata(), "issuer", stated));
    world
}

fn many_tenants(tenants: Tenants) -> World {
    let world = World::configured(ENTRA, |provider| provider.tenants(tenants).unwrap());
    let metadata = with(world.metadata(), "issuer", TEMPLATE);
    world.op.respond(DISCOVERY, json_response(200, &metadata));
    world
}

fn only_acme() -> World {
    many_tenants(Tenants::only([ACME]).unwrap())
}

async fn log_in_at(world: &World, issuer: &str, tenant: Option<&str>) -> Result<Login, Error> {
    world
        .log_in_with(|claims| {
            let claims = with(claims, "iss", issuer);
            match tenant {
                Some(tenant) => with(claims, "tid", tenant),
                None => claims,
            }
        })
        .await
}

#[tokio::test]
async fn a15_e06_one_slash_more_or_less_can_be_allowed() {
    for (configured, stated) in
        [("https://op.example", "https://op.example/"), ("https://op.example/", "https://op.example")]
    {
        let world = slash_optional(configured, stated);
        for iss in [configured, stated] {
            let login = log_in_at(&world, iss, None).await.unwrap();
            assert_eq!(login.id_token.issuer(), configured, "one user, one name");
            let token = login.tokens.refresh_token.as_ref().unwrap();
            world.issue(&world.issuer.sign(&with(refreshed(&world), "iss", iss)));
            world.client.refresh(token, login.id_token.identity()).await.unwrap();
        }
        let logout = world.issuer.logout_token_claims(CLIENT, "1", world.clock.now());
        world.client.verify_logout_token(&world.issuer.sign(&with(logout, "iss", stated))).await.unwrap();
    }
}

fn refreshed(world: &World) -> Value {
    let claims = world.issuer.id_token_claims(CLIENT, "", world.clock.now());
    without(claims, "nonce")
}

#[tokio::test]
async fn a15_an_optional_slash_is_one_slash() {
    let world = slash_optional("https://op.example", "https://op.example/");
    for iss in [
        "https://op.example//",
        "https://op.example/x",
        "https://op.example/?",
        "https://OP.example/",
        "http://op.example/",
        "https://op.example.",
        "https://op.exampl",
        "/",
        "",
    ] {
        assert_eq!(code(log_in_at(&world, iss, None).await), "id_token.issuer_mismatch", "{iss}");
    }
}

#[tokio::test]
async fn e06_without_the_quirk_a_slash_counts() {
    let world = World::new();
    world.publish(&with(world.metadata(), "issuer", "https://op.example/"));
    let refused = world.client.begin_login(&world.request()).await;
    assert_eq!(verdict(refused), ("discovery.issuer_mismatch", Disposition::Config));
    let world = slash_optional("https://op.example", "https://op.example//");
    assert_eq!(code(world.client.begin_login(&world.request()).await), "discovery.issuer_mismatch");
}

#[tokio::test]
async fn a15_users_of_a_tenant_are_kept_under_its_issuer() {
    let world = only_acme();
    let issuer = format!("https://op.example/{ACME}/v2.0");
    let login = log_in_at(&world, &issuer, Some(ACME)).await.unwrap();
    assert_eq!(login.id_token.issuer(), issuer);
    let token = login.tokens.refresh_token.as_ref().unwrap();
    world.issue(&world.issuer.sign(&with(with(refreshed(&world), "iss", issuer), "tid", ACME)));
    world.client.refresh(token, login.id_token.identity()).await.unwrap();
}

#[tokio::test]
async fn a15_a_token_states_the_issuer_of_its_own_allowed_tenant() {
    let at = |tenant: &str| format!("https://op.example/{tenant}/v2.0");
    let world = only_acme();
    for (iss, tid) in [
        (at(OTHER), Some(OTHER)),
        (at(ACME), Some(OTHER)),
        (at(OTHER), Some(ACME)),
        (at(ACME), None),
        (at(ACME), Some("")),
        (at(&ACME.to_uppercase()), Some(&*ACME.to_uppercase())),
        (TEMPLATE.to_owned(), Some("{tenantid}")),
        (TEMPLATE.to_owned(), Some(ACME)),
        (ENTRA.to_owned(), Some(ACME)),
        (ENTRA.to_owned(), Some("organizations")),
        (format!("{}/", at(ACME)), Some(ACME)),
        (at(&format!("{ACME}/x")), Some(ACME)),
        (format!("https://evil.example/{ACME}/v2.0"), Some(ACME)),
        (at(""), Some("")),
    ] {
        assert_eq!(code(log_in_at(&world, &iss, tid).await), "id_token.issuer_mismatch", "{iss} {tid:?}");
    }
}

#[tokio::test]
async fn a15_any_tenant_is_still_one_path_segment() {
    let world = many_tenants(Tenants::any());
    for tenant in [ACME, OTHER] {
        log_in_at(&world, &format!("https://op.example/{tenant}/v2.0"), Some(tenant)).await.unwrap();
    }
    for tenant in ["a/b", "..", "", "{tenantid}", "a b", "a?", "é"] {
        let refused = log_in_at(&world, &format!("https://op.example/{tenant}/v2.0"), Some(tenant)).await;
        assert_eq!(code(refused), "id_token.issuer_mismatch", "{tenant}");
    }
}

#[tokio::test]
async fn a12_a_tenants_own_key_signs_for_no_other_tenant() {
    let at = |tenant: &str| format!("https://op.example/{tenant}/v2.0");
    for (owner, others_too) in [
        (json!(TEMPLATE), true),
        (json!(at(ACME)), false),
        (json!(at(OTHER)), false),
        (json!(ENTRA), false),
        (json!("https://evil.example/{tenantid}/v2.0"), false),
    ] {
        let world = many_tenants(Tenants::any());
        let mut keys = world.issuer.jwks();
        keys["keys"][0]["issuer"] = owner.clone();
        world.op.respond("/jwks", json_response(200, &keys));
        for tenant in [ACME, OTHER] {
            let outcome = log_in_at(&world, &at(tenant), Some(tenant)).await;
            if others_too || owner == at(tenant) {
                outcome.unwrap();
            } else {
                assert_eq!(code(outcome), "jwt.bad_signature", "{owner} {tenant}");
            }
        }
    }
}

#[tokio::test]
async fn a27_a_refresh_stays_with_the_tenant() {
    let world = many_tenants(Tenants::any());
    let at = |tenant: &str| format!("https://op.example/{tenant}/v2.0");
    let login = log_in_at(&world, &at(ACME), Some(ACME)).await.unwrap();
    let token = login.tokens.refresh_token.as_ref().unwrap();
    world.issue(&world.issuer.sign(&with(with(refreshed(&world), "iss", at(OTHER)), "tid", OTHER)));
    let refused = world.client.refresh(token, login.id_token.identity()).await;
    assert_eq!(verdict(refused), ("refresh.identity_changed", Disposition::Gone));
}

#[tokio::test]
async fn e06_metadata_states_the_template_exactly() {
    for stated in [
        ENTRA,
        "https://op.example/{tenantId}/v2.0",
        "https://op.example/{tenantid}/v1.0",
        "https://op.example/{tenantid}/v2.0/",
        "https://evil.example/{tenantid}/v2.0",
        "https://op.example/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0",
    ] {
        let world = only_acme();
        let metadata = with(world.metadata(), "issuer", stated);
        world.op.respond(DISCOVERY, json_response(200, &metadata));
        let refused = world.client.begin_login(&world.request()).await;
        assert_eq!(verdict(refused), ("discovery.issuer_mismatch", Disposition::Config), "{stated}");
    }
    let world = World::at(ENTRA);
    let metadata = with(world.metadata(), "issuer", TEMPLATE);
    world.op.respond(DISCOVERY, json_response(200, &metadata));
    assert_eq!(code(world.client.begin_login(&world.request()).await), "discovery.issuer_mismatch");
}

#[test]
fn tenants_are_named_or_expressly_any() {
    let none: [&str; 0] = [];
    assert_eq!(Tenants::only(none).unwrap_err().code(), "config.tenants");
    for id in ["", "a/b", "{tenantid}", "a b", "..", &"a".repeat(65)] {
        assert_eq!(Tenants::only([ACME, id]).unwrap_err().code(), "config.tenants", "{id}");
    }
    for issuer in ["https://op.example", "https://op.example/"] {
        let refused = Provider::builder(issuer).unwrap().tenants(Tenants::any());
        assert_eq!(refused.unwrap_err().code(), "config.tenants", "{issuer}");
    }
}

/// Zitadel names the project beside the client, and sets `azp` to the client.
#[tokio::test]
async fn a17_the_audiences_of_zitadel_are_trusted_by_name() {
    let audience = json!(["281963", CLIENT, "174234"]);
    let mut world = World::new();
    let refused = world.log_in_with(|claims| with(claims, "aud", audience.clone())).await;
    assert_eq!(code(refused), "id_token.untrusted_audience");
    let policy = TokenPolicy::default().trusted_audiences(["174234", "281963"]);
    world.client = world.client.clone().with_policy(policy);
    let azp = |claims| with(with(claims, "aud", audience.clone()), "azp", CLIENT);
    let login = world.log_in_with(azp).await.unwrap();
    assert_eq!(login.id_token.audience().len(), 3);
    let more = json!([CLIENT, "174234", "another"]);
    assert_eq!(
        code(world.log_in_with(|claims| with(claims, "aud", more)).await),
        "id_token.untrusted_audience"
    );
    let without_us = json!(["174234", "281963"]);
    assert_eq!(
        code(world.log_in_with(|claims| with(claims, "aud", without_us)).await),
        "id_token.audience_mismatch"
    );
}
