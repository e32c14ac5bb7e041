//! The pages of problems: the `type` of a problem is the path of its page, which explains it to people.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::web::{Bytes, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use pulldown_cmark::{Parser, html};

use crate::extract::NoQuery;
use crate::problem::{Code, Problem};

/// The path of the pages.
pub(crate) const PATTERN: &str = "/problems/{slug}";

const DOCUMENT: &str = include_str!("../../../../docs/problems.md");

/// The pages by path, rendered once.
static PAGES: LazyLock<HashMap<String, Bytes>> = LazyLock::new(|| Code::ALL.iter().map(|code| (code.path(), page(*code).into())).collect());

/// Adds the pages.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config.route(PATTERN, web::get().to(|slug: Path<String>, _: NoQuery| std::future::ready(show(&slug))));
}

fn show(slug: &str) -> Result<HttpResponse, Problem> {
    let page = PAGES.get(&format!("/problems/{slug}")).cloned().ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    response.content_type("text/html; charset=utf-8");
    response.insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    response.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"));
    Ok(response.body(page))
}

/// Renders the page of `code`.
fn page(code: Code) -> String {
    let title = code.title();
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title} - Frontrow</title>\n\
         <style>:root {{ color-scheme: light dark; font: 1.05rem/1.6 system-ui }} body {{ max-width: 42rem; margin: 3rem auto; padding: 0 1rem }}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n"
    );
    html::push_html(&mut page, Parser::new(section(code)));
    page.push_str("</body>\n</html>\n");
    page
}

/// Returns the text of the section on `code`.
fn section(code: Code) -> &'static str {
    let heading = format!("\n## {}\n", code.path().trim_start_matches("/problems/"));
    let text = DOCUMENT.split_once(&heading).map_or("", |(_, rest)| rest);
    let end = text.find("\n# ").into_iter().chain(text.find("\n## ")).min();
    text[..end.unwrap_or(text.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_page_with_its_title_code_and_status() {
        for code in Code::ALL {
            let page = String::from_utf8_lossy(&PAGES[&code.path()]).into_owned();
            assert!(page.contains(&format!("<h1>{}</h1>", code.title())), "{page}");
            assert!(page.contains(&format!("<code>{}</code>, {}.", code.text(), code.status().as_u16())), "{page}");
            assert!(!page.contains("<h2>") && !page.contains("href=\"#"), "only its own section: {page}");
        }
    }
}
