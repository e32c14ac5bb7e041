//! Finding users by name: neither case nor accents count, and any word of a name may be the first one that is searched for.
//!
//! ```text
//!   Ana-María Núñez   ──search keys──►  ana maria nunez · maria nunez · nunez
//!   "NUÑE"            ──prefix──►       nune: the beginning of the last one
//! ```
//!
//! Stores keep the keys of each name and look prefixes up among them; what a key looks like is decided here alone.

use std::collections::BTreeSet;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::UserName;

/// The longest search key and prefix, in characters: what comes after it isn't compared.
pub const MAX_KEY_CHARS: usize = 64;
/// So many words of a name can be searched for.
pub const MAX_KEYS: usize = 16;

/// The beginning of a name, or of any word in it, as it is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePrefix(String);

/// The text can't be the beginning of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the beginning of a name has 1 to 100 characters, without control characters")]
pub struct InvalidPrefix;

impl NamePrefix {
    /// The prefix that `text` is.
    ///
    /// # Errors
    /// [`InvalidPrefix`] if no name could begin so.
    pub fn new(text: &str) -> Result<Self, InvalidPrefix> {
        // The beginning of a name looks like one.
        let name = UserName::new(text).map_err(|_| InvalidPrefix)?;
        Ok(Self(key(&words(name.as_str()))))
    }

    /// As it is compared with search keys: a key that begins with it is a hit.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `name`, or a word in it, begins so.
    #[must_use]
    pub fn matches(&self, name: &UserName) -> bool {
        name.search_keys().iter().any(|key| key.starts_with(&self.0))
    }
}

impl UserName {
    /// What the name can be found by: it from each of its words on, folded. 1 to [`MAX_KEYS`] keys of 1 to [`MAX_KEY_CHARS`] characters.
    #[must_use]
    pub fn search_keys(&self) -> BTreeSet<String> {
        let words = words(self.as_str());
        (0..words.len().min(MAX_KEYS)).map(|first| key(&words[first..])).collect()
    }
}

fn key(words: &[String]) -> String {
    words.join(" ").chars().take(MAX_KEY_CHARS).collect()
}

/// The words of `text`, folded: runs of letters and digits. A text of other signs alone is one word.
fn words(text: &str) -> Vec<String> {
    let folded = folded(text);
    let is_sign = |char: char| !char.is_alphanumeric() && !is_combining_mark(char);
    let words: Vec<String> = folded.split(is_sign).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if !words.is_empty() {
        return words;
    }
    // Accents alone are what is left of such a name, or nothing at all.
    let signs: String = folded.split_whitespace().collect();
    vec![if signs.is_empty() { text.split_whitespace().collect() } else { signs }]
}

/// `text` without case and accents, composed.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // There and back: then ß is ss and ς is σ, as Unicode's case folding has it.
    let cased = text.nfkd().filter(|char| !is_accent(*char)).flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    for char in cased.flat_map(char::to_lowercase) {
        match base(char) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(char),
        }
    }
    folded.nfc().collect()
}

/// Marks that Latin, Greek and Cyrillic letters wear. Those of other scripts are kept: there they are vowels and consonants.
fn is_accent(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// What is typed for a letter that Unicode doesn't decompose, where a keyboard lacks it.
const fn base(char: char) -> Option<&'static str> {
    match char {
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'ø' => Some("o"),
        'đ' | 'ð' => Some("d"),
        'ħ' => Some("h"),
        'ł' => Some("l"),
        'ŧ' => Some("t"),
        'þ' => Some("th"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(prefix: &str, name: &str) -> bool {
        NamePrefix::new(prefix).unwrap().matches(&UserName::new(name).unwrap())
    }

    #[test]
    fn neither_case_nor_accents_count() {
        for (prefix, name) in [
            ("ADA", "ada lovelace"),
            ("nunez", "Núñez"),
            ("NÚÑEZ", "Nu\u{301}n\u{303}ez"),
            ("Nu\u{301}n\u{303}", "núñez"),
            ("øst", "ØSTERGÅRD"),
            ("ostergard", "Østergård"),
            ("lukasz", "Łukasz"),
            ("STRASSE", "Straße"),
            ("straße", "STRASSE"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
            ("Федор", "Фёдор"),
            ("istanbul", "İSTANBUL"),
            ("fiona", "ﬁona"),
            ("김", "김철수"),
            ("\u{1100}\u{1175}\u{11b7}", "김철수"),
        ] {
            assert!(finds(prefix, name), "{prefix} in {name}");
        }
    }

    #[test]
    fn any_word_of_a_name_may_come_first() {
        for prefix in ["ana", "maria", "nunez", "Ana Maria", "maria-nunez", " núñ ", "ana   m"] {
            assert!(finds(prefix, "Ana-María Núñez"), "{prefix}");
        }
        for prefix in ["na", "ana nunez", "nunez ana", "anam", "ana maria nunez x"] {
            assert!(!finds(prefix, "Ana-María Núñez"), "{prefix}");
        }
        assert!(finds("brien", "Conan O'Brien") && finds("o’b", "Conan O'Brien"));
    }

    #[test]
    fn letters_stay_letters_where_marks_are_no_accents() {
        assert!(finds("राम", "राम") && !finds("रम", "राम"), "a vowel sign");
        assert!(finds("か", "かな") && !finds("か", "がく"), "a voiced sound");
        assert!(!finds("가", "김"));
    }

    #[test]
    fn a_name_of_signs_alone_is_found_by_them() {
        assert!(finds("🎵", "🎵 🎵") && finds("%", "%") && !finds("_", "%") && !finds("%", "Ada"));
        assert!(finds("\u{b4}", "\u{b4}") && finds("\u{301}", "\u{301}") && !finds("\u{b4}", "Ada") && !finds("\u{301}", "Ada"));
    }

    #[test]
    fn what_no_name_begins_with_is_no_prefix() {
        for text in ["", "  ", "a\0", "\n", &"x".repeat(101)] {
            assert_eq!(NamePrefix::new(text), Err(InvalidPrefix), "{text:?}");
        }
    }

    #[test]
    fn keys_are_few_and_short_whatever_the_name() {
        // One sign that Unicode takes apart into four words, a hundred times; and as many words as fit in a name.
        for name in ["\u{fdfa}".repeat(100), "a ".repeat(50), "x".repeat(100)] {
            let keys = UserName::new(&name).unwrap().search_keys();
            assert!((1..=MAX_KEYS).contains(&keys.len()), "{}", keys.len());
            assert!(keys.iter().all(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count())), "{keys:?}");
        }
        assert!(finds(&"x".repeat(100), &"X".repeat(100)));
    }

    proptest! {
        #[test]
        fn a_name_is_found_by_each_of_its_words_however_they_are_written(words in prop::collection::vec("[a-zà-öø-ÿĀ-ſα-ωάέήίόύώА-я가-힣]{1,12}", 1..5)) {
            let name = words.join(" ");
            for word in &words {
                for written in [word.clone(), word.to_uppercase(), word.nfd().collect(), word.nfc().collect()] {
                    prop_assert!(finds(&written, &name), "{} in {}", written, name);
                }
            }
        }

        #[test]
        fn whatever_can_be_a_name_can_be_found_by_itself(text in "\\PC{1,110}|.{0,20}") {
            if let Ok(name) = UserName::new(&text) {
                let keys = name.search_keys();
                prop_assert!((1..=MAX_KEYS).contains(&keys.len()));
                prop_assert!(keys.iter().all(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count())), "{:?}", keys);
                prop_assert!(finds(&text, name.as_str()));
            }
        }
    }
}
