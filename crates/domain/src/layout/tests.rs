use uuid::Uuid;

use super::*;

const SCHEDULE: ScheduleId = ScheduleId(Uuid::from_u128(1));

pub(crate) fn title(text: &str) -> Title {
    Title::new(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn number(number: u32) -> SeatNumber {
    SeatNumber::new(number).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn row(name: &str, from: u32, to: u32) -> Row {
    Row {
        name: title(name),
        from: number(from),
        to: number(to),
        first_place: 1,
        category: category("standard", 0).id,
        kind: SeatKind::Regular,
        label: title(Layout::LABEL),
        curve: None,
    }
}

pub(crate) fn plan(rows: Vec<Row>) -> Layout {
    let section = Section { name: title("Stalls"), outline: None, rows };
    Layout { categories: vec![category("standard", 50_000)], sections: vec![section], stage: None }
}

pub(crate) fn category(id: &str, price: i64) -> Category {
    let id = CategoryId::new(id).unwrap_or_else(|error| panic!("{id}: {error}"));
    Category { id, name: title("Standard"), colour: None, price: Money::new(price).unwrap_or_default() }
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
    let seats = plan(vec![Row { kind: SeatKind::Accessible, ..row("A", 1, 2) }, Row { kind: SeatKind::Companion, ..row("B", 3, 3) }])
        .seats(SCHEDULE);
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
    let mut plan = plan(vec![named]);
    plan.sections[0].name = title("{row}{place}");
    assert_eq!(plan.seats(SCHEDULE).map(|seats| seats[0].label().to_owned()), Ok("{row}{place} {number} {row 1".to_owned()));
}

#[test]
fn an_invalid_plan_is_refused() {
    let long = Row { label: title(&"{row}".repeat(40)), name: title("a long name"), ..row("A", 5, 5) };
    for (rows, expected) in [
        (vec![row("A", 2, 1)], InvalidLayout::Backwards("A".into())),
        (vec![row("A", 1, 3), row("B", 3, 4)], InvalidLayout::Twice(number(3))),
        (vec![], InvalidLayout::Size),
        (vec![row("A", 1, 100_001)], InvalidLayout::Size),
        (vec![row("A", 1, 1_000_000), row("B", 1, 1_000_000)], InvalidLayout::Size),
        (vec![long], InvalidLayout::Label(number(5))),
        (vec![row("A", 1, 2), row("A", 11, 12)], InvalidLayout::SameLabel(number(1), number(11), "Stalls A 1".into())),
        (vec![Row { label: title("{row}"), ..row("Box", 8, 9) }], InvalidLayout::SameLabel(number(8), number(9), "Box".into())),
    ] {
        assert_eq!(plan(rows).seats(SCHEDULE), Err(expected));
    }
    assert!(plan(vec![row("A", 1, 100_000)]).seats(SCHEDULE).is_ok());
    let continued = Row { first_place: 3, ..row("A", 11, 12) };
    assert!(plan(vec![row("A", 1, 2), continued]).seats(SCHEDULE).is_ok());
}

#[test]
fn a_seat_has_the_price_of_its_category() {
    let mut layout = plan(vec![row("A", 1, 1), Row { category: category("vip", 0).id, ..row("B", 2, 2) }]);
    let unknown = InvalidLayout::UnknownCategory("B".into(), category("vip", 0).id);
    assert_eq!(layout.seats(SCHEDULE), Err(unknown));
    layout.categories.push(category("vip", 90_000));
    let prices = layout.seats(SCHEDULE).map(|seats| seats.iter().map(|seat| seat.price().minor()).collect::<Vec<_>>());
    assert_eq!(prices, Ok(vec![50_000, 90_000]));
    layout.categories.push(category("vip", 80_000));
    assert_eq!(layout.seats(SCHEDULE), Err(InvalidLayout::CategoryTwice(category("vip", 0).id)));
    layout.categories = (0..=Layout::MAX_CATEGORIES).map(|id| category(&id.to_string(), 1)).collect();
    assert_eq!(layout.seats(SCHEDULE), Err(InvalidLayout::Categories));
}

#[test]
fn rows_of_one_name_with_consecutive_numbers_and_places_continue_each_other() {
    let next = |name: &str, from: u32, first_place: u32| Row { first_place, ..row(name, from, from + 1) };
    assert!(row("A", 1, 2).is_continued_by(&next("A", 3, 3)));
    for other in [next("B", 3, 3), next("A", 4, 3), next("A", 3, 4), next("A", 3, 1)] {
        assert!(!row("A", 1, 2).is_continued_by(&other), "{other:?}");
    }
    assert!(!next("A", 1, u32::MAX).is_continued_by(&next("A", 3, 0)));
}
