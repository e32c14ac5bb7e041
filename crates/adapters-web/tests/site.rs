//! The pages over HTTP: addresses, caching, compression, and the headers that restrict them.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read as _;
use std::sync::LazyLock;

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use adapters_web::{Site, WebSettings};
use flate2::read::GzDecoder;
use proptest::prelude::*;

/// A response that was read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: web::Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

async fn read(response: ServiceResponse<impl MessageBody>) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: read_body(response).await }
}

/// Sends a request with these headers to the pages with these settings.
async fn get_with(settings: &WebSettings, path: &str, headers: &[(&str, &str)]) -> Answer {
    static DEFAULT: LazyLock<Site> = LazyLock::new(|| Site::load(&WebSettings::default()).unwrap());
    let site = if *settings == WebSettings::default() { DEFAULT.clone() } else { Site::load(settings).unwrap() };
    let app = init_service(App::new().configure(|config| site.configure(config))).await;
    let request = headers.iter().fold(TestRequest::get().uri(path), |request, header| request.insert_header(*header));
    read(call_service(&app, request.to_request()).await).await
}

async fn get(path: &str) -> Answer {
    get_with(&WebSettings::default(), path, &[]).await
}

/// Returns the addresses of the assets that a page names.
fn assets(page: &str) -> Vec<String> {
    let parts = page.split('"').filter(|part| part.starts_with("/assets/"));
    parts.map(str::to_owned).collect()
}

#[actix_web::test]
async fn each_address_of_the_shop_shows_the_shop_and_is_revalidated() {
    for path in ["/", "/concerts/1", "/queue/1", "/seats/1", "/orders/1", "/tickets", "/wallet", "/account"] {
        let page = get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        assert!(page.text().contains("/shop/main.js"), "{path}");
    }
    let console = get("/console").await;
    assert!(console.text().contains("/console/main.js") && get("/console/queues/1").await.text() == console.text());
}

#[actix_web::test]
async fn an_asset_is_kept_forever_at_the_address_that_the_page_names() {
    let page = get("/").await;
    let named = assets(page.text());
    assert!(named.len() >= 3, "{named:?}");
    for address in named {
        let asset = get(&address).await;
        assert_eq!(asset.status, StatusCode::OK, "{address}");
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"), "{address}");
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"), "{address}");
    }
}

#[actix_web::test]
async fn an_asset_of_another_version_is_not_kept() {
    let asset = get("/assets/0123456789abcdef0123/shop/main.js").await;
    assert_eq!((asset.status, asset.header("cache-control")), (StatusCode::OK, Some("no-store")));
}

/// Returns the addresses of the modules that a module imports, wherever it does.
fn imports(address: &str, module: &str) -> Vec<String> {
    let (folder, _) = address.rsplit_once('/').unwrap();
    let starts = ["from '", "import('"].into_iter().flat_map(|start| module.match_indices(start).map(move |(at, _)| at + start.len()));
    let paths = starts.filter_map(|at| module[at..].split_once('\'')).map(|(path, _)| path);
    paths.filter(|path| path.starts_with('.')).map(|path| resolve(folder, path)).collect()
}

/// Returns what a browser loads for a page, each with its size: the assets that the page names, and all modules.
async fn loaded(page: &str) -> BTreeMap<String, usize> {
    let mut next = assets(get(page).await.text());
    let mut loaded = BTreeMap::new();
    while let Some(address) = next.pop() {
        if let Entry::Vacant(entry) = loaded.entry(address) {
            let asset = get(entry.key()).await;
            assert_eq!(asset.status, StatusCode::OK, "{}", entry.key());
            next.extend(imports(entry.key(), asset.text()));
            let _ = entry.insert(asset.body.len());
        }
    }
    loaded
}

#[actix_web::test]
async fn every_module_imports_only_files_that_exist() {
    let shop = loaded("/").await;
    assert!(shop.len() > 20, "{shop:?}");
    assert!(shop.keys().any(|address| address.ends_with("/shared/seats/map.js")), "{shop:?}");
    let _ = loaded("/console").await;
}

#[actix_web::test]
async fn the_shop_is_smaller_than_150_kilobytes() {
    let page = get("/").await.body.len();
    // In one language.
    let files = loaded("/").await.into_iter().filter(|(address, _)| !address.ends_with("/texts/ko.js"));
    let total = page + files.map(|(_, size)| size).sum::<usize>();
    assert!((50_000..=150_000).contains(&total), "{total}");
}

/// Resolves a relative path.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<_> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[actix_web::test]
async fn a_page_that_the_client_has_is_not_sent_again() {
    let tag = get("/").await.header("etag").unwrap().to_owned();
    let weak = format!("\"other\", W/{tag}");
    for known in [&*tag, &weak, "*"] {
        let again = get_with(&WebSettings::default(), "/", &[("if-none-match", known)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        assert_eq!(again.header("etag"), Some(&*tag));
        assert!(again.header("content-security-policy").is_some(), "{known}");
    }
    let other = get_with(&WebSettings::default(), "/", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_file_is_compressed_for_clients_that_accept_it() {
    let style = assets(get("/").await.text()).into_iter().find(|address| address.ends_with("/style.css")).unwrap();
    let plain = get(&style).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")));
    let compressed = get_with(&WebSettings::default(), &style, &[("accept-encoding", "br, gzip;q=0.5")]).await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    let mut read = Vec::new();
    let _ = GzDecoder::new(&compressed.body[..]).read_to_end(&mut read).unwrap();
    assert_eq!(read, plain.body);
    let refused = get_with(&WebSettings::default(), &style, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(refused.header("content-encoding"), None);
}

#[actix_web::test]
async fn only_the_page_of_the_queue_can_be_framed_and_only_by_the_configured_origins() {
    let shop = WebSettings { frame_ancestors: vec!["https://shop.example".to_owned()], ..WebSettings::default() };
    let policy = |answer: &Answer| answer.header("content-security-policy").unwrap().to_owned();
    assert!(policy(&get_with(&shop, "/queue/1", &[]).await).ends_with("frame-ancestors https://shop.example"));
    for path in ["/", "/seats/1", "/orders/1", "/console"] {
        assert!(policy(&get_with(&shop, path, &[]).await).ends_with("frame-ancestors 'none'"), "{path}");
    }
    assert!(policy(&get("/queue/1").await).ends_with("frame-ancestors 'none'"));
}

#[actix_web::test]
async fn a_page_says_what_it_may_load_and_sends_its_address_to_no_other_origin() {
    let page = get("/").await;
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'self'; "));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    for forbidden in ["<script>", " style=", "onclick=", "http://", "https://"] {
        assert!(!page.text().contains(forbidden), "{forbidden}");
    }
}

#[actix_web::test]
async fn pages_that_are_switched_off_do_not_exist() {
    let neither = WebSettings { shop: false, console: false, ..WebSettings::default() };
    assert_eq!(Site::load(&neither).unwrap().patterns().count(), 0);
    assert_eq!(get_with(&neither, "/", &[]).await.status, StatusCode::NOT_FOUND);
    let console = WebSettings { shop: false, ..WebSettings::default() };
    assert_eq!(get_with(&console, "/", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get_with(&console, "/console", &[]).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn files_that_are_not_assets_are_not_served() {
    for file in ["missing.js", "shop.html", "vendor/lit-html.d.ts", "../Cargo.toml", "%2e%2e/Cargo.toml", "shop", ""] {
        assert_eq!(get(&format!("/assets/0/{file}")).await.status, StatusCode::NOT_FOUND, "{file}");
    }
}

proptest! {
    #[test]
    fn arbitrary_addresses_and_headers_do_not_panic(path in "(/assets)?/[a-z0-9./%]{0,40}", tag in "[ -~]{0,30}", encoding in "[ -~]{0,30}") {
        let answer = actix_web::rt::System::new().block_on(async {
            let settings = WebSettings::default();
            get_with(&settings, &path, &[("if-none-match", &tag), ("accept-encoding", &encoding)]).await.status
        });
        prop_assert!([StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::NOT_MODIFIED].contains(&answer));
    }
}

/// Compares a page with a handler that does nothing but send the same number of bytes: `cargo test --release -p adapters-web --test site --
/// --ignored --nocapture a_page_costs`.
#[actix_web::test]
#[ignore = "a measurement, meaningful only in a release build on a quiet machine"]
async fn a_page_costs_at_most_a_quarter_more_than_a_bare_handler() {
    const REQUESTS: u32 = 100_000;
    const ROUNDS: usize = 7;
    let site = Site::load(&WebSettings::default()).unwrap();
    let body = web::Bytes::copy_from_slice(&get("/").await.body);
    let bare = move || std::future::ready(actix_web::HttpResponse::Ok().content_type("text/html").body(body.clone()));
    let app = App::new().configure(|config| site.configure(config)).route("/bare", web::get().to(bare));
    let app = init_service(app).await;
    let time = async |path: &str| {
        let start = std::time::Instant::now();
        for _ in 0..REQUESTS {
            assert_eq!(call_service(&app, TestRequest::get().uri(path).to_request()).await.status(), StatusCode::OK);
        }
        start.elapsed().as_secs_f64()
    };
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        ratios.push(time("/bare").await / time("/").await);
    }
    ratios.sort_by(f64::total_cmp);
    println!("throughput of a page relative to a bare handler: {ratios:.2?}");
    assert!(ratios[ROUNDS / 2] >= 0.8);
}
