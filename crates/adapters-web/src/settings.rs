//! The settings of the pages.

/// Which pages are served, and who may frame them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// Whether the shop is served.
    pub shop: bool,
    /// Whether the console is served.
    pub console: bool,
    /// The origins whose pages may frame the page of the queue, like `https://shop.example`. No other page may be framed.
    pub frame_ancestors: Vec<String>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { shop: true, console: true, frame_ancestors: Vec::new() }
    }
}
