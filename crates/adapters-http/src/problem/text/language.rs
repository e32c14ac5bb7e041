//! The languages of problems, and the choice of one by `Accept-Language`.

use actix_web::http::header::{HeaderValue, Quality, QualityItem};

/// A language of the texts for buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Korean,
}

impl Language {
    /// Returns the language that `accepted`, the value of `Accept-Language`, prefers: English if it covers none of the languages.
    pub(crate) fn of(accepted: Option<&HeaderValue>) -> Self {
        let (mut language, mut best) = (Self::English, Quality::ZERO);
        let Some(accepted) = accepted.and_then(|value| value.to_str().ok()) else { return language };
        for range in accepted.split(',').filter_map(|range| range.trim().parse::<QualityItem<String>>().ok()) {
            if range.quality > best
                && let Some(covered) = Self::covered_by(&range.item)
            {
                (language, best) = (covered, range.quality);
            }
        }
        language
    }

    /// Returns the language that `range` covers; `*` covers the default.
    fn covered_by(range: &str) -> Option<Self> {
        let primary = range.split('-').next().unwrap_or_default();
        if primary == "*" || primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else if primary.eq_ignore_ascii_case("ko") {
            Some(Self::Korean)
        } else {
            None
        }
    }

    /// Returns the language tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chosen(accepted: &str) -> Language {
        Language::of(HeaderValue::from_str(accepted).ok().as_ref())
    }

    #[test]
    fn the_preferred_supported_language_is_chosen() {
        for korean in ["ko", "ko-KR", "KO-kr", "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "en;q=0.5, ko", "fr, ko;q=0.2", "ko, *;q=0.1"] {
            assert_eq!(chosen(korean), Language::Korean, "{korean}");
        }
        for english in ["", "*", "en", "fr", "en-GB, ko;q=0.9", "ko;q=0.5, en;q=0.9", "ko;q=0", "ko;q=0, *", "kok", "kor", ";", "ko;q=x"] {
            assert_eq!(chosen(english), Language::English, "{english}");
        }
        assert_eq!(Language::of(None), Language::English);
    }

    proptest! {
        #[test]
        fn arbitrary_headers_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), text in "(ko|en|\\*|[a-z-]{1,9})(;q=[0-9.]{0,4})?(,.{0,10})?") {
            let _ = Language::of(HeaderValue::from_bytes(&bytes).ok().as_ref());
            let _ = chosen(&text);
        }
    }
}
