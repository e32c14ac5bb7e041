//! External issuers: whose tokens are believed, and on which terms.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::{KeyStore, Keys, SigningAlgorithm, Trust, TrustedIssuer};
use application::ports::Clock as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::answer::Answer;
use crate::forge::{AUDIENCE, NAME, Pen, RSA_PUBLIC, jwks, trust, trusted};
use crate::plan::{Plan, SECRET};
use crate::shop::Shop;

const ADA: Uuid = Uuid::from_u128(0xada);

async fn trusting(trusted: Vec<TrustedIssuer>) -> Shop {
    Plan { trusted, ..Plan::default() }.open().await
}

async fn show(shop: &Shop, token: &str) -> Answer {
    shop.get("/v1/users/me").header("Authorization", &format!("Bearer {token}")).send().await
}

async fn is_believed(shop: &Shop, token: &str) -> bool {
    let answer = show(shop, token).await;
    if answer.status == 200 {
        return answer.text("id") == ADA.to_string();
    }
    answer.with_problem(401, "UNAUTHENTICATED");
    false
}

/// What a token of the external issuer says, with these changes; null takes a claim away.
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
async fn a_token_of_an_external_issuer_is_as_good_as_one_of_ours() {
    for pen in [Pen::rs256(), Pen::ps256(), Pen::es256(), Pen::eddsa()] {
        let shop = trusting(vec![trusted(&pen)]).await;
        for header in [json!({"kid": "a"}), json!({}), json!({"kid": "a", "typ": "at+jwt"})] {
            let token = pen.write(&header, &claims(&shop, &json!({})));
            assert!(is_believed(&shop, &token).await, "{} {header}", pen.alg());
            assert!(is_believed(&shop, &token).await, "once more, from memory");
        }
    }
}

#[actix_web::test]
async fn a_key_may_be_a_pem() {
    for pen in [Pen::rs256(), Pen::ps256()] {
        let keys = Keys::from_pem(RSA_PUBLIC, pen.algorithm()).expect("a key");
        let shop = trusting(vec![TrustedIssuer::new(trust(pen.algorithm()), Arc::new(KeyStore::new(keys)))]).await;
        assert!(is_believed(&shop, &pen.write(&json!({}), &claims(&shop, &json!({})))).await);
        assert!(is_believed(&shop, &pen.write(&json!({"kid": "whatever"}), &claims(&shop, &json!({})))).await, "PEM knows no kid");
    }
}

#[actix_web::test]
async fn every_claim_is_checked() {
    let pen = Pen::es256();
    let shop = trusting(vec![trusted(&pen)]).await;
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
        let token = pen.write(&json!({"kid": "a"}), &claims(&shop, &changes));
        assert_eq!(is_believed(&shop, &token).await, good, "{changes}");
    }
}

#[actix_web::test]
async fn the_algorithm_is_the_configured_one_whatever_the_token_says() {
    let pen = Pen::rs256();
    let shop = trusting(vec![trusted(&pen)]).await;
    let (ours, body) = (claims(&shop, &json!({"iss": "frontrow", "aud": null})), claims(&shop, &json!({})));
    assert!(is_believed(&shop, &pen.write(&json!({"kid": "a"}), &body)).await);
    // The right key, another algorithm of the same family.
    assert!(!is_believed(&shop, &Pen::ps256().write(&json!({"kid": "a"}), &body)).await);
    for header in [json!({"kid": "a"}), json!({})] {
        // What everybody knows, taken for a secret.
        for public in [RSA_PUBLIC, RSA_PUBLIC.trim()] {
            let forger = Pen::Hs256(public.into());
            assert!(!is_believed(&shop, &forger.write(&header, &body)).await);
            assert!(!is_believed(&shop, &forger.write(&header, &ours)).await);
            let disguised = json!({"alg": "RS256", "kid": "a"});
            assert!(!is_believed(&shop, &forger.write(&disguised, &body)).await);
        }
        for alg in ["none", "None", "NONE", "", "RS256", "HS256"] {
            let mut header = header.clone();
            header["alg"] = json!(alg);
            assert!(!is_believed(&shop, &Pen::None.write(&header, &body)).await, "{alg}");
            assert!(!is_believed(&shop, &Pen::None.write(&header, &ours)).await, "{alg}");
        }
    }
    // Our secret speaks for us alone, and their key for them.
    assert!(is_believed(&shop, &Pen::Hs256(SECRET.into()).write(&json!({}), &ours)).await);
    assert!(!is_believed(&shop, &Pen::Hs256(SECRET.into()).write(&json!({"kid": "a"}), &body)).await);
    assert!(!is_believed(&shop, &pen.write(&json!({"kid": "a"}), &ours)).await);
}

#[actix_web::test]
async fn keys_that_a_token_brings_along_are_not_used() {
    let (pen, forger) = (Pen::es256(), Pen::es256());
    let shop = trusting(vec![trusted(&pen)]).await;
    let body = claims(&shop, &json!({}));
    for header in [
        json!({"kid": "a"}),
        json!({"jwk": forger.jwk("a")}),
        json!({"kid": "a", "jwk": forger.jwk("a")}),
        json!({"kid": "a", "jku": "https://evil.example.com/jwks"}),
        json!({"kid": "../../dev/null"}),
    ] {
        assert!(!is_believed(&shop, &forger.write(&header, &body)).await, "{header}");
    }
    let critical = json!({"kid": "a", "crit": ["exp"], "exp": 1});
    assert!(!is_believed(&shop, &pen.write(&critical, &body)).await, "what must be understood is not");
}

#[actix_web::test]
async fn an_issuer_speaks_under_its_own_name_only() {
    let (one, two) = (Pen::eddsa(), Pen::eddsa());
    let other = "https://other.example.com/";
    let keys = Keys::from_jwks(&jwks(&[("a", &two)]), two.algorithm()).expect("keys");
    let terms = Trust { name: other.to_owned(), audience: "their-shop".to_owned(), ..trust(two.algorithm()) };
    let shop = trusting(vec![trusted(&one), TrustedIssuer::new(terms, Arc::new(KeyStore::new(keys)))]).await;
    let theirs = claims(&shop, &json!({"iss": other, "aud": "their-shop"}));
    assert!(is_believed(&shop, &one.write(&json!({"kid": "a"}), &claims(&shop, &json!({})))).await);
    assert!(is_believed(&shop, &two.write(&json!({"kid": "a"}), &theirs)).await);
    assert!(!is_believed(&shop, &two.write(&json!({"kid": "a"}), &claims(&shop, &json!({})))).await);
    assert!(!is_believed(&shop, &one.write(&json!({"kid": "a"}), &theirs)).await);
    let mixed = claims(&shop, &json!({"iss": other}));
    assert!(!is_believed(&shop, &two.write(&json!({"kid": "a"}), &mixed)).await, "the audience is the issuer's, too");
}

#[actix_web::test]
async fn keys_change_and_what_the_old_ones_signed_is_believed_no_more() {
    let (old, new) = (Pen::es256(), Pen::es256());
    let keys = |pens: &[(&str, &Pen)]| Keys::from_jwks(&jwks(pens), SigningAlgorithm::Es256).expect("keys");
    let key_store = Arc::new(KeyStore::new(keys(&[("old", &old)])));
    let shop = trusting(vec![TrustedIssuer::new(trust(SigningAlgorithm::Es256), key_store.clone())]).await;
    let body = claims(&shop, &json!({}));
    let (by_old, by_new) = (old.write(&json!({"kid": "old"}), &body), new.write(&json!({"kid": "new"}), &body));

    assert!(is_believed(&shop, &by_old).await);
    assert!(timeout(Duration::ZERO, key_store.missing_key()).await.is_err(), "nobody has asked for another key");
    assert!(!is_believed(&shop, &by_new).await);
    assert!(timeout(Duration::from_secs(1), key_store.missing_key()).await.is_ok(), "somebody has");

    assert!(key_store.replace(keys(&[("old", &old), ("new", &new)])));
    assert!(is_believed(&shop, &by_old).await && is_believed(&shop, &by_new).await, "both, for a while");
    assert!(!key_store.replace(keys(&[("old", &old), ("new", &new)])), "the same again");
    assert!(key_store.replace(keys(&[("new", &new)])));
    assert!(!is_believed(&shop, &by_old).await, "although it was remembered");
    assert!(is_believed(&shop, &by_new).await);
    assert!(!is_believed(&shop, &old.write(&json!({}), &body)).await);
}

#[actix_web::test]
async fn without_keys_nobody_is_believed() {
    let pen = Pen::es256();
    let key_store = Arc::new(KeyStore::new(Keys::none()));
    let shop = trusting(vec![TrustedIssuer::new(trust(pen.algorithm()), key_store.clone())]).await;
    let token = pen.write(&json!({}), &claims(&shop, &json!({})));
    assert!(!is_believed(&shop, &token).await);
    assert!(timeout(Duration::from_secs(1), key_store.missing_key()).await.is_ok());
    assert!(key_store.replace(Keys::from_jwks(&jwks(&[("a", &pen)]), pen.algorithm()).expect("keys")));
    assert!(is_believed(&shop, &token).await);
}

#[actix_web::test]
async fn the_leeway_and_the_claim_of_the_roles_are_the_issuers() {
    let pen = Pen::eddsa();
    let keys = Keys::from_jwks(&jwks(&[("a", &pen)]), pen.algorithm()).expect("keys");
    let terms = Trust { leeway_seconds: 0, roles_claim: "groups".to_owned(), ..trust(pen.algorithm()) };
    let shop = trusting(vec![TrustedIssuer::new(terms, Arc::new(KeyStore::new(keys)))]).await;
    let now = shop.clock.now().unix_timestamp();
    let token = |changes: Value| pen.write(&json!({"kid": "a"}), &claims(&shop, &changes));
    assert!(is_believed(&shop, &token(json!({"exp": now + 1}))).await);
    assert!(!is_believed(&shop, &token(json!({"exp": now}))).await);

    let eve = shop.funded("Eve", 100_000).await;
    let reservation = shop.held(&eve, &[1]).await;
    let payment = shop.pay(&eve, "pay", &reservation).await.with_status(201).text("id");
    let refund = async |changes: Value| {
        let bearer = format!("Bearer {}", token(changes));
        let ask = shop.post(&format!("/v1/payments/{payment}/refunds")).header("Authorization", &bearer);
        ask.key("refund").json(&json!({})).send().await
    };
    refund(json!({"roles": ["operator"], "groups": ["user"]})).await.with_problem(404, "NOT_FOUND");
    refund(json!({"groups": "operator"})).await.with_status(201);
}
