//! Seat plans: the seats of a venue as specified by an operator, by sections, rows and ranges of numbers.

mod compressed;

use std::collections::HashMap;

use thiserror::Error;

use crate::{Money, ScheduleId, Seat, SeatNumber, Title};

/// The seats of a venue, by sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatPlan {
    /// The sections.
    pub sections: Vec<Section>,
}

/// A section of the venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: Title,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of neighbouring seats.
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
    /// The price of each of its seats.
    pub price: Money,
    /// Whether its seats are wheelchair spaces.
    pub accessible: bool,
    /// The template of its seats' labels, with the placeholders `{section}`, `{row}`, `{place}` and `{number}`.
    pub label: Title,
}

/// The error for an invalid plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidSeatPlan {
    /// A row ends before it begins.
    #[error("row {0} ends before it begins")]
    Backwards(String),
    /// Two seats have the same number.
    #[error("seat {0} is listed twice")]
    Twice(SeatNumber),
    /// The plan has no seats, or too many.
    #[error("a seat map must have 1 to {} seats", SeatPlan::MAX_SEATS)]
    Size,
    /// The label of a seat would be too long.
    #[error("the label of seat {0} is longer than {max} characters", max = SeatPlan::MAX_LABEL_CHARS)]
    Label(SeatNumber),
    /// Two seats of a schedule would have the same label.
    #[error("seats {0} and {1} would both have the label {2:?}")]
    SameLabel(SeatNumber, SeatNumber, String),
    /// The price of a seat exceeds the largest balance of a wallet.
    #[error("seat {0} costs more than the largest balance of a wallet, {max} minor units", max = .1.minor())]
    Price(SeatNumber, Money),
}

impl SeatPlan {
    /// The maximum number of seats of a plan.
    pub const MAX_SEATS: usize = 100_000;
    /// The maximum length of a label, in characters.
    pub const MAX_LABEL_CHARS: usize = 200;
    /// The default template of labels.
    pub const LABEL: &str = "{section} {row} {place}";

    /// Returns the number of seats in the plan, also if it is invalid.
    #[must_use]
    pub fn size(&self) -> u64 {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| u64::from((row.to.get() + 1).saturating_sub(row.from.get()))).sum()
    }

    /// Returns the seats of `schedule` by this plan, by number.
    ///
    /// # Errors
    /// [`InvalidSeatPlan`] if the plan is invalid.
    pub fn seats(&self, schedule: ScheduleId) -> Result<Vec<Seat>, InvalidSeatPlan> {
        let seats = self.numbered(schedule)?;
        let mut labelled = HashMap::with_capacity(seats.len());
        for seat in &seats {
            if let Some(other) = labelled.insert(seat.label(), seat.number()) {
                return Err(InvalidSeatPlan::SameLabel(other, seat.number(), seat.label().to_owned()));
            }
        }
        Ok(seats)
    }

    /// Returns the seats by number, without a check for duplicate labels.
    fn numbered(&self, schedule: ScheduleId) -> Result<Vec<Seat>, InvalidSeatPlan> {
        let rows = || self.sections.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)));
        if let Some((_, row)) = rows().find(|(_, row)| row.to < row.from) {
            return Err(InvalidSeatPlan::Backwards(row.name.as_str().to_owned()));
        }
        // Counted before the seats are created: a short range can describe a large number of seats.
        let size = self.size();
        if size == 0 || usize::try_from(size).map_or(true, |size| size > Self::MAX_SEATS) {
            return Err(InvalidSeatPlan::Size);
        }
        let mut seats = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        for (section, row) in rows() {
            for (number, place) in (row.from.get()..=row.to.get()).zip(u64::from(row.first_place)..) {
                let number = SeatNumber::new(number).map_err(|_| InvalidSeatPlan::Size)?;
                let label = row.label(section, number, place);
                if label.chars().count() > Self::MAX_LABEL_CHARS {
                    return Err(InvalidSeatPlan::Label(number));
                }
                seats.push(Seat::new(schedule, number, label, row.price).with_accessible(row.accessible));
            }
        }
        seats.sort_unstable_by_key(Seat::number);
        match seats.windows(2).find(|pair| pair[0].number() == pair[1].number()) {
            Some(pair) => Err(InvalidSeatPlan::Twice(pair[0].number())),
            None => Ok(seats),
        }
    }
}

/// Checks that each of `seats` can be paid from a wallet with the largest balance.
pub(crate) fn check_prices(seats: &[Seat], max_balance: Money) -> Result<(), InvalidSeatPlan> {
    match seats.iter().find(|seat| seat.price() > max_balance) {
        Some(seat) => Err(InvalidSeatPlan::Price(seat.number(), max_balance)),
        None => Ok(()),
    }
}

impl Row {
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
mod tests {
    use uuid::Uuid;

    use super::*;

    const SCHEDULE: ScheduleId = ScheduleId(Uuid::from_u128(1));

    fn title(text: &str) -> Title {
        Title::new(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn number(number: u32) -> SeatNumber {
        SeatNumber::new(number).unwrap_or_else(|error| panic!("{error}"))
    }

    fn row(name: &str, from: u32, to: u32) -> Row {
        let price = Money::new(50_000).unwrap_or_default();
        Row {
            name: title(name),
            from: number(from),
            to: number(to),
            first_place: 1,
            price,
            accessible: false,
            label: title(SeatPlan::LABEL),
        }
    }

    fn plan(rows: Vec<Row>) -> SeatPlan {
        SeatPlan { sections: vec![Section { name: title("Stalls"), rows }] }
    }

    #[test]
    fn a_plan_yields_its_seats_by_number() {
        let reversed = plan(vec![Row { first_place: 7, ..row("B", 3, 4) }, row("A", 1, 2)]);
        let seats = reversed.seats(SCHEDULE).unwrap_or_else(|error| panic!("{error}"));
        let labels: Vec<_> = seats.iter().map(|seat| (seat.number().get(), seat.label())).collect();
        assert_eq!(labels, [(1, "Stalls A 1"), (2, "Stalls A 2"), (3, "Stalls B 7"), (4, "Stalls B 8")]);
        assert!(seats.iter().all(|seat| seat.schedule() == SCHEDULE && seat.price().minor() == 50_000));
    }

    #[test]
    fn the_seats_of_an_accessible_row_are_accessible() {
        let seats = plan(vec![Row { accessible: true, ..row("A", 1, 2) }, row("B", 3, 3)]).seats(SCHEDULE);
        let accessible = |seats: Vec<Seat>| seats.iter().map(Seat::is_accessible).collect::<Vec<_>>();
        assert_eq!(seats.map(accessible), Ok(vec![true, true, false]));
    }

    #[test]
    fn labels_follow_the_template_of_the_plan() {
        let seats = plan(vec![Row { label: title("{number}/{place} in {row}"), first_place: 100, ..row("C", 9, 9) }]).seats(SCHEDULE);
        assert_eq!(seats.map(|seats| seats[0].label().to_owned()), Ok("9/100 in C".to_owned()));
    }

    #[test]
    fn names_that_look_like_placeholders_are_not_filled_in() {
        let label = title("{section} {row} {row {place}");
        let named = Row { label, name: title("{number}"), ..row("A", 9, 9) };
        let plan = SeatPlan { sections: vec![Section { name: title("{row}{place}"), rows: vec![named] }] };
        assert_eq!(plan.seats(SCHEDULE).map(|seats| seats[0].label().to_owned()), Ok("{row}{place} {number} {row 1".to_owned()));
    }

    #[test]
    fn an_invalid_plan_is_refused() {
        let long = Row { label: title(&"{row}".repeat(40)), name: title("a long name"), ..row("A", 5, 5) };
        for (rows, expected) in [
            (vec![row("A", 2, 1)], InvalidSeatPlan::Backwards("A".into())),
            (vec![row("A", 1, 3), row("B", 3, 4)], InvalidSeatPlan::Twice(number(3))),
            (vec![], InvalidSeatPlan::Size),
            (vec![row("A", 1, 100_001)], InvalidSeatPlan::Size),
            (vec![row("A", 1, 1_000_000), row("B", 1, 1_000_000)], InvalidSeatPlan::Size),
            (vec![long], InvalidSeatPlan::Label(number(5))),
            (vec![row("A", 1, 2), row("A", 11, 12)], InvalidSeatPlan::SameLabel(number(1), number(11), "Stalls A 1".into())),
            (vec![Row { label: title("{row}"), ..row("Box", 8, 9) }], InvalidSeatPlan::SameLabel(number(8), number(9), "Box".into())),
        ] {
            assert_eq!(plan(rows).seats(SCHEDULE), Err(expected));
        }
        assert!(plan(vec![row("A", 1, 100_000)]).seats(SCHEDULE).is_ok());
        let continued = Row { first_place: 3, ..row("A", 11, 12) };
        assert!(plan(vec![row("A", 1, 2), continued]).seats(SCHEDULE).is_ok());
    }
}
