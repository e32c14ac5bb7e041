//! Pages for people that other crates add to the server.

use std::fmt;
use std::sync::Arc;

use actix_web::web::ServiceConfig;

/// Adds the routes of pages to a worker's application.
type Configure = dyn Fn(&mut ServiceConfig) + Send + Sync;

/// The routes of pages that belong to another crate. They pass the same limits and appear in the same metrics as the API; the OpenAPI
/// document doesn't list them.
#[derive(Clone)]
pub struct Pages {
    patterns: Vec<&'static str>,
    configure: Arc<Configure>,
}

impl Pages {
    /// Creates pages at paths with these `patterns`, for `GET`; `configure` adds their routes.
    pub fn new(patterns: impl IntoIterator<Item = &'static str>, configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static) -> Self {
        Self { patterns: patterns.into_iter().collect(), configure: Arc::new(configure) }
    }

    /// Returns the patterns of the paths.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &'static str> {
        self.patterns.iter().copied()
    }

    /// Adds the routes.
    pub(crate) fn configure(&self, config: &mut ServiceConfig) {
        (self.configure)(config);
    }
}

impl Default for Pages {
    /// No pages.
    fn default() -> Self {
        Self::new([], |_| {})
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("patterns", &self.patterns).finish_non_exhaustive()
    }
}
