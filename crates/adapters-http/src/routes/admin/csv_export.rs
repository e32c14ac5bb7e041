//! Lists as CSV (RFC 4180): streamed page by page, so that a list of any length takes the memory of one page.

use actix_web::HttpResponse;
use actix_web::http::header;
use application::{Error, Page, PageRequest};
use bytes::Bytes;
use csv::{Terminator, WriterBuilder};
use domain::Currency;
use futures_util::{StreamExt as _, stream};

use crate::api::{Api, UseCaseHandle};
use crate::problem::Problem;

/// The number of rows that are read at once.
const PAGE_SIZE: u32 = PageRequest::<()>::MAX_SIZE;

/// An item of a list as a row.
pub(super) trait CsvRow {
    /// The titles of the columns.
    const COLUMNS: &'static [&'static str];

    /// Returns the cells, one for each column. Amounts are in `currency`.
    fn cells(&self, currency: Currency) -> Vec<String>;
}

/// Returns a text that buyers or operators have entered as a cell. A spreadsheet would execute a text that begins like a formula: it gets an
/// apostrophe, which spreadsheets don't show.
pub(super) fn text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Returns a response that streams the list of all items, which `read` reads in pages. The first page is read when the client reads it. If a
/// later one can't be read, the response ends without its last chunk, so that clients report it as incomplete.
pub(super) fn export<T, C, F>(
    api: &Api,
    file: &str,
    read: impl Fn(UseCaseHandle, PageRequest<C>) -> F + 'static,
) -> Result<HttpResponse, Problem>
where
    T: CsvRow + Send + 'static,
    C: Copy + Send + 'static,
    F: Future<Output = Result<Page<T, C>, Error>> + Send + 'static,
{
    let (api, currency) = (api.clone(), api.settings.currency);
    let header = lines([T::COLUMNS.iter().map(|title| (*title).to_owned()).collect()])?;
    let pages = stream::try_unfold((Some(None), read), move |(next, read)| {
        let api = api.clone();
        async move {
            let Some(after) = next else { return Ok(None) };
            let page = api.run(|use_cases| read(use_cases, PageRequest { after, size: PAGE_SIZE })).await?;
            let lines = lines(page.items.iter().map(|item| item.cells(currency)))?;
            Ok::<_, Problem>(Some((lines, (page.next.map(Some), read))))
        }
    });
    let chunks = stream::iter([Ok(header)]).chain(pages);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
        .streaming(chunks))
}

/// Writes `rows` as lines.
fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Bytes, Problem> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let written = rows.into_iter().try_for_each(|row| writer.write_record(row)).map_err(|error| error.to_string());
    let lines = written.and_then(|()| writer.into_inner().map_err(|error| error.to_string()));
    lines.map(Bytes::from).map_err(|error| {
        tracing::error!(error, "rows can't be written as CSV");
        Problem::internal()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_necessary() {
        let rows = [vec!["a".to_owned(), "b, \"c\"".to_owned()], vec!["1\r\n2".to_owned(), String::new()]];
        assert_eq!(lines(rows).expect("lines"), "a,\"b, \"\"c\"\"\"\r\n\"1\r\n2\",\r\n");
    }

    #[test]
    fn texts_that_begin_like_formulas_get_an_apostrophe() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for harmless in ["", "Ada", "Jean-Luc", "a=b", "'=1"] {
            assert_eq!(text(harmless), harmless);
        }
    }
}
