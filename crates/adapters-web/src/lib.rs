//! The pages of Frontrow: the shop for buyers, and the console for operators.
//!
//! A page is an HTML file that loads native ES modules and stylesheets; it is a client of the public API on the same origin, and has no
//! other access to the program. All files are part of the program: there is no build step, and nothing is loaded from elsewhere. A [`Site`]
//! reads them once at start, and serves them from memory, compressed for clients that accept it.
//!
//! - A **page** has an address of its own, is revalidated at each visit, and has the headers that restrict what it may load and who may
//!   frame it.
//! - An **asset** is any other file; modules are sent without their comments. Its address contains the digest of all files, so browsers keep
//!   it forever, and modules can import each other by relative paths.
//!
//! ```
//! use adapters_web::{Site, WebSettings};
//!
//! let site = Site::load(&WebSettings::default())?;
//! assert!(site.patterns().any(|pattern| pattern == "/"));
//! # Ok::<(), adapters_web::InvalidSite>(())
//! ```

mod file;
mod page;
mod security;
mod settings;
mod site;
mod source;

pub use settings::WebSettings;
pub use site::{InvalidSite, Site};
