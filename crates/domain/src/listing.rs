//! Listings: what the public catalogue shows of a concert in addition to its name and host.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Title, Zone};

/// What the public catalogue shows of a concert, and from when on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The description.
    pub description: Option<Description>,
    /// The address of an image, which is shown by clients and never fetched by the service.
    pub image_url: Option<ImageUrl>,
    /// Where the concert takes place.
    pub venue: Option<Venue>,
    /// The first instant at which the concert is public; before, it is a draft. None: it is public.
    pub publishes_at: Option<OffsetDateTime>,
}

impl Listing {
    /// Returns whether the concert is public at `now`.
    #[must_use]
    pub fn is_public(&self, now: OffsetDateTime) -> bool {
        self.publishes_at.is_none_or(|at| at <= now)
    }
}

/// A place where concerts are performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// The name of the venue.
    pub name: Title,
    /// The city.
    pub city: Title,
    /// The time zone. Each schedule has its own, which is usually the same.
    pub zone: Zone,
}

/// A text of several paragraphs: 1 to 2,000 characters without control characters except line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(String);

/// The error for a text that is not a valid description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {} characters and no control characters except line breaks", Description::MAX_CHARS)]
pub struct InvalidDescription;

impl Description {
    /// The maximum length of a description, in characters.
    pub const MAX_CHARS: usize = 2_000;

    /// Creates a description from `text`, without leading and trailing white space, and with each line break as a line feed.
    ///
    /// # Errors
    /// [`InvalidDescription`] if it is empty or too long, or contains other control characters.
    pub fn new(text: &str) -> Result<Self, InvalidDescription> {
        let text = text.trim().replace("\r\n", "\n");
        let fits = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        let is_printable = |char: char| char == '\n' || !char.is_control();
        if fits && text.chars().all(is_printable) { Ok(Self(text)) } else { Err(InvalidDescription) }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The absolute `https` or `http` URL of an image: at most 2,000 ASCII characters, with a host name and without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUrl(String);

/// The error for a text that is not the URL of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an absolute https or http URL of at most {} characters, with a host name and without credentials", ImageUrl::MAX_CHARS)]
pub struct InvalidImageUrl;

impl ImageUrl {
    /// The maximum length of a URL, in characters.
    pub const MAX_CHARS: usize = 2_000;

    /// Creates the URL from `text`.
    ///
    /// # Errors
    /// [`InvalidImageUrl`] if it isn't one. Other schemes are refused because a page that shows a `javascript:` URL may run it.
    pub fn new(text: &str) -> Result<Self, InvalidImageUrl> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(InvalidImageUrl)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        // Brackets belong to IPv6 addresses; the others must be escaped in URLs, and some of them end the attributes of HTML.
        let is_allowed = |char: char| char.is_ascii_graphic() && !"\"<>\\^`{|}[]".contains(char);
        let is_url = text.len() <= Self::MAX_CHARS && text.chars().all(is_allowed) && is_host(host) && port.parse::<u16>().is_ok();
        if is_url { Ok(Self(text.to_owned())) } else { Err(InvalidImageUrl) }
    }

    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether `text` has the form of a host name: labels of letters, digits and hyphens.
fn is_host(text: &str) -> bool {
    text.split('.').all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_concert_is_public_from_the_instant_of_its_publication() {
        let at = datetime!(2026-11-21 20:00 UTC);
        let draft = Listing { publishes_at: Some(at), ..Listing::default() };
        let moment = time::Duration::MICROSECOND;
        assert_eq!([at - moment, at, at + moment].map(|now| draft.is_public(now)), [false, true, true]);
        assert!(Listing::default().is_public(at));
    }

    #[test]
    fn a_description_has_paragraphs_of_at_most_2_000_characters() {
        let text = |text: &str| Description::new(text).map(|description| description.as_str().to_owned());
        assert_eq!(text(" One.\r\n\r\nTwo.\nThree. \n"), Ok("One.\n\nTwo.\nThree.".to_owned()));
        assert_eq!(text(&"밤".repeat(2_000)), Ok("밤".repeat(2_000)));
        for invalid in ["", " \n ", "a\rb", "a\tb", "a\0", &"x".repeat(2_001)] {
            assert_eq!(text(invalid), Err(InvalidDescription), "{invalid:?}");
        }
    }

    #[test]
    fn an_image_url_is_absolute_and_has_a_host_name() {
        let longest = format!("https://images.example/{}", "x".repeat(1_977));
        for url in [
            "https://images.example/club.jpg",
            "http://localhost:8081/a%20b.png?size=2&v=%EB%B0%A4#top",
            "https://IMAGES.example",
            "https://images.example?id=1",
            "https://images.example/@alice:80/",
            &longest,
        ] {
            assert_eq!(ImageUrl::new(url).map(|url| url.as_str().to_owned()), Ok(url.to_owned()));
        }
        for url in [
            "",
            "images.example/club.jpg",
            "//images.example/club.jpg",
            "/club.jpg",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "HTTPS://images.example/",
            "ftp://images.example/",
            "https://",
            "https:///club.jpg",
            "https://:443/",
            "https://images..example/",
            "https://images.example:port/",
            "https://images.example:70000/",
            "https://ada:secret@images.example/",
            "https://images.example@evil.example/",
            "https://[::1]/",
            "https://images.example/a b",
            "https://images.example/밤.jpg",
            "https://images.example/\"onload=\"alert(1)",
            "https://images.example/\n",
            &format!("{longest}x"),
        ] {
            assert_eq!(ImageUrl::new(url), Err(InvalidImageUrl), "{url:?}");
        }
    }

    proptest! {
        #[test]
        fn an_arbitrary_text_is_kept_as_it_is_or_refused(text in "https?://[a-z.:@/]{0,20}[ -~]{0,20}|\\PC{0,30}|.{0,30}") {
            if let Ok(url) = ImageUrl::new(&text) {
                prop_assert_eq!(url.as_str(), &text);
            }
            if let Ok(description) = Description::new(&text) {
                prop_assert_eq!(Description::new(description.as_str()), Ok(description));
            }
        }
    }
}
