//! A real headless browser, controlled over `WebDriver`.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::geteuid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long the browser may take to start, and to stop.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The names of Chromium's executable.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser with one window; closed when dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    http: reqwest::Client,
    /// Holds the files of the driver and the browser.
    _folder: TempDir,
}

/// The requests of a browser, and their responses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Traffic {
    /// The number of requests, without preflights.
    pub requests: u32,
    /// The number of requests that only ask whether a request of another origin is allowed.
    pub preflights: u32,
    /// The number of bytes of complete responses, with their heads.
    pub bytes: f64,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    /// If no browser is installed (the message says how to install one), or it doesn't start.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = Command::new(find(&["chromedriver"]))
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = timeout(TIMEOUT, async {
            loop {
                let line = output.next_line().await.unwrap().expect("chromedriver ended before it was up");
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    break port.trim_end_matches('.').parse().unwrap();
                }
            }
        });
        let port = port.await.expect("chromedriver starts in time");
        let mut browser = Self { driver, port, session: String::new(), http: reqwest::Client::new(), _folder: folder };
        let mut args = vec!["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1600", "--hide-scrollbars"];
        if geteuid().is_root() {
            args.push("--no-sandbox");
        }
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "binary": find(&BROWSERS), "args": args },
            "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
        } } });
        let session = timeout(TIMEOUT, browser.post("/session", capabilities)).await.expect("the browser starts in time");
        session["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        browser
    }

    /// Opens `url` and returns when it has loaded.
    pub async fn open(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    /// Emulates a user preference for the colour scheme `scheme`: `light` or `dark`.
    pub async fn prefer(&self, scheme: &str) {
        let params = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("goog/cdp/execute", json!({ "cmd": "Emulation.setEmulatedMedia", "params": params })).await;
    }

    /// Runs `script` as the body of a function on the page, and returns its result.
    pub async fn run(&self, script: &str) -> Value {
        self.command("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Returns the addresses requested since the last call, and all failures of requests and on the page.
    pub async fn requests(&self) -> (Vec<String>, Vec<String>) {
        let (mut requested, mut failed) = (Vec::new(), Vec::new());
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let (event, params) = (&event["message"], &event["message"]["params"]);
            match event["method"].as_str() {
                Some("Network.requestWillBeSent") => requested.push(params["request"]["url"].as_str().unwrap().to_owned()),
                Some("Network.loadingFailed") => failed.push(params.to_string()),
                Some(_) | None => {}
            }
        }
        failed.extend(self.log("browser").await.iter().map(Value::to_string));
        (requested, failed)
    }

    /// Returns what was sent to and received from addresses that start with `origin`, since the last call or that of [`Self::requests`].
    pub async fn traffic(&self, origin: &str) -> Traffic {
        let (mut traffic, mut ids) = (Traffic::default(), BTreeSet::new());
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let (event, params) = (&event["message"], &event["message"]["params"]);
            let id = params["requestId"].as_str().unwrap_or_default().to_owned();
            match event["method"].as_str() {
                Some("Network.requestWillBeSent") if params["request"]["url"].as_str().unwrap().starts_with(origin) => {
                    let is_preflight = params["request"]["method"] == "OPTIONS";
                    *if is_preflight { &mut traffic.preflights } else { &mut traffic.requests } += 1;
                    ids.insert(id);
                }
                // The head of a response, and the rest of its bytes when it is complete; a stream never is.
                Some("Network.loadingFinished") if ids.contains(&id) => {
                    traffic.bytes += params["encodedDataLength"].as_f64().unwrap_or_default();
                }
                Some(_) | None => {}
            }
        }
        traffic
    }

    /// Returns the errors on the page since the last call or that of [`Self::requests`], among them requests that were refused.
    pub async fn errors(&self) -> Vec<Value> {
        let is_error = |entry: &Value| entry["level"] == "SEVERE";
        self.log("browser").await.into_iter().filter(is_error).collect()
    }

    /// Takes a screenshot of what is shown, and returns it as PNG in Base64.
    pub async fn screenshot(&self) -> String {
        let answer = self.http.get(format!("http://127.0.0.1:{}/session/{}/screenshot", self.port, self.session)).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        let Value::String(image) = answer["value"].take() else { panic!("no screenshot: {answer}") };
        image
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        self.command("se/log", json!({ "type": kind })).await.as_array().unwrap().clone()
    }

    pub(crate) async fn command(&self, name: &str, body: Value) -> Value {
        self.post(&format!("/session/{}/{name}", self.session), body).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("http://127.0.0.1:{}{path}", self.port)).json(&body).send().await.unwrap();
        let status = answer.status();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer["value"].take()
    }
}

impl Drop for Browser {
    /// Asks the driver to shut down, which closes the browser first; a killed driver would leave the browser running.
    fn drop(&mut self) {
        let shutdown = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut driver| {
            driver.set_read_timeout(Some(TIMEOUT))?;
            write!(driver, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port)?;
            driver.read_to_end(&mut Vec::new())
        });
        if let Err(error) = shutdown {
            eprintln!("chromedriver {:?} can't be stopped: {error}", self.driver.id());
        }
    }
}

fn find(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let programs = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    programs
        .into_iter()
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{} is not on the PATH: `make setup` installs it", names.join(" or ")))
}
