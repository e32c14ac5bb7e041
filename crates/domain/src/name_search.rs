//! Search for users by name: case and accents are ignored, and the search text may start at any word of a name.
//!
//! ```text
//!   Ana-María Núñez   ──search keys──►  ana maria nunez · maria nunez · nunez
//!   "NUÑE"            ──prefix──►       nune: the beginning of the last one
//! ```
//!
//! Stores keep the keys of each name and look up prefixes among them; this module alone defines the form of a key.

use std::collections::BTreeSet;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::UserName;

/// The maximum length of search keys and prefixes in characters; further characters are not compared.
pub const MAX_KEY_CHARS: usize = 64;
/// The maximum number of keys of a name: the search text can't start at later words.
pub const MAX_KEYS: usize = 16;

/// A folded search text: the beginning of a name, or of any word in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePrefix(String);

/// The error for a text that no name can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name prefix must have 1 to 100 characters and no control characters")]
pub struct InvalidPrefix;

impl NamePrefix {
    /// Creates the prefix from `text`.
    ///
    /// # Errors
    /// [`InvalidPrefix`] if no name can begin with it.
    pub fn new(text: &str) -> Result<Self, InvalidPrefix> {
        // The beginning of a valid name is itself a valid name.
        let name = UserName::new(text).map_err(|_| InvalidPrefix)?;
        Ok(Self(key(&words(name.as_str()))))
    }

    /// Returns the text to compare with search keys: a key that begins with it matches.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether `name`, or the rest of it from any word on, begins with the prefix.
    #[must_use]
    pub fn matches(&self, name: &UserName) -> bool {
        name.search_keys().iter().any(|key| key.starts_with(&self.0))
    }
}

impl UserName {
    /// Returns the search keys: the folded name from each of its words on. There are 1 to [`MAX_KEYS`] keys of 1 to [`MAX_KEY_CHARS`]
    /// characters.
    #[must_use]
    pub fn search_keys(&self) -> BTreeSet<String> {
        let words = words(self.as_str());
        (0..words.len().min(MAX_KEYS)).map(|first| key(&words[first..])).collect()
    }
}

fn key(words: &[String]) -> String {
    words.join(" ").chars().take(MAX_KEY_CHARS).collect()
}

/// Folds `text` and splits it into words: runs of letters and digits. A text without letters and digits is one word.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let is_sign = |char: char| !char.is_alphanumeric() && !is_combining_mark(char);
    let words: Vec<String> = folded.split(is_sign).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if !words.is_empty() {
        return words;
    }
    // Folding such a text may remove all of it: then the text itself is the word.
    let signs: String = folded.split_whitespace().collect();
    vec![if signs.is_empty() { text.split_whitespace().collect() } else { signs }]
}

/// Folds `text`: removes case and accents, and composes the result.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Lower case, upper case and back turn ß into ss and ς into σ, as in Unicode's case folding.
    let cased = text.nfkd().filter(|char| !is_accent(*char)).flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    for char in cased.flat_map(char::to_lowercase) {
        match base(char) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(char),
        }
    }
    folded.nfc().collect()
}

/// Returns whether `char` is a mark on Latin, Greek and Cyrillic letters. Marks of other scripts are kept: they are vowels and consonants.
fn is_accent(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Returns the usual spelling, on keyboards without the letter, of a letter that Unicode doesn't decompose.
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
    fn case_and_accents_are_ignored() {
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
    fn a_search_may_start_at_any_word_of_a_name() {
        for prefix in ["ana", "maria", "nunez", "Ana Maria", "maria-nunez", " núñ ", "ana   m"] {
            assert!(finds(prefix, "Ana-María Núñez"), "{prefix}");
        }
        for prefix in ["na", "ana nunez", "nunez ana", "anam", "ana maria nunez x"] {
            assert!(!finds(prefix, "Ana-María Núñez"), "{prefix}");
        }
        assert!(finds("brien", "Conan O'Brien") && finds("o’b", "Conan O'Brien"));
    }

    #[test]
    fn marks_that_are_not_accents_are_compared() {
        assert!(finds("राम", "राम") && !finds("रम", "राम"), "a vowel sign");
        assert!(finds("か", "かな") && !finds("か", "がく"), "a voiced sound");
        assert!(!finds("가", "김"));
    }

    #[test]
    fn a_name_without_letters_is_found_by_its_signs() {
        assert!(finds("🎵", "🎵 🎵") && finds("%", "%") && !finds("_", "%") && !finds("%", "Ada"));
        assert!(finds("\u{b4}", "\u{b4}") && finds("\u{301}", "\u{301}") && !finds("\u{b4}", "Ada") && !finds("\u{301}", "Ada"));
    }

    #[test]
    fn invalid_prefixes_are_rejected() {
        for text in ["", "  ", "a\0", "\n", &"x".repeat(101)] {
            assert_eq!(NamePrefix::new(text), Err(InvalidPrefix), "{text:?}");
        }
    }

    #[test]
    fn search_keys_are_bounded_in_number_and_length() {
        // A hundred times a character that Unicode decomposes into four words, and as many words as fit into a name.
        for name in ["\u{fdfa}".repeat(100), "a ".repeat(50), "x".repeat(100)] {
            let keys = UserName::new(&name).unwrap().search_keys();
            assert!((1..=MAX_KEYS).contains(&keys.len()), "{}", keys.len());
            assert!(keys.iter().all(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count())), "{keys:?}");
        }
        assert!(finds(&"x".repeat(100), &"X".repeat(100)));
    }

    proptest! {
        #[test]
        fn a_name_is_found_by_each_of_its_words_in_any_case_and_normal_form(words in prop::collection::vec("[a-zà-öø-ÿĀ-ſα-ωάέήίόύώА-я가-힣]{1,12}", 1..5)) {
            let name = words.join(" ");
            for word in &words {
                for written in [word.clone(), word.to_uppercase(), word.nfd().collect(), word.nfc().collect()] {
                    prop_assert!(finds(&written, &name), "{} in {}", written, name);
                }
            }
        }

        #[test]
        fn every_valid_name_is_found_by_itself(text in "\\PC{1,110}|.{0,20}") {
            if let Ok(name) = UserName::new(&text) {
                let keys = name.search_keys();
                prop_assert!((1..=MAX_KEYS).contains(&keys.len()));
                prop_assert!(keys.iter().all(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count())), "{:?}", keys);
                prop_assert!(finds(&text, name.as_str()));
            }
        }
    }
}
