//! The page: its sections in order, its style, and its content security policy.

use super::error::Error;
use super::escape::Text;
use super::{figures, header, operations, verdicts, what_if};
use crate::Record;

const STYLE: &str = include_str!("page.css");

pub(super) fn page(record: &Record) -> Result<String, Error> {
    let title = Text(header::name(record));
    let mut sections = section("verdicts", "Verdicts", &verdicts::table(&record.verdicts));
    sections += &section("course", "The sale", &format!("<div class=\"plots\">\n{}</div>\n", figures::course(record)?));
    sections += &section("operations", "Operations", &operations::operations(record)?);
    if !record.what_if.is_empty() {
        sections += &section("what-if", "What if", &what_if::what_if(&record.what_if)?);
    }
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Frontrow rehearsal</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}{sections}</main>\n</body>\n</html>\n",
        header::header(record),
    ))
}

fn section(id: &str, title: &str, content: &str) -> String {
    format!("<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{content}</section>\n")
}
