//! The addresses of the pages. Each application is one HTML file; its modules show the page that belongs to the address.

use crate::settings::WebSettings;

/// An address that shows a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The pattern of its path.
    pub(crate) pattern: &'static str,
    /// The HTML file.
    pub(crate) file: &'static str,
    /// Whether other origins may frame it, if they are configured.
    pub(crate) is_embeddable: bool,
}

const SHOP: &[Page] = &[
    page("/", "shop.html"),
    page("/concerts/{concert}", "shop.html"),
    Page { pattern: "/queue/{concert}", file: "shop.html", is_embeddable: true },
    page("/seats/{concert}", "shop.html"),
    page("/orders/{reservation}", "shop.html"),
    page("/tickets", "shop.html"),
    page("/wallet", "shop.html"),
    page("/account", "shop.html"),
];

const CONSOLE: &[Page] = &[page("/console", "console.html"), page("/console/{view:.*}", "console.html")];

const fn page(pattern: &'static str, file: &'static str) -> Page {
    Page { pattern, file, is_embeddable: false }
}

/// Returns the pages that are served with `settings`.
pub(crate) fn served(settings: &WebSettings) -> impl Iterator<Item = &'static Page> + use<> {
    let shop = if settings.shop { SHOP } else { &[] };
    let console = if settings.console { CONSOLE } else { &[] };
    shop.iter().chain(console)
}
