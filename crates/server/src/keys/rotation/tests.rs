use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapters_http::{KeyStore, Keys, SigningAlgorithm, Trust};
use tokio_util::sync::CancellationToken;

use super::Rotation;
use crate::config::{External, KeySource};

const ED: SigningAlgorithm = SigningAlgorithm::EdDsa;
const SECOND: Duration = Duration::from_secs(1);

/// Returns a key set with one key, whose private key is unknown.
fn jwks(kid: &str) -> String {
    format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}}"#)
}

fn keys(document: &str) -> Keys {
    Keys::from_jwks(document, ED).unwrap()
}

fn external(source: KeySource) -> External {
    let trust = Trust { name: "them".into(), audience: "us".into(), algorithm: ED, leeway_seconds: 30, roles_claim: "roles".into() };
    External { trust, source, key: "auth.issuers[0].jwks_file".into() }
}

/// Whether the key store gets the keys of `document` within two seconds.
async fn gets_keys(key_store: &KeyStore, document: &str) -> bool {
    for _ in 0..100 {
        if key_store.has(&keys(document)) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// Starts a server that always sends the current `response`; returns its URL and its count of requests.
fn start_server(response: &Arc<Mutex<String>>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let (response, requests) = (response.clone(), Arc::new(AtomicUsize::new(0)));
    let count = requests.clone();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4_096];
            let _ = connection.read(&mut request).unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            // A client that has read enough closes the connection.
            let _ = connection.write_all(response.lock().unwrap().as_bytes());
        }
    });
    (url, requests)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_changed_file_is_read_again_and_an_invalid_one_keeps_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, jwks("one")).unwrap();
    let rotation = Rotation::start(external(KeySource::Jwks(file.clone())), Duration::from_millis(20)).await.unwrap();
    let (key_store, stop) = (rotation.key_store.clone(), CancellationToken::new());
    assert!(key_store.has(&keys(&jwks("one"))));
    let running = tokio::spawn(rotation.run(stop.clone()));
    std::fs::write(&file, jwks("two")).unwrap();
    assert!(gets_keys(&key_store, &jwks("two")).await);
    for broken in ["", "{", r#"{"keys":[]}"#] {
        std::fs::write(&file, broken).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(key_store.has(&keys(&jwks("two"))), "{broken}");
    }
    std::fs::remove_file(&file).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(key_store.has(&keys(&jwks("two"))));
    std::fs::write(&file, jwks("three")).unwrap();
    assert!(gets_keys(&key_store, &jwks("three")).await);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_file_without_keys_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    for (document, message) in [
        (None, "can't be read"),
        (Some(String::new()), "not a JSON Web Key Set"),
        (Some(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#.to_owned()), "no key for EdDSA"),
        (Some(" ".repeat(300 * 1024)), "not a JSON Web Key Set"),
    ] {
        if let Some(document) = document {
            std::fs::write(&file, document).unwrap();
        }
        let error = Rotation::start(external(KeySource::Jwks(file.clone())), SECOND).await.err().unwrap().to_string();
        assert!(error.starts_with("auth.issuers[0].jwks_file ") && error.contains(message), "{error}");
    }
    let error = Rotation::start(external(KeySource::Pem(Path::new("/nowhere").into())), SECOND).await.err().unwrap();
    assert!(error.to_string().contains("/nowhere can't be read"), "{error}");
}

#[tokio::test]
async fn an_unavailable_address_does_not_prevent_the_start_and_is_requested_again() {
    let response = Arc::new(Mutex::new("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".to_owned()));
    let (url, _) = start_server(&response);
    let rotation = Rotation::start(external(KeySource::Url(url)), Duration::from_millis(20)).await.unwrap();
    let (key_store, stop) = (rotation.key_store.clone(), CancellationToken::new());
    assert!(key_store.has(&Keys::none()));
    let running = tokio::spawn(rotation.run(stop.clone()));
    *response.lock().unwrap() = ok(&jwks("one"));
    assert!(gets_keys(&key_store, &jwks("one")).await);
    for broken in [
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        ok("<html>"),
        ok(&format!("{}{}", jwks("large"), " ".repeat(300 * 1024))),
        String::new(),
    ] {
        *response.lock().unwrap() = broken.clone();
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert!(key_store.has(&keys(&jwks("one"))), "{broken}");
    }
    *response.lock().unwrap() = ok(&jwks("two"));
    assert!(gets_keys(&key_store, &jwks("two")).await);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn an_unknown_key_triggers_an_early_refresh_at_a_limited_rate() {
    let response = Arc::new(Mutex::new(ok(&jwks("one"))));
    let (url, requests) = start_server(&response);
    let hour = Duration::from_hours(1);
    let started = Rotation::start(external(KeySource::Url(url)), hour).await.unwrap();
    let rotation = Rotation { min_interval: Duration::from_millis(300), ..started };
    let (key_store, stop) = (rotation.key_store.clone(), CancellationToken::new());
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    let running = tokio::spawn(rotation.run(stop.clone()));
    *response.lock().unwrap() = ok(&jwks("two"));
    let start = std::time::Instant::now();
    for _ in 0..1_000 {
        key_store.report_missing();
    }
    assert!(gets_keys(&key_store, &jwks("two")).await);
    while start.elapsed() < SECOND {
        key_store.report_missing();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let requests = requests.load(Ordering::SeqCst);
    assert!((2..=5).contains(&requests), "{requests}");
    stop.cancel();
    running.await.unwrap();
}
