//! Best available: the choice of seats for users who leave it to the service. It picks neighbours as near to the centre of the stage as
//! possible, leaves no single free seat if that can be avoided, and prefers to leave even numbers of neighbours, which pairs can fill.
//!
//! ```text
//!   two seats of free neighbours:
//!   ■ □ □ □ □ ■     ■ □ □ □ □ ■     ■ □ □ □ ■
//!     └─┘                └─┘          └─┘
//!   good            leaves two      leaves a single seat: only if
//!                   single seats    there are no other neighbours
//! ```
//!
//! The choice is made on a read model, which may be behind the store. So it returns several candidates, and the decision takes the first
//! whose seats are all available.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;

use crate::layout::{CategoryId, Geometry, Layout, Point, SeatKind};
use crate::seat_selection::SeatSelection;
use crate::{SeatNumber, Title};

/// The seats that a user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// How many.
    pub count: NonZeroU32,
    /// Whether they must be neighbours. Otherwise they are chosen in as few parts as possible if there are no such neighbours.
    pub together: bool,
    /// Whether one of them must be a wheelchair space, and the others wheelchair spaces or seats for companions. Otherwise they are neither.
    pub accessible: bool,
    /// Their category; none: any.
    pub category: Option<CategoryId>,
    /// The name of their section; none: any.
    pub section: Option<Title>,
}

/// The part of a wish that a hall doesn't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The category.
    Category,
    /// The section.
    Section,
}

/// The seats of a layout, each with its distance from the centre of the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hall {
    categories: Vec<CategoryId>,
    runs: Vec<Run>,
}

/// Neighbouring seats, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    section: Title,
    seats: Vec<RatedSeat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RatedSeat {
    number: SeatNumber,
    /// The index of its category; none if the layout doesn't list it.
    category: Option<u16>,
    kind: SeatKind,
    distance: u32,
}

impl Hall {
    /// Returns the seats of `layout`.
    #[must_use]
    pub fn of(layout: &Layout) -> Self {
        let categories: Vec<_> = layout.categories.iter().map(|category| category.id.clone()).collect();
        let geometry = Geometry::of(layout);
        let stage = geometry.stage_centre();
        let index = |id: &CategoryId| categories.iter().position(|known| known == id).and_then(|index| u16::try_from(index).ok());
        let runs = layout.runs().into_iter().filter_map(|run| {
            let section = layout.sections.get(run.section)?;
            let curves = &geometry.sections.get(run.section)?.rows;
            let rows = section.rows.iter().zip(curves).take(run.rows.end).skip(run.rows.start);
            let seats = rows.flat_map(|(row, curve)| {
                let category = index(&row.category);
                let rated = move |(number, at)| {
                    let distance = distance(curve.seat(at, row.length()), stage);
                    RatedSeat { number, category, kind: row.kind, distance }
                };
                row.numbers().zip(0..).map(rated)
            });
            Some(Run { section: section.name.clone(), seats: seats.collect() })
        });
        let runs = runs.collect();
        Self { categories, runs }
    }

    /// Returns the number of seats.
    #[must_use]
    pub fn size(&self) -> usize {
        self.runs.iter().map(|run| run.seats.len()).sum()
    }

    /// Returns at most `at_most` choices of free seats for `wish`, the best first, with no seat in common.
    ///
    /// # Errors
    /// [`Unknown`] if the hall has no such category or section.
    pub fn choices(&self, wish: &Wish, is_free: impl Fn(SeatNumber) -> bool, at_most: usize) -> Result<Vec<SeatSelection>, Unknown> {
        let find = |id: &CategoryId| self.categories.iter().position(|known| known == id).ok_or(Unknown::Category);
        let category = wish.category.as_ref().map(find).transpose()?.and_then(|index| u16::try_from(index).ok());
        let is_wanted = |run: &&Run| wish.section.as_ref().is_none_or(|name| run.section == *name);
        if !self.runs.iter().any(|run| is_wanted(&run)) {
            return Err(Unknown::Section);
        }
        let accepts = |seat: &RatedSeat| {
            let fits = if wish.accessible { seat.kind != SeatKind::Regular } else { seat.kind == SeatKind::Regular };
            fits && (category.is_none() || seat.category == category) && is_free(seat.number)
        };
        let free = self.runs.iter().filter(is_wanted).flat_map(|run| run.seats.split(|seat| !accepts(seat)));
        Ok(choose(free.collect(), wish, at_most))
    }
}

/// Returns the distance between two points, rounded down.
fn distance(a: Point, b: Point) -> u32 {
    let square = |a: i32, b: i32| u64::from(a.abs_diff(b)).pow(2);
    u32::try_from((square(a.x, b.x) + square(a.y, b.y)).isqrt()).unwrap_or(u32::MAX)
}

fn choose(runs: Vec<&[RatedSeat]>, wish: &Wish, at_most: usize) -> Vec<SeatSelection> {
    let count = usize::try_from(wish.count.get()).unwrap_or(usize::MAX);
    let together: Vec<_> = FreeRuns::new(runs.clone(), count, wish.accessible).take(at_most).map(<[RatedSeat]>::to_vec).collect();
    let choices: Vec<_> = if together.is_empty() && !wish.together {
        in_parts(runs, count).filter(|seats| !wish.accessible || seats.iter().any(is_accessible)).into_iter().collect()
    } else {
        together
    };
    choices.into_iter().filter_map(|seats| SeatSelection::new(seats.iter().map(|seat| seat.number).collect()).ok()).collect()
}

/// Chooses `count` seats in as few parts as possible; none if fewer are free.
fn in_parts(mut runs: Vec<&[RatedSeat]>, count: usize) -> Option<Vec<RatedSeat>> {
    let mut chosen = Vec::new();
    while chosen.len() < count {
        let longest = runs.iter().map(|run| run.len()).max().filter(|longest| *longest > 0)?;
        let mut free = FreeRuns::new(runs, longest.min(count - chosen.len()), false);
        chosen.extend_from_slice(free.next()?);
        runs = free.rest();
    }
    Some(chosen)
}

fn is_accessible(seat: &RatedSeat) -> bool {
    seat.kind == SeatKind::Accessible
}

/// The runs of neighbouring free seats from which choices of `count` seats are taken, the best first.
struct FreeRuns<'a> {
    count: usize,
    /// Whether each choice must have a wheelchair space.
    accessible: bool,
    heap: BinaryHeap<Reverse<Ranked<'a>>>,
    /// The runs that have no choice.
    others: Vec<&'a [RatedSeat]>,
}

/// A run with its best choice.
struct Ranked<'a> {
    rank: Rank,
    run: &'a [RatedSeat],
    /// The index of the first chosen seat in the run.
    from: usize,
}

/// The quality of a choice: the lowest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// How many single free seats it leaves beside it.
    left_alone: usize,
    /// Whether it leaves an odd number of free seats on both sides, although pairs, the most frequent wish, could fill an even number.
    splits_pair: bool,
    /// The sum of the distances of its seats.
    distance: u64,
    /// Decides between equals.
    first: SeatNumber,
}

impl<'a> FreeRuns<'a> {
    fn new(runs: Vec<&'a [RatedSeat]>, count: usize, accessible: bool) -> Self {
        let mut free = Self { count, accessible, heap: BinaryHeap::with_capacity(runs.len()), others: Vec::new() };
        for run in runs {
            free.add(run);
        }
        free
    }

    fn add(&mut self, run: &'a [RatedSeat]) {
        match self.best(run) {
            Some(ranked) => self.heap.push(Reverse(ranked)),
            None => self.others.push(run),
        }
    }

    /// Returns the run with its best choice, if it has one.
    fn best(&self, run: &'a [RatedSeat]) -> Option<Ranked<'a>> {
        let rank = |(from, seats): (usize, &[RatedSeat])| {
            let left = [from, run.len() - from - self.count];
            let left_alone = left.iter().filter(|left| **left == 1).count();
            let splits_pair = left.iter().all(|left| left % 2 == 1);
            let distance = seats.iter().map(|seat| u64::from(seat.distance)).sum();
            let first = seats.first().filter(|_| !self.accessible || seats.iter().any(is_accessible))?.number;
            Some(Ranked { rank: Rank { left_alone, splits_pair, distance, first }, run, from })
        };
        run.windows(self.count).enumerate().filter_map(rank).min_by_key(|ranked| ranked.rank)
    }

    /// Returns what wasn't chosen.
    fn rest(self) -> Vec<&'a [RatedSeat]> {
        self.heap.into_iter().map(|Reverse(ranked)| ranked.run).chain(self.others).collect()
    }
}

impl<'a> Iterator for FreeRuns<'a> {
    type Item = &'a [RatedSeat];

    fn next(&mut self) -> Option<&'a [RatedSeat]> {
        let Reverse(Ranked { run, from, .. }) = self.heap.pop()?;
        let (before, rest) = run.split_at(from);
        let (chosen, after) = rest.split_at(self.count);
        self.add(before);
        self.add(after);
        Some(chosen)
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Ranked<'_> {}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::layout::tests::{category, row, title};
    use crate::layout::{Row, Section};

    /// Returns a hall of one section with these rows, the first nearest to the stage.
    fn hall(rows: Vec<Row>) -> Hall {
        let section = Section { name: title("Stalls"), outline: None, rows };
        Hall::of(&Layout {
            categories: vec![category("standard", 50_000), category("front", 90_000)],
            sections: vec![section],
            stage: None,
        })
    }

    fn wish(count: u32) -> Wish {
        let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Wish { count, together: true, accessible: false, category: None, section: None }
    }

    fn choices(hall: &Hall, taken: &[u32], wish: &Wish, at_most: usize) -> Vec<Vec<u32>> {
        let choices = hall.choices(wish, |number| !taken.contains(&number.get()), at_most).unwrap_or_else(|error| panic!("{error:?}"));
        choices.iter().map(|seats| seats.numbers().iter().map(|number| number.get()).collect()).collect()
    }

    const NONE: Vec<Vec<u32>> = Vec::new();

    #[test]
    fn the_neighbours_nearest_to_the_centre_of_the_stage_come_first() {
        assert_eq!(choices(&hall(vec![row("A", 1, 10)]), &[], &wish(2), 3), [[5, 6], [3, 4], [7, 8]]);
        assert_eq!(choices(&hall(vec![row("A", 1, 11)]), &[], &wish(3), 1), [[5, 6, 7]]);
        assert_eq!(
            choices(&hall(vec![row("A", 1, 10), row("B", 11, 20)]), &[5, 6], &wish(2), 2),
            [[3, 4], [7, 8]],
            "row A is nearer than row B"
        );
    }

    #[test]
    fn no_single_seat_is_left_free_if_that_can_be_avoided() {
        assert_eq!(choices(&hall(vec![row("A", 1, 4)]), &[], &wish(2), 1), [[1, 2]], "2 and 3 would leave two single seats");
        let two = hall(vec![row("A", 1, 3), row("B", 11, 20)]);
        assert_eq!(choices(&two, &[11, 12, 13, 14, 15, 16], &wish(2), 1), [[17, 18]], "of four neighbours rather than of three");
        assert_eq!(choices(&hall(vec![row("A", 1, 3)]), &[], &wish(2), 1), [[1, 2]], "it can't be avoided");
        let six_to_twelve = choices(&hall(vec![row("A", 1, 14)]), &[1, 2, 3, 4, 5, 13, 14], &wish(2), 1);
        assert_eq!(six_to_twelve, [[6, 7]], "7 and 8 are in the middle, but would leave 6 alone; an odd number is left in any case");
        assert_eq!(choices(&hall(vec![row("A", 1, 4)]), &[2], &wish(1), 1), [[1]], "a single seat rather than one of two neighbours");
    }

    #[test]
    fn an_even_number_of_neighbours_stays_even_for_pairs() {
        let chosen = choices(&hall(vec![row("A", 1, 20)]), &[], &wish(2), 1);
        assert_eq!(chosen, [[9, 10]], "10 and 11 in the middle would leave nine on each side");
    }

    #[test]
    fn a_nearer_row_with_an_odd_number_of_seats_comes_before_a_farther_one_with_an_even_number() {
        let rows = hall(vec![row("A", 1, 25), row("B", 26, 45)]);
        assert_eq!(choices(&rows, &[], &wish(2), 1), [[12, 13]]);
    }

    #[test]
    fn neighbours_are_in_one_row_without_a_taken_seat_between_them() {
        let hall = hall(vec![row("A", 1, 3), row("B", 4, 6)]);
        assert_eq!(choices(&hall, &[2, 5], &wish(2), 9), NONE);
        assert_eq!(choices(&hall, &[2], &wish(3), 9), [[4, 5, 6]]);
    }

    #[test]
    fn seats_that_need_not_be_together_are_chosen_in_few_parts() {
        let apart = |count| Wish { together: false, ..wish(count) };
        let two = hall(vec![row("A", 1, 3), row("B", 4, 6)]);
        assert_eq!(choices(&two, &[2, 6], &apart(3), 9), [[1, 4, 5]]);
        assert_eq!(choices(&hall(vec![row("A", 1, 4)]), &[], &apart(4), 1), [[1, 2, 3, 4]]);
        assert_eq!(choices(&hall(vec![row("A", 1, 4)]), &[1], &apart(4), 9), NONE, "only three are free");
    }

    #[test]
    fn wheelchair_spaces_are_chosen_only_on_request_and_with_companions() {
        let kinds = |kind, from, to, first_place| Row { first_place, kind, ..row("A", from, to) };
        let hall = hall(vec![
            row("A", 1, 2),
            kinds(SeatKind::Companion, 3, 4, 3),
            kinds(SeatKind::Accessible, 5, 5, 5),
            kinds(SeatKind::Companion, 6, 6, 6),
        ]);
        let accessible = |count| Wish { accessible: true, ..wish(count) };
        assert_eq!(choices(&hall, &[], &wish(1), 9).concat().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
        assert_eq!(choices(&hall, &[], &accessible(1), 9), [[5]]);
        assert_eq!(choices(&hall, &[], &accessible(2), 9), [[5, 6]]);
        assert_eq!(choices(&hall, &[5], &accessible(2), 9), NONE, "companions' seats alone are not accessible");
        assert_eq!(choices(&hall, &[5], &Wish { together: false, ..accessible(2) }, 9), NONE);
    }

    #[test]
    fn the_category_and_the_section_are_as_wanted() {
        let front = Row { category: category("front", 0).id, first_place: 3, ..row("A", 3, 4) };
        let hall = hall(vec![row("A", 1, 2), front, row("B", 5, 6)]);
        let of = |id: &str| Wish { category: Some(category(id, 0).id), ..wish(2) };
        assert_eq!(choices(&hall, &[], &of("front"), 9), [[3, 4]]);
        assert_eq!(choices(&hall, &[], &Wish { section: Some(title("Stalls")), ..of("standard") }, 9), [[1, 2], [5, 6]]);
        let unknown = |wish: &Wish| hall.choices(wish, |_| true, 1);
        assert_eq!(unknown(&of("back")), Err(Unknown::Category));
        assert_eq!(unknown(&Wish { section: Some(title("Balcony")), ..wish(2) }), Err(Unknown::Section));
    }

    proptest! {
        #[test]
        fn every_choice_is_of_free_neighbours_and_no_seat_is_in_two(
            taken in prop::collection::btree_set(1..=60_u32, 0..50),
            count in 1..5_u32,
        ) {
            let rows = [1..=20, 21..=40, 41..=60_u32];
            let hall = hall(rows.iter().map(|row_of| row(&row_of.start().to_string(), *row_of.start(), *row_of.end())).collect());
            let taken: Vec<u32> = taken.into_iter().collect();
            let chosen = choices(&hall, &taken, &wish(count), 60);
            let mut seen = BTreeSet::new();
            for seats in &chosen {
                prop_assert_eq!(seats.len(), count as usize);
                prop_assert!(seats.windows(2).all(|pair| pair[0] + 1 == pair[1]));
                prop_assert!(rows.iter().any(|row| seats.iter().all(|seat| row.contains(seat))));
                prop_assert!(seats.iter().all(|seat| !taken.contains(seat) && seen.insert(*seat)));
            }
            let free = |from: u32| (from..from + count).all(|seat| !taken.contains(&seat));
            let exists = rows.iter().any(|row| (*row.start()..=*row.end() + 1 - count).any(free));
            prop_assert_eq!(!chosen.is_empty(), exists, "a choice is found if there is one");
        }

        #[test]
        fn pairs_sell_out_a_hall_whose_rows_have_even_numbers_of_seats(picks in prop::collection::vec(0..3_usize, 22)) {
            let hall = hall(vec![row("A", 1, 10), row("B", 11, 30), row("C", 31, 44)]);
            let mut taken = Vec::new();
            for pick in picks {
                let chosen = choices(&hall, &taken, &wish(2), 3);
                prop_assert!(!chosen.is_empty(), "{} seats are sold", taken.len());
                taken.extend_from_slice(&chosen[pick % chosen.len()]);
            }
            prop_assert_eq!(taken.len(), 44);
        }
    }
}
