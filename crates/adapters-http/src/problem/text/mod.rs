//! The texts of problems, one file for each language. Texts for buyers exist in every language; the others, for developers and operators,
//! only in English.

mod amount;
mod en;
mod ko;
mod language;

use std::borrow::Cow;

pub(crate) use language::Language;

use super::{Code, Explanation};

/// The `detail` of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    /// For developers and operators: in English.
    Technical(Cow<'static, str>),
    /// For buyers: in their language.
    Buyer(Explanation),
}

/// The texts of a problem in one language.
pub(super) struct Texts<'a> {
    pub(super) language: Language,
    pub(super) title: &'static str,
    pub(super) detail: Cow<'a, str>,
}

impl Detail {
    /// Returns the texts of the problem with `code`: in `preferred` if it is for buyers, else in English.
    pub(super) fn texts(&self, code: Code, preferred: Language) -> Texts<'_> {
        let english = |detail| Texts { language: Language::English, title: code.title(), detail };
        match (self, preferred) {
            (Self::Technical(detail), Language::English | Language::Korean) => english(Cow::Borrowed(detail)),
            (Self::Buyer(explanation), Language::English) => english(en::detail(explanation)),
            (Self::Buyer(explanation), Language::Korean) => match ko::title(code) {
                Some(title) => Texts { language: Language::Korean, title, detail: ko::detail(explanation) },
                None => english(en::detail(explanation)),
            },
        }
    }
}

impl From<&'static str> for Detail {
    fn from(text: &'static str) -> Self {
        Self::Technical(text.into())
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Technical(text.into())
    }
}

impl From<Explanation> for Detail {
    fn from(explanation: Explanation) -> Self {
        Self::Buyer(explanation)
    }
}
