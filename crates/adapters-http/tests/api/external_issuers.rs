//! External issuers: which tokens are accepted, and on which conditions.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::{KeyStore, Keys, SigningAlgorithm, Trust, TrustedIssuer};
use application::ports::Clock as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::answer::Answer;
use crate::forge::{AUDIENCE, NAME, RSA_PUBLIC, Signer, jwks, trust, trusted};
use crate::plan::{Plan, SECRET};
use crate::shop::Shop;

const ADA: Uuid = Uuid::from_u128(0xada);

async fn trusting(trusted: Vec<TrustedIssuer>) -> Shop {
    Plan { trusted, ..Plan::default() }.open().await
}

async fn me(shop: &Shop, token: &str) -> Answer {
    shop.get("/v1/users/me").header("Authorization", &format!("Bearer {token}")).send().await
}

async fn is_accepted(shop: &Shop, token: &str) -> bool {
    let answer = me(shop, token).await;
    if answer.status == 200 {
        return answer.text("id") == ADA.to_string();
    }
    answer.with_problem(401, "UNAUTHENTICATED");
    false
}

/// Returns the claims of a token of the external issuer, with `changes` applied; null removes a claim.
fn claims(shop: &Shop, changes: &Value) -> Value {
    let now = shop.clock.now().unix_timestamp();
    let mut claims = json!({"iss": NAME, "aud": AUDIENCE, "sub": ADA, "iat": now, "exp": now + 600});
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

#[actix_web::test]
async fn a_token_of_an_external_issuer_is_accepted() {
    for signer in [Signer::rs256(), Signer::ps256(), Signer::es256(), Signer::eddsa()] {
        let shop = trusting(vec![trusted(&signer)]).await;
        for header in [json!({"kid": "a"}), json!({}), json!({"kid": "a", "typ": "at+jwt"})] {
            let token = signer.sign(&header, &claims(&shop, &json!({})));
            assert!(is_accepted(&shop, &token).await, "{} {header}", signer.alg());
            assert!(is_accepted(&shop, &token).await, "again, from the cache");
        }
    }
}

#[actix_web::test]
async fn a_key_may_be_a_pem() {
    for signer in [Signer::rs256(), Signer::ps256()] {
        let keys = Keys::from_pem(RSA_PUBLIC, signer.algorithm()).expect("a key");
        let shop = trusting(vec![TrustedIssuer::new(trust(signer.algorithm()), Arc::new(KeyStore::new(keys)))]).await;
        assert!(is_accepted(&shop, &signer.sign(&json!({}), &claims(&shop, &json!({})))).await);
        assert!(is_accepted(&shop, &signer.sign(&json!({"kid": "whatever"}), &claims(&shop, &json!({})))).await, "a PEM key has no kid");
    }
}

#[actix_web::test]
async fn every_claim_is_checked() {
    let signer = Signer::es256();
    let shop = trusting(vec![trusted(&signer)]).await;
    let now = shop.clock.now().unix_timestamp();
    for (changes, good) in [
        (json!({}), true),
        (json!({"aud": ["another", AUDIENCE]}), true),
        (json!({"exp": now - 29}), true),
        (json!({"nbf": now + 30}), true),
        (json!({"iss": null}), false),
        (json!({"iss": "https://login.example.com"}), false),
        (json!({"iss": "https://evil.example.com/"}), false),
        (json!({"iss": "frontrow"}), false),
        (json!({"iss": [NAME]}), false),
        (json!({"aud": null}), false),
        (json!({"aud": "another"}), false),
        (json!({"aud": "frontrow"}), false),
        (json!({"aud": []}), false),
        (json!({"aud": 7}), false),
        (json!({"exp": null}), false),
        (json!({"exp": now - 30}), false),
        (json!({"exp": "2099-01-01T00:00:00Z"}), false),
        (json!({"nbf": now + 31}), false),
        (json!({"sub": null}), false),
        (json!({"sub": "ada"}), false),
        (json!({"sub": 7}), false),
        (json!({"roles": {"operator": true}}), false),
        (json!({"roles": [7]}), false),
    ] {
        let token = signer.sign(&json!({"kid": "a"}), &claims(&shop, &changes));
        assert_eq!(is_accepted(&shop, &token).await, good, "{changes}");
    }
}

#[actix_web::test]
async fn only_the_configured_algorithm_is_accepted() {
    let signer = Signer::rs256();
    let shop = trusting(vec![trusted(&signer)]).await;
    let (ours, body) = (claims(&shop, &json!({"iss": "frontrow", "aud": null})), claims(&shop, &json!({})));
    assert!(is_accepted(&shop, &signer.sign(&json!({"kid": "a"}), &body)).await);
    // The right key with another algorithm of the same family.
    assert!(!is_accepted(&shop, &Signer::ps256().sign(&json!({"kid": "a"}), &body)).await);
    for header in [json!({"kid": "a"}), json!({})] {
        // The public key, used as an HMAC secret.
        for public in [RSA_PUBLIC, RSA_PUBLIC.trim()] {
            let forger = Signer::Hs256(public.into());
            assert!(!is_accepted(&shop, &forger.sign(&header, &body)).await);
            assert!(!is_accepted(&shop, &forger.sign(&header, &ours)).await);
            let disguised = json!({"alg": "RS256", "kid": "a"});
            assert!(!is_accepted(&shop, &forger.sign(&disguised, &body)).await);
        }
        for alg in ["none", "None", "NONE", "", "RS256", "HS256"] {
            let mut header = header.clone();
            header["alg"] = json!(alg);
            assert!(!is_accepted(&shop, &Signer::None.sign(&header, &body)).await, "{alg}");
            assert!(!is_accepted(&shop, &Signer::None.sign(&header, &ours)).await, "{alg}");
        }
    }
    // Our secret signs only our tokens, and the external issuer's key only its own.
    assert!(is_accepted(&shop, &Signer::Hs256(SECRET.into()).sign(&json!({}), &ours)).await);
    assert!(!is_accepted(&shop, &Signer::Hs256(SECRET.into()).sign(&json!({"kid": "a"}), &body)).await);
    assert!(!is_accepted(&shop, &signer.sign(&json!({"kid": "a"}), &ours)).await);
}

#[actix_web::test]
async fn keys_in_a_token_header_are_not_used() {
    let (signer, forger) = (Signer::es256(), Signer::es256());
    let shop = trusting(vec![trusted(&signer)]).await;
    let body = claims(&shop, &json!({}));
    for header in [
        json!({"kid": "a"}),
        json!({"jwk": forger.jwk("a")}),
        json!({"kid": "a", "jwk": forger.jwk("a")}),
        json!({"kid": "a", "jku": "https://evil.example.com/jwks"}),
        json!({"kid": "../../dev/null"}),
    ] {
        assert!(!is_accepted(&shop, &forger.sign(&header, &body)).await, "{header}");
    }
    let critical = json!({"kid": "a", "crit": ["exp"], "exp": 1});
    assert!(!is_accepted(&shop, &signer.sign(&critical, &body)).await, "an unsupported critical header is refused");
}

#[actix_web::test]
async fn an_issuer_signs_for_its_own_name_only() {
    let (one, two) = (Signer::eddsa(), Signer::eddsa());
    let other = "https://other.example.com/";
    let keys = Keys::from_jwks(&jwks(&[("a", &two)]), two.algorithm()).expect("keys");
    let terms = Trust { name: other.to_owned(), audience: "their-shop".to_owned(), ..trust(two.algorithm()) };
    let shop = trusting(vec![trusted(&one), TrustedIssuer::new(terms, Arc::new(KeyStore::new(keys)))]).await;
    let theirs = claims(&shop, &json!({"iss": other, "aud": "their-shop"}));
    assert!(is_accepted(&shop, &one.sign(&json!({"kid": "a"}), &claims(&shop, &json!({})))).await);
    assert!(is_accepted(&shop, &two.sign(&json!({"kid": "a"}), &theirs)).await);
    assert!(!is_accepted(&shop, &two.sign(&json!({"kid": "a"}), &claims(&shop, &json!({})))).await);
    assert!(!is_accepted(&shop, &one.sign(&json!({"kid": "a"}), &theirs)).await);
    let mixed = claims(&shop, &json!({"iss": other}));
    assert!(!is_accepted(&shop, &two.sign(&json!({"kid": "a"}), &mixed)).await, "the audience must be this issuer's");
}

#[actix_web::test]
async fn tokens_signed_with_a_replaced_key_are_refused() {
    let (old, new) = (Signer::es256(), Signer::es256());
    let keys = |signers: &[(&str, &Signer)]| Keys::from_jwks(&jwks(signers), SigningAlgorithm::Es256).expect("keys");
    let key_store = Arc::new(KeyStore::new(keys(&[("old", &old)])));
    let shop = trusting(vec![TrustedIssuer::new(trust(SigningAlgorithm::Es256), key_store.clone())]).await;
    let body = claims(&shop, &json!({}));
    let (by_old, by_new) = (old.sign(&json!({"kid": "old"}), &body), new.sign(&json!({"kid": "new"}), &body));

    assert!(is_accepted(&shop, &by_old).await);
    assert!(timeout(Duration::ZERO, key_store.missing_key()).await.is_err(), "no token has named a missing key");
    assert!(!is_accepted(&shop, &by_new).await);
    assert!(timeout(Duration::from_secs(1), key_store.missing_key()).await.is_ok(), "a token has named a missing key");

    assert!(key_store.replace(keys(&[("old", &old), ("new", &new)])));
    assert!(is_accepted(&shop, &by_old).await && is_accepted(&shop, &by_new).await, "both keys are valid during the rotation");
    assert!(!key_store.replace(keys(&[("old", &old), ("new", &new)])), "the same keys are no change");
    assert!(key_store.replace(keys(&[("new", &new)])));
    assert!(!is_accepted(&shop, &by_old).await, "although it was cached");
    assert!(is_accepted(&shop, &by_new).await);
    assert!(!is_accepted(&shop, &old.sign(&json!({}), &body)).await);
}

#[actix_web::test]
async fn without_keys_no_token_is_accepted() {
    let signer = Signer::es256();
    let key_store = Arc::new(KeyStore::new(Keys::none()));
    let shop = trusting(vec![TrustedIssuer::new(trust(signer.algorithm()), key_store.clone())]).await;
    let token = signer.sign(&json!({}), &claims(&shop, &json!({})));
    assert!(!is_accepted(&shop, &token).await);
    assert!(timeout(Duration::from_secs(1), key_store.missing_key()).await.is_ok());
    assert!(key_store.replace(Keys::from_jwks(&jwks(&[("a", &signer)]), signer.algorithm()).expect("keys")));
    assert!(is_accepted(&shop, &token).await);
}

#[actix_web::test]
async fn leeway_and_roles_claim_are_configured_per_issuer() {
    let signer = Signer::eddsa();
    let keys = Keys::from_jwks(&jwks(&[("a", &signer)]), signer.algorithm()).expect("keys");
    let terms = Trust { leeway_seconds: 0, roles_claim: "groups".to_owned(), ..trust(signer.algorithm()) };
    let shop = trusting(vec![TrustedIssuer::new(terms, Arc::new(KeyStore::new(keys)))]).await;
    let now = shop.clock.now().unix_timestamp();
    let token = |changes: Value| signer.sign(&json!({"kid": "a"}), &claims(&shop, &changes));
    assert!(is_accepted(&shop, &token(json!({"exp": now + 1}))).await);
    assert!(!is_accepted(&shop, &token(json!({"exp": now}))).await);

    let eve = shop.funded("Eve", 100_000).await;
    let reservation = shop.held(&eve, &[1]).await;
    let payment = shop.pay(&eve, "pay", &reservation).await.with_status(201).text("id");
    let refund = async |changes: Value| {
        let bearer = format!("Bearer {}", token(changes));
        let request = shop.post(&format!("/v1/payments/{payment}/refunds")).header("Authorization", &bearer);
        request.key("refund").json(&json!({})).send().await
    };
    refund(json!({"roles": ["operator"], "groups": ["user"]})).await.with_problem(404, "NOT_FOUND");
    refund(json!({"groups": "operator"})).await.with_status(201);
}
