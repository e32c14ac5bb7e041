//! Conversion of seats to a layout: adjacent seats with consecutive numbers and labels become a row.
//!
//! | label of the seat | section | row | template |
//! |---|---|---|---|
//! | `Stalls left A 7` | `Stalls left` | `A` | `{section} {row} {place}` |
//! | `A 7` | [`DEFAULT_SECTION`] | `A` | `{row} {place}` |
//! | anything else | [`DEFAULT_SECTION`] | the whole | `{row}` |

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Category, CategoryId, Layout, Row, SeatKind, Section};
use crate::text::InvalidText;
use crate::{Money, SeatNumber, Title};

/// The section of seats whose labels don't name one.
const DEFAULT_SECTION: &str = "Seats";
/// The template of labels of seats in that section.
const ROW_AND_PLACE: &str = "{row} {place}";
/// The template of labels that don't end in a place number.
const ROW: &str = "{row}";

/// A label split into its parts.
struct Parts<'a> {
    section: &'a str,
    row: &'a str,
    /// The place number at the end, if any.
    place: Option<u32>,
    label: &'static str,
}

impl Layout {
    /// Returns a layout that yields exactly these seats, given by ascending number: each with its label, its price, and whether it is
    /// accessible. Each price is a category.
    ///
    /// # Errors
    /// [`InvalidText`] if a label is not a valid line of text. The labels that a layout yields always are.
    pub fn of<'a>(seats: impl IntoIterator<Item = (SeatNumber, &'a str, Money, bool)>) -> Result<Self, InvalidText> {
        let mut sections: Vec<Section> = Vec::new();
        let (mut categories, mut by_price) = (Vec::<Category>::new(), HashMap::<Money, CategoryId>::new());
        for (number, label, price, accessible) in seats {
            let parts = Parts::of(label);
            let section = match sections.last_mut() {
                Some(last) if last.name.as_str() == parts.section => last,
                Some(_) | None => {
                    sections.push(Section { name: name(parts.section)?, outline: None, rows: Vec::new() });
                    let Some(new) = sections.last_mut() else { continue };
                    new
                }
            };
            let category = match by_price.entry(price) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let category = Category::of_price(price)?;
                    let id = category.id.clone();
                    categories.push(category);
                    new.insert(id)
                }
            };
            let kind = if accessible { SeatKind::Accessible } else { SeatKind::Regular };
            match section.rows.last_mut() {
                Some(row) if row.is_followed_by(&parts, number, category) && row.kind == kind => row.to = number,
                Some(_) | None => section.rows.push(Row {
                    name: name(parts.row)?,
                    from: number,
                    to: number,
                    first_place: parts.place.unwrap_or(1),
                    category: category.clone(),
                    kind,
                    label: name(parts.label)?,
                    curve: None,
                }),
            }
        }
        Ok(Self { categories, sections, stage: None })
    }
}

impl<'a> Parts<'a> {
    fn of(label: &'a str) -> Self {
        let whole = Self { section: DEFAULT_SECTION, row: label, place: None, label: ROW };
        let Some((names, place)) = label.rsplit_once(' ') else { return whole };
        let Some(place) = parse_place(place) else { return whole };
        match names.rsplit_once(' ') {
            Some((section, row)) if is_name(section) && is_name(row) => Self { section, row, place: Some(place), label: Layout::LABEL },
            Some(_) | None if is_name(names) => Self { section: DEFAULT_SECTION, row: names, place: Some(place), label: ROW_AND_PLACE },
            Some(_) | None => whole,
        }
    }
}

/// Parses a place number, if formatting it yields `text` again.
fn parse_place(text: &str) -> Option<u32> {
    text.parse().ok().filter(|place: &u32| place.to_string() == text)
}

/// Returns `text` as a name, if the name equals it.
fn name(text: &str) -> Result<Title, InvalidText> {
    Title::new(text).and_then(|name| if name.as_str() == text { Ok(name) } else { Err(InvalidText { max: Layout::MAX_LABEL_CHARS }) })
}

fn is_name(text: &str) -> bool {
    name(text).is_ok()
}

impl Row {
    /// Returns whether the seat is the next one of this row.
    fn is_followed_by(&self, parts: &Parts<'_>, number: SeatNumber, category: &CategoryId) -> bool {
        let length = self.to.get() - self.from.get() + 1;
        let counts_on = parts.place.is_none_or(|place| self.first_place.checked_add(length) == Some(place));
        number.get() == self.to.get() + 1
            && counts_on
            && *category == self.category
            && parts.row == self.name.as_str()
            && parts.label == self.label.as_str()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{ScheduleId, Seat};

    const SCHEDULE: ScheduleId = ScheduleId(Uuid::from_u128(1));

    fn number(number: u32) -> SeatNumber {
        SeatNumber::new(number).unwrap_or_else(|error| panic!("{error}"))
    }

    fn money(minor: i64) -> Money {
        Money::new(minor).unwrap_or_else(|error| panic!("{error}"))
    }

    fn plan(seats: &[(u32, &str, i64)]) -> Layout {
        let seats = seats.iter().map(|(at, label, price)| (number(*at), *label, money(*price), false));
        Layout::of(seats).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Returns the rows of a plan as section, row, from, to, first place, price, label.
    fn rows_of(plan: &Layout) -> Vec<(&str, &str, u32, u32, u32, i64, &str)> {
        let price = |row: &Row| plan.category(&row.category).map(|category| category.price.minor()).unwrap_or_default();
        plan.rows()
            .map(|(section, row)| {
                let (from, to) = (row.from.get(), row.to.get());
                (section.name.as_str(), row.name.as_str(), from, to, row.first_place, price(row), row.label.as_str())
            })
            .collect()
    }

    #[test]
    fn adjacent_seats_with_consecutive_labels_become_a_row() {
        let plan = plan(&[
            (1, "Stalls left A 7", 50),
            (2, "Stalls left A 8", 50),
            (3, "Stalls left A 9", 60),
            (5, "Stalls left A 10", 60),
            (6, "Stalls left B 11", 60),
            (7, "Stalls left B 13", 60),
        ]);
        let label = Layout::LABEL;
        let expected = [
            ("Stalls left", "A", 1, 2, 7, 50, label),
            ("Stalls left", "A", 3, 3, 9, 60, label),
            ("Stalls left", "A", 5, 5, 10, 60, label),
            ("Stalls left", "B", 6, 6, 11, 60, label),
            ("Stalls left", "B", 7, 7, 13, 60, label),
        ];
        assert_eq!(rows_of(&plan), expected);
        assert_eq!(plan.sections.len(), 1);
    }

    #[test]
    fn labels_without_a_section_or_a_place_are_preserved() {
        let plan = plan(&[(1, "A 1", 5), (2, "A 2", 5), (3, "Box", 5), (4, "Box", 5), (5, "A 03", 5), (6, "A  4", 5), (7, "{place} 5", 5)]);
        let expected = [
            ("Seats", "A", 1, 2, 1, 5, "{row} {place}"),
            ("Seats", "Box", 3, 4, 1, 5, "{row}"),
            ("Seats", "A 03", 5, 5, 1, 5, "{row}"),
            ("Seats", "A  4", 6, 6, 1, 5, "{row}"),
            ("Seats", "{place}", 7, 7, 5, 5, "{row} {place}"),
        ];
        assert_eq!(rows_of(&plan), expected);
    }

    #[test]
    fn labels_that_are_not_a_line_of_text_are_refused() {
        for label in ["", " A", "A\n1"] {
            assert!(Layout::of([(number(1), label, money(1), false)]).is_err(), "{label:?}");
        }
    }

    /// Realistic and unrealistic labels.
    fn labels() -> impl Strategy<Value = String> {
        let words =
            prop::sample::select(vec!["A", "B", "Stalls", "{row}", "{place}", "{section}", "{", "7", "07", "4294967295", "99999999999"]);
        let blank = prop::sample::select(vec![" ", " ", " ", "  ", ""]);
        let words = prop::collection::vec((words, blank, 0..12_u32), 1..4);
        let joined = words.prop_map(|words| {
            let text = words.into_iter().map(|(word, blank, place)| format!("{word}{blank}{place}{blank}")).collect::<Vec<_>>().concat();
            text.trim().to_owned()
        });
        prop_oneof![3 => joined, 1 => "[ -~\u{e4}]{1,12}"]
    }

    proptest! {
        #[test]
        fn a_layout_of_seats_yields_the_same_seats(rows in prop::collection::vec((labels(), 1..5_u32, 0..3_u32, 0..3_i64), 1..20)) {
            let (mut seats, mut at) = (Vec::new(), 0);
            for (label, length, gap, price) in rows {
                at += gap;
                for place in 1..=length {
                    at += 1;
                    // Every other row has place numbers.
                    let label = if gap % 2 == 0 { format!("{} {place}", label.trim()) } else { label.trim().to_owned() };
                    if is_name(&label) {
                        seats.push(Seat::new(SCHEDULE, number(at), label, money(price)).with_accessible(place % 3 == 0));
                    }
                }
            }
            prop_assume!(!seats.is_empty());
            let plan = Layout::of(seats.iter().map(|seat| (seat.number(), seat.label(), seat.price(), seat.is_accessible())));
            let plan = plan.unwrap_or_else(|error| panic!("{error}"));
            prop_assert_eq!(plan.numbered(SCHEDULE), Ok(seats));
        }

        #[test]
        fn the_seats_of_any_layout_convert_to_a_layout_that_yields_them(
            sections in prop::collection::vec(
                (labels(), prop::collection::vec((labels(), labels(), 1..6_u32, prop_oneof![0..20_u32, Just(u32::MAX)], 0..3_i64), 1..4)), 1..4,
            ),
        ) {
            let mut at = 0;
            let title = |text: &str| Title::new(text).or_else(|_| Title::new("x")).unwrap_or_else(|error| panic!("{error}"));
            let mut row = |(name, label, length, first_place, price): (String, String, u32, u32, i64)| {
                let from = number(at + 1);
                at += length;
                let label = if label.contains("{place}") { title(&label) } else { title(&format!("{{section}} {{row}} {label} {{place}}")) };
                let category = Category::of_price(money(price)).map_or_else(|error| panic!("{error}"), |category| category.id);
                let kind = if length % 2 == 0 { SeatKind::Accessible } else { SeatKind::Companion };
                Row { name: title(&name), from, to: number(at), first_place, category, kind, label, curve: None }
            };
            let mut section = |(name, rows): (String, Vec<_>)| {
                Section { name: title(&name), outline: None, rows: rows.into_iter().map(&mut row).collect() }
            };
            let sections = sections.into_iter().map(&mut section).collect();
            let categories = (0..3).map(|price| Category::of_price(money(price)).unwrap_or_else(|error| panic!("{error}"))).collect();
            let plan = Layout { categories, sections, stage: None };
            let seats = plan.numbered(SCHEDULE).unwrap_or_else(|error| panic!("{error}"));
            let again = Layout::of(seats.iter().map(|seat| (seat.number(), seat.label(), seat.price(), seat.is_accessible())));
            prop_assert_eq!(again.unwrap_or_else(|error| panic!("{error}")).numbered(SCHEDULE), Ok(seats));
        }
    }
}
