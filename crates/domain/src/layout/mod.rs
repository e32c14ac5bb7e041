//! Layouts: the seats of a venue as specified by an operator, by sections, rows and ranges of numbers, with their price categories and,
//! optionally, their coordinates.
//!
//! A layout never changes: an operator's change of a schedule's seats gives the schedule another layout, identified by its
//! [hash](LayoutHash). The seats of a schedule have the labels and prices of its layout.

mod category;
mod compressed;
mod geometry;
mod hash;
mod merge;
mod place;

use std::collections::{HashMap, HashSet};

use thiserror::Error;

use crate::{Money, ScheduleId, Seat, SeatNumber, Title};

pub use category::{Category, CategoryId, Colour, InvalidCategoryId, InvalidColour};
pub use geometry::{Curve, Geometry, InvalidGeometry, Point, Polygon, SectionGeometry};
pub use hash::LayoutHash;
pub use place::{Place, Places, Run};

/// The seats of a venue, by sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The price categories.
    pub categories: Vec<Category>,
    /// The sections.
    pub sections: Vec<Section>,
    /// The outline of the stage, if the operator specified it.
    pub stage: Option<Polygon>,
}

/// A section of the venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: Title,
    /// Its outline, if the operator specified it.
    pub outline: Option<Polygon>,
    /// Its rows, the one nearest to the stage first.
    pub rows: Vec<Row>,
}

/// A row of neighbouring seats of one category and one kind. A row of seats that differ is several rows with the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: Title,
    /// The number of its first seat within the schedule.
    pub from: SeatNumber,
    /// The number of its last seat.
    pub to: SeatNumber,
    /// The place on the label of its first seat; those of the next seats count up from it.
    pub first_place: u32,
    /// The category of its seats.
    pub category: CategoryId,
    /// The kind of its seats.
    pub kind: SeatKind,
    /// The template of its seats' labels, with the placeholders `{section}`, `{row}`, `{place}` and `{number}`.
    pub label: Title,
    /// Where its seats are, if the operator specified it.
    pub curve: Option<Curve>,
}

/// For whom a seat is suitable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SeatKind {
    /// A seat for anyone.
    #[default]
    Regular,
    /// A wheelchair space.
    Accessible,
    /// A seat beside a wheelchair space, for a companion.
    Companion,
}

/// The error for an invalid layout.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidLayout {
    /// A row ends before it begins.
    #[error("row {0} ends before it begins")]
    Backwards(String),
    /// Two seats have the same number.
    #[error("seat {0} is listed twice")]
    Twice(SeatNumber),
    /// The layout has no seats, or too many.
    #[error("a seat map must have 1 to {} seats", Layout::MAX_SEATS)]
    Size,
    /// The label of a seat would be too long.
    #[error("the label of seat {0} is longer than {max} characters", max = Layout::MAX_LABEL_CHARS)]
    Label(SeatNumber),
    /// Two seats of a schedule would have the same label.
    #[error("seats {0} and {1} would both have the label {2:?}")]
    SameLabel(SeatNumber, SeatNumber, String),
    /// The price of a seat exceeds the largest balance of a wallet.
    #[error("seat {0} costs more than the largest balance of a wallet, {max} minor units", max = .1.minor())]
    Price(SeatNumber, Money),
    /// There are too many categories.
    #[error("a seat map must have at most {} categories", Layout::MAX_CATEGORIES)]
    Categories,
    /// Two categories have the same id.
    #[error("category {0} is listed twice")]
    CategoryTwice(CategoryId),
    /// A row has a category that isn't listed.
    #[error("row {0} has the category {1}, which is not listed")]
    UnknownCategory(String, CategoryId),
    /// The price of a category would change for seats that a plan doesn't contain.
    #[error("category {0} has another price for seats that are not listed: list them, too, or use another category")]
    CategoryPrice(CategoryId),
}

impl Layout {
    /// The maximum number of seats of a layout.
    pub const MAX_SEATS: usize = 100_000;
    /// The maximum number of categories of a layout.
    pub const MAX_CATEGORIES: usize = 1_000;
    /// The maximum length of a label, in characters.
    pub const MAX_LABEL_CHARS: usize = 200;
    /// The default template of labels.
    pub const LABEL: &str = "{section} {row} {place}";

    /// Returns the number of seats, also if the layout is invalid.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.rows().map(|(_, row)| u64::from((row.to.get() + 1).saturating_sub(row.from.get()))).sum()
    }

    /// Returns the rows, each with its section.
    pub fn rows(&self) -> impl Iterator<Item = (&Section, &Row)> {
        self.sections.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)))
    }

    /// Returns the category `id`.
    #[must_use]
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == *id)
    }

    /// Returns the seats of `schedule` by this layout, by number.
    ///
    /// # Errors
    /// [`InvalidLayout`] if the layout is invalid.
    pub fn seats(&self, schedule: ScheduleId) -> Result<Vec<Seat>, InvalidLayout> {
        let seats = self.numbered(schedule)?;
        let mut labelled = HashMap::with_capacity(seats.len());
        for seat in &seats {
            if let Some(other) = labelled.insert(seat.label(), seat.number()) {
                return Err(InvalidLayout::SameLabel(other, seat.number(), seat.label().to_owned()));
            }
        }
        Ok(seats)
    }

    /// Returns the seats by number, without a check for duplicate labels.
    fn numbered(&self, schedule: ScheduleId) -> Result<Vec<Seat>, InvalidLayout> {
        if let Some((_, row)) = self.rows().find(|(_, row)| row.to < row.from) {
            return Err(InvalidLayout::Backwards(row.name.as_str().to_owned()));
        }
        // Counted before the seats are created: a short range can describe a large number of seats.
        let size = self.size();
        if size == 0 || usize::try_from(size).map_or(true, |size| size > Self::MAX_SEATS) {
            return Err(InvalidLayout::Size);
        }
        let prices = self.prices()?;
        let mut seats = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        for (section, row) in self.rows() {
            let unknown = || InvalidLayout::UnknownCategory(row.name.as_str().to_owned(), row.category.clone());
            let price = *prices.get(&row.category).ok_or_else(unknown)?;
            for (number, place) in row.numbers().zip(u64::from(row.first_place)..) {
                let label = row.label(section, number, place);
                if label.chars().count() > Self::MAX_LABEL_CHARS {
                    return Err(InvalidLayout::Label(number));
                }
                seats.push(Seat::new(schedule, number, label, price).with_accessible(row.kind == SeatKind::Accessible));
            }
        }
        seats.sort_unstable_by_key(Seat::number);
        match seats.windows(2).find(|pair| pair[0].number() == pair[1].number()) {
            Some(pair) => Err(InvalidLayout::Twice(pair[0].number())),
            None => Ok(seats),
        }
    }

    /// Returns the prices of the categories.
    fn prices(&self) -> Result<HashMap<&CategoryId, Money>, InvalidLayout> {
        if self.categories.len() > Self::MAX_CATEGORIES {
            return Err(InvalidLayout::Categories);
        }
        let mut ids = HashSet::with_capacity(self.categories.len());
        match self.categories.iter().find(|category| !ids.insert(&category.id)) {
            Some(twice) => Err(InvalidLayout::CategoryTwice(twice.id.clone())),
            None => Ok(self.categories.iter().map(|category| (&category.id, category.price)).collect()),
        }
    }
}

/// Checks that each of `seats` can be paid from a wallet with the largest balance.
pub(crate) fn check_prices(seats: &[Seat], max_balance: Money) -> Result<(), InvalidLayout> {
    match seats.iter().find(|seat| seat.price() > max_balance) {
        Some(seat) => Err(InvalidLayout::Price(seat.number(), max_balance)),
        None => Ok(()),
    }
}

impl Row {
    /// Returns the numbers of its seats.
    pub fn numbers(&self) -> impl Iterator<Item = SeatNumber> + use<> {
        (self.from.get()..=self.to.get()).filter_map(|number| SeatNumber::new(number).ok())
    }

    /// Returns the number of its seats.
    #[must_use]
    pub fn length(&self) -> u32 {
        (self.to.get() + 1).saturating_sub(self.from.get())
    }

    /// Returns the place of the seat `number` of the row.
    #[must_use]
    pub fn place(&self, number: SeatNumber) -> u32 {
        self.first_place.saturating_add(number.get().saturating_sub(self.from.get()))
    }

    /// Returns whether the first seat of `next`, a row of the same section, is the neighbour of the last seat of this one.
    #[must_use]
    pub fn is_continued_by(&self, next: &Self) -> bool {
        let continues = |last: u32, first: u32| last.checked_add(1) == Some(first);
        self.name == next.name && continues(self.to.get(), next.from.get()) && continues(self.place(self.to), next.first_place)
    }

    /// Fills in the template of the label once, from left to right: names that look like placeholders are not filled in again.
    fn label(&self, section: &Section, number: SeatNumber, place: u64) -> String {
        let (place, number) = (place.to_string(), number.to_string());
        let parts = [("{section}", section.name.as_str()), ("{row}", self.name.as_str()), ("{place}", &place), ("{number}", &number)];
        let (mut label, mut rest) = (String::new(), self.label.as_str());
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            label.push_str(before);
            let (text, length) =
                parts.iter().find(|(part, _)| from.starts_with(*part)).map_or(("{", 1), |(part, text)| (*text, part.len()));
            label.push_str(text);
            rest = &from[length..];
        }
        label.push_str(rest);
        label
    }
}

#[cfg(test)]
pub(crate) mod tests;
