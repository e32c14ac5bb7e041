//! A person with a browser: what they press, and what they see.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::{Browser, Frontrow};

/// The property that identifies an element in `WebDriver`.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The rules that the pages follow: WCAG 2.2, levels A and AA, and what is good practice besides.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/// The most presses of the tab key that it takes to reach anything on a page.
const MAX_TABS: usize = 80;

/// A key that has no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Moves the focus.
    Tab,
    /// Activates what has the focus.
    Enter,
    /// Moves to the left.
    Left,
    /// Moves to the right.
    Right,
    /// Moves up.
    Up,
    /// Moves down.
    Down,
    /// Moves to the end.
    End,
}

impl Key {
    const fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Left => '\u{e012}',
            Self::Up => '\u{e013}',
            Self::Right => '\u{e014}',
            Self::Down => '\u{e015}',
            Self::End => '\u{e010}',
        }
    }
}

/// A person who visits the pages of a server.
pub struct Visitor {
    browser: Browser,
    base: String,
    /// The name of the test, for its screenshots.
    name: &'static str,
}

impl Visitor {
    /// Opens a browser. `name` is that of the folder of its screenshots, below `target/pages`.
    pub async fn arrive(server: &Frontrow, name: &'static str) -> Self {
        let visitor = Self { browser: Browser::start().await, base: server.base.clone(), name };
        let folder = visitor.folder();
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir_all(folder).unwrap();
        visitor
    }

    fn folder(&self) -> PathBuf {
        target().join("pages").join(self.name)
    }

    /// The browser.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Makes the browser that of a phone.
    pub async fn use_phone(&self) {
        let metrics = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
    }

    /// Calls a method of Chrome's protocol for developer tools.
    pub async fn devtools(&self, method: &str, params: Value) {
        let _ = self.browser.command("goog/cdp/execute", json!({ "cmd": method, "params": params })).await;
    }

    /// Interrupts the browser's connection to the network, or restores it.
    pub async fn connect(&self, is_connected: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions = json!({ "offline": !is_connected, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Goes to an address.
    pub async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.base)).await;
    }

    /// Waits until the JavaScript expression `condition` is true, and returns its value.
    pub async fn until(&self, condition: &str) -> Value {
        let script = format!(
            "return new Promise((resolve, reject) => {{
                const end = Date.now() + 20000;
                const check = () => {{
                    const value = (() => {{ try {{ return {condition}; }} catch {{ return undefined; }} }})();
                    if (value) resolve(value);
                    else if (Date.now() > end) resolve({{ missing: document.body.innerText.slice(0, 2000) }});
                    else setTimeout(check, 20);
                }};
                check();
            }});"
        );
        let value = self.browser.run(&script).await;
        if let Some(text) = value["missing"].as_str() {
            self.shoot("failure").await;
            panic!("{condition} did not become true; the page says:\n{text}");
        }
        value
    }

    /// Waits until the page contains `text`.
    pub async fn until_page_says(&self, text: &str) {
        let _ = self.until(&format!("document.body.innerText.includes({})", json!(text))).await;
    }

    /// Waits for an element that matches `selector` and is shown, and returns its text.
    pub async fn see(&self, selector: &str) -> String {
        let shown = format!("[...document.querySelectorAll({})].find(element => element.checkVisibility())", json!(selector));
        let text = self.until(&format!("({shown}) && {{ text: ({shown}).innerText ?? '' }}")).await;
        text["text"].as_str().unwrap().to_owned()
    }

    /// Clicks with the mouse on the first element that matches `selector`. It must be shown, and nothing may cover it.
    pub async fn click(&self, selector: &str) {
        let _ = self.see(selector).await;
        let id = self.element(selector).await;
        let _ = self.browser.command(&format!("element/{id}/click"), json!({})).await;
    }

    /// Writes `text` into the input that matches `selector`.
    pub async fn write(&self, selector: &str, text: &str) {
        let _ = self.see(selector).await;
        let id = self.element(selector).await;
        let _ = self.browser.command(&format!("element/{id}/value"), json!({ "text": text })).await;
    }

    async fn element(&self, selector: &str) -> String {
        let found = self.browser.command("element", json!({ "using": "css selector", "value": selector })).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Clicks at a place of the element that matches `selector`, in pixels from its middle.
    pub async fn click_at(&self, selector: &str, x: i64, y: i64) {
        let _ = self.see(selector).await;
        let element = json!({ ELEMENT: self.element(selector).await });
        let actions = json!([{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": [
            { "type": "pointerMove", "origin": element, "x": x, "y": y, "duration": 0 },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ] }]);
        let _ = self.browser.command("actions", json!({ "actions": actions })).await;
    }

    /// Presses a key.
    pub async fn press(&self, key: Key) {
        self.type_characters(&key.code().to_string()).await;
    }

    /// Types text into whatever has the focus.
    pub async fn type_characters(&self, text: &str) {
        let keys =
            text.chars().flat_map(|character| ["keyDown", "keyUp"].map(|action| json!({ "type": action, "value": character.to_string() })));
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": keys.collect::<Vec<_>>() }]);
        let _ = self.browser.command("actions", json!({ "actions": actions })).await;
    }

    /// Presses the tab key until an element that matches `selector` has the focus, and checks that the focus is shown and not covered.
    pub async fn tab_to(&self, selector: &str) {
        let _ = self.see(selector).await;
        for _ in 0..MAX_TABS {
            self.press(Key::Tab).await;
            let has_focus = self.browser.run(&format!("return document.activeElement.matches({})", json!(selector))).await;
            if has_focus == true {
                let covered = self
                    .browser
                    .run(
                        "
                    const element = document.activeElement;
                    const { left, top, width, height } = element.getBoundingClientRect();
                    const found = document.elementFromPoint(left + width / 2, top + height / 2);
                    return !(element.contains(found) || found?.contains(element)) && element.outerHTML;",
                    )
                    .await;
                assert_eq!(covered, false, "the focus is covered");
                let outline = self.browser.run("return getComputedStyle(document.activeElement).outlineStyle").await;
                assert_ne!(outline, "none", "the focus of {selector} is not shown");
                return;
            }
        }
        self.shoot("failure").await;
        panic!("{selector} can't be reached by keyboard");
    }

    /// Takes a screenshot, `target/pages/{test}/{name}.png`.
    pub async fn shoot(&self, name: &str) {
        let image = self.browser.screenshot().await;
        std::fs::write(self.folder().join(format!("{name}.png")), BASE64_STANDARD.decode(image).unwrap()).unwrap();
    }

    /// Takes screenshots in both themes, and checks in both that the page is accessible.
    pub async fn look(&self, name: &str) {
        for theme in ["light", "dark"] {
            self.browser.prefer(theme).await;
            self.shoot(&format!("{name}-{theme}")).await;
            let violations = self.violations().await;
            assert!(violations.is_empty(), "{name}, {theme}: {violations:#?}");
        }
        self.browser.prefer("light").await;
    }

    /// Returns what makes the page inaccessible, as axe-core finds it.
    async fn violations(&self) -> Vec<Value> {
        let script = format!(
            "{}
            return axe.run(document, {{ runOnly: {}, resultTypes: ['violations'] }}).then(({{ violations }}) =>
                violations.map(({{ id, help, nodes }}) => ({{ id, help, nodes: nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary) }})));",
            axe(),
            json!(RULES),
        );
        self.browser.run(&script).await.as_array().unwrap().clone()
    }
}

/// Returns the source of axe-core, which checks accessibility.
fn axe() -> &'static str {
    static AXE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    AXE.get_or_init(|| {
        let path = target().join("axe/node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}: `make setup` installs axe-core", path.display()))
    })
}

/// Returns the folder of what is built.
fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
