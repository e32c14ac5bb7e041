//! Where the seats of a layout are: the row of each, and its neighbours.

use std::ops::Range;

use super::{Layout, Row, Section};
use crate::SeatNumber;

/// Where a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Its section.
    pub section: &'a Section,
    /// Its row.
    pub row: &'a Row,
    /// Its place on the row's labels.
    pub place: u32,
}

/// The places of the seats of a layout, for many lookups.
#[derive(Debug, Clone)]
pub struct Places<'a>(Vec<(&'a Section, &'a Row)>);

/// Neighbouring seats: those of rows that continue each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The index of the section.
    pub section: usize,
    /// The indexes of the rows within the section.
    pub rows: Range<usize>,
    /// The number of the first seat.
    pub from: SeatNumber,
    /// The number of the last seat.
    pub to: SeatNumber,
}

impl<'a> Places<'a> {
    /// Returns the place of the seat `number`; none if the layout doesn't have the seat.
    #[must_use]
    pub fn find(&self, number: SeatNumber) -> Option<Place<'a>> {
        let after = self.0.partition_point(|(_, row)| row.from <= number);
        let (section, row) = *self.0.get(after.checked_sub(1)?)?;
        (number <= row.to).then(|| Place { section, row, place: row.place(number) })
    }
}

impl Layout {
    /// Returns the places of its seats.
    #[must_use]
    pub fn places(&self) -> Places<'_> {
        let mut rows: Vec<_> = self.rows().collect();
        rows.sort_unstable_by_key(|(_, row)| row.from);
        Places(rows)
    }

    /// Returns the runs of neighbouring seats, section by section: a seat is the neighbour of those whose numbers are one lower and one
    /// higher in the same run.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (section, Section { rows, .. }) in self.sections.iter().enumerate() {
            let mut first = 0;
            for line in rows.chunk_by(Row::is_continued_by) {
                let rows = first..first + line.len();
                first = rows.end;
                if let (Some(from), Some(to)) = (line.first(), line.last()) {
                    runs.push(Run { section, rows, from: from.from, to: to.to });
                }
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::super::SeatKind;
    use super::super::tests::{number, plan, row};
    use super::*;

    #[test]
    fn the_place_of_a_seat_is_found_by_its_number() {
        let layout = plan(vec![Row { first_place: 7, ..row("B", 5, 6) }, row("A", 1, 2)]);
        let places = layout.places();
        let found = |at| places.find(number(at)).map(|place| (place.section.name.as_str(), place.row.name.as_str(), place.place));
        assert_eq!([1, 2, 5, 6].map(found), [("A", 1), ("A", 2), ("B", 7), ("B", 8)].map(|(row, place)| Some(("Stalls", row, place))));
        assert_eq!([3, 4, 7].map(found), [None; 3]);
        assert!(Layout::default().places().find(number(1)).is_none());
    }

    #[test]
    fn rows_that_continue_each_other_are_one_run() {
        let companion = Row { kind: SeatKind::Companion, first_place: 3, ..row("A", 3, 3) };
        let layout = plan(vec![row("A", 1, 2), companion, row("B", 4, 5), row("B", 7, 8)]);
        let runs: Vec<_> = layout.runs().into_iter().map(|run| (run.rows, run.from.get(), run.to.get())).collect();
        assert_eq!(runs, [(0..2, 1, 3), (2..3, 4, 5), (3..4, 7, 8)]);
    }
}
