//! All files of the pages, and their routes.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, error};
use rust_embed::Embed;
use thiserror::Error;

use crate::file::{File, digest, media_type};
use crate::page::{self, Page};
use crate::security;
use crate::settings::WebSettings;
use crate::source::without_comments;

/// In pages, the folder of the assets.
const ASSETS: &str = "{assets}";
/// Declarations of types, for the type check only.
const DECLARATIONS: &str = ".d.ts";
const VENDORED: &str = "vendor/";
const MODULES: &str = ".js";
const ASSET_PATTERN: &str = "/assets/{digest}/{file:.*}";
/// Pages are revalidated at each visit: they name the version of the assets.
const REVALIDATE: &str = "no-cache";
const FOREVER: &str = "public, max-age=31536000, immutable";
/// During an upgrade, instances of two versions serve the pages: a file of the other version is sent, but not kept.
const NEVER: &str = "no-store";

/// The files, part of the program; a development build reads them at start, so that a change needs no compilation.
#[derive(Embed)]
#[folder = "pages"]
struct Files;

/// The pages and their assets, ready to be sent. Clones share them.
#[derive(Debug, Clone)]
pub struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The digest of all files.
    digest: String,
    pages: Vec<ServedPage>,
    assets: HashMap<String, File>,
}

#[derive(Debug)]
struct ServedPage {
    page: &'static Page,
    content_policy: String,
    /// Shared by the pages of the same application.
    file: Arc<File>,
}

/// The files of the pages are incomplete.
#[derive(Debug, Error)]
pub enum InvalidSite {
    /// A page has no file.
    #[error("the file {0} of the pages is missing")]
    Missing(String),
    /// A file has an unknown extension.
    #[error("the file {0} of the pages has an unknown media type")]
    UnknownType(String),
    /// A file is not text.
    #[error("the file {0} of the pages is not UTF-8")]
    NotText(String),
}

impl Site {
    /// Reads all files.
    ///
    /// # Errors
    /// [`InvalidSite`] if a file is missing or of an unknown type.
    pub fn load(settings: &WebSettings) -> Result<Self, InvalidSite> {
        let names = Files::iter().filter(|name| !name.ends_with(DECLARATIONS));
        let mut files = names.map(|name| Ok((content(&name)?, name))).collect::<Result<Vec<_>, InvalidSite>>()?;
        files.sort_by(|(_, one), (_, other)| one.cmp(other));
        let digest = digest(files.iter().flat_map(|(content, name)| [name.as_bytes(), content]));
        let assets = format!("/assets/{digest}");
        let mut html = HashMap::new();
        let mut pages = Vec::new();
        for page in page::served(settings) {
            let file = match html.get(page.file) {
                Some(file) => Arc::clone(file),
                None => Arc::clone(html.entry(page.file).or_insert(Arc::new(read(page.file, &assets)?))),
            };
            let ancestors: &[String] = if page.is_embeddable { &settings.frame_ancestors } else { &[] };
            pages.push(ServedPage { page, content_policy: security::content_policy(ancestors), file });
        }
        let assets = files.into_iter().filter(|(_, name)| !name.ends_with(".html")).map(|(content, name)| {
            let Some(media_type) = media_type(&name) else { return Err(InvalidSite::UnknownType(name.into_owned())) };
            Ok((name.into_owned(), File::new(media_type, content)))
        });
        Ok(Self(Arc::new(Inner { digest, pages, assets: assets.collect::<Result<_, InvalidSite>>()? })))
    }

    /// Returns the patterns of all paths.
    pub fn patterns(&self) -> impl Iterator<Item = &'static str> {
        let assets = (!self.0.pages.is_empty()).then_some(ASSET_PATTERN);
        self.0.pages.iter().map(|served| served.page.pattern).chain(assets)
    }

    /// Adds the routes of the pages and their assets.
    pub fn configure(&self, config: &mut ServiceConfig) {
        for index in 0..self.0.pages.len() {
            let site = self.clone();
            let handle = move |request: HttpRequest| std::future::ready(site.page(index, &request));
            config.route(self.0.pages[index].page.pattern, web::get().to(handle));
        }
        if !self.0.pages.is_empty() {
            let site = self.clone();
            let handle = move |request: HttpRequest, path: web::Path<(String, String)>| std::future::ready(site.asset(&request, &path));
            config.route(ASSET_PATTERN, web::get().to(handle));
        }
    }

    fn page(&self, index: usize, request: &HttpRequest) -> HttpResponse {
        let served = &self.0.pages[index];
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, REVALIDATE));
        security::restrict(&mut response, &served.content_policy);
        served.file.respond(request, response)
    }

    fn asset(&self, request: &HttpRequest, (digest, file): &(String, String)) -> Result<HttpResponse, actix_web::Error> {
        let Some(file) = self.0.assets.get(file) else { return Err(error::ErrorNotFound("there is no such file")) };
        let caching = if *digest == self.0.digest { FOREVER } else { NEVER };
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CACHE_CONTROL, caching))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header(("cross-origin-resource-policy", "same-origin"));
        Ok(file.respond(request, response))
    }
}

/// Reads an HTML file, and replaces the folder of the assets.
fn read(name: &'static str, assets: &str) -> Result<File, InvalidSite> {
    let media_type = media_type(name).ok_or_else(|| InvalidSite::UnknownType(name.to_owned()))?;
    let text = text(name, content(name)?)?;
    Ok(File::new(media_type, text.replace(ASSETS, assets).into_bytes()))
}

/// Returns the content of a file as it is sent.
fn content(name: &str) -> Result<Vec<u8>, InvalidSite> {
    let file = Files::get(name).ok_or_else(|| InvalidSite::Missing(name.to_owned()))?.data.into_owned();
    if name.ends_with(MODULES) && !name.starts_with(VENDORED) { Ok(without_comments(&text(name, file)?).into_bytes()) } else { Ok(file) }
}

fn text(name: &str, content: Vec<u8>) -> Result<String, InvalidSite> {
    String::from_utf8(content).map_err(|_| InvalidSite::NotText(name.to_owned()))
}
