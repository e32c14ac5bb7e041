//! The headers that restrict what a page may do, and what others may do with it.

use actix_web::HttpResponseBuilder;
use actix_web::http::header;

/// Only own files, no inline scripts or styles, no plug-ins. HTML is only created by the template library, through its policy. Images come
/// from anywhere by HTTPS, since operators choose the images of their concerts.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' blob: https:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                              require-trusted-types-for 'script'; trusted-types lit-html";

/// The pages use none of these, and neither may what frames them or is framed.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Returns the content security policy of a page that the origins `ancestors` may frame, or no other page if there are none.
pub(crate) fn content_policy(ancestors: &[String]) -> String {
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    format!("{CONTENT_POLICY}; frame-ancestors {ancestors}")
}

/// Adds the headers of every page.
pub(crate) fn restrict<'a>(response: &'a mut HttpResponseBuilder, content_policy: &str) -> &'a mut HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, content_policy))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::PERMISSIONS_POLICY, PERMISSIONS))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_can_be_framed_by_the_named_origins_only() {
        assert!(content_policy(&[]).ends_with("; frame-ancestors 'none'"));
        let shops = ["https://shop.example".to_owned(), "https://m.shop.example".to_owned()];
        assert!(content_policy(&shops).ends_with("; frame-ancestors https://shop.example https://m.shop.example"));
    }

    #[test]
    fn scripts_and_styles_come_from_the_same_origin_only() {
        let policy = content_policy(&[]);
        assert!(policy.starts_with("default-src 'self';"));
        for exception in ["unsafe-inline", "unsafe-eval", "script-src", "style-src", "http:", "*"] {
            assert!(!policy.contains(exception), "{exception}");
        }
    }
}
