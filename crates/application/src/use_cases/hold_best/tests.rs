use domain::testing::{ADA, BEN, SCHEDULE, a_concert, a_hold, a_queue, a_schedule, a_seat, an_admitted_token, idempotency, on_sale, pass};
use domain::{LoggedRow, Operation, Rows, SeatNumber};

use super::*;
use crate::ReadModel as _;
use crate::ports::{MockCatalogue, MockTokens};
use crate::testing::{CountingIds, MockedLanes, StoppedClock, a_waiting_room};
use crate::{Layouts, SeatMaps};

/// The number of seats, in one row.
const SEATS: u32 = 50;
const LIMIT: usize = 1 << 20;

/// Returns rows in which Ada is active and Ben holds the first `taken` seats.
fn a_store(taken: u32) -> Rows {
    let bens = (taken > 0).then(|| a_hold(BEN, &(1..=taken).collect::<Vec<_>>()));
    let seat = |number| match &bens {
        Some(hold) if number <= taken => a_seat(number).held_under(hold),
        Some(_) | None => a_seat(number),
    };
    let mut rows = on_sale().with(an_admitted_token(ADA));
    rows.add_all((1..=SEATS).map(seat));
    rows.add_all(bens);
    rows
}

/// Holds the best seats for Ada over lanes with `rows`. In memory, all seats are free, and Ada is active if `is_known`.
async fn hold_best(rows: Rows, is_known: bool, wish: Wish) -> Result<Answer<Outcome>, Error> {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_queues().returning(|| Ok(vec![a_queue()]));
    catalogue.expect_concerts().returning(|page| Ok(if page.after.is_none() { vec![a_concert()] } else { vec![] }));
    catalogue.expect_schedules().returning(|_| Ok(vec![a_schedule()]));
    catalogue.expect_seats().returning(|_| Ok((1..=SEATS).map(a_seat).collect()));
    let catalogue = Arc::new(catalogue);
    let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), Arc::<StoppedClock>::default(), LIMIT));
    let layouts = Arc::new(Layouts::new(catalogue.clone(), seat_maps.clone(), LIMIT));
    let best_seats = Arc::new(BestSeats::new(seat_maps, layouts, LIMIT));
    let mut tokens = MockTokens::new();
    tokens.expect_tokens().returning(|_| Ok(vec![]));
    let room = Arc::new(a_waiting_room(Arc::new(tokens), Arc::new(MockCatalogue::new()), Arc::<StoppedClock>::default()));
    if is_known {
        let token = an_admitted_token(ADA);
        room.apply(LoggedRow::Token(Versioned::new(token.version, (&token.row).into())));
    }
    let model = Arc::new(CatalogueModel::new(catalogue, LIMIT));
    model.fill().await.unwrap();
    let hold = async |commits| {
        let use_case = HoldBestSeats::new(commits, Arc::new(CountingIds::default()), best_seats, model, room);
        use_case.execute(pass(ADA), idempotency(ADA, Operation::Hold, "best"), SCHEDULE, wish).await
    };
    MockedLanes::with_rows(rows).run(hold).await
}

fn two_seats() -> Wish {
    Wish { count: 2.try_into().unwrap(), together: true, accessible: false, category: None, section: None }
}

fn numbers(held: Result<Answer<Outcome>, Error>) -> Vec<u32> {
    let Ok(Answer { outcome: Outcome::Held { reservation, .. }, .. }) = held else { panic!("seats should be held: {held:?}") };
    reservation.numbers().map(SeatNumber::get).collect()
}

#[tokio::test]
async fn what_the_decision_finds_taken_is_left_out_of_the_next_choice() {
    // 24 of 25 pairs: more than the choices of all attempts if each repeated the ones before.
    assert_eq!(numbers(hold_best(a_store(48), true, two_seats()).await), [49, 50]);
}

#[tokio::test]
async fn if_all_seats_are_taken_the_hold_is_refused() {
    let refused = hold_best(a_store(SEATS), true, two_seats()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NoAdjacentSeats { .. }))), "{refused:?}");
    let refused = hold_best(a_store(SEATS - 1), true, two_seats()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NoAdjacentSeats { .. }))), "{refused:?}");
}

#[tokio::test]
async fn seats_are_chosen_for_a_user_whom_only_the_store_knows_as_active() {
    let held = numbers(hold_best(a_store(0), false, two_seats()).await);
    assert_eq!((held.len(), held[0] + 1), (2, held[1]), "neighbours");
}

#[tokio::test]
async fn an_unknown_category_is_an_error_of_active_users_only() {
    let category = domain::layout::CategoryId::new("unknown").unwrap();
    let unknown = || Wish { category: Some(category.clone()), ..two_seats() };
    let refused = hold_best(a_store(0), true, unknown()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Contradiction { field: Field::Category, .. }))), "{refused:?}");
    let without_token = on_sale().with(a_seat(1));
    let refused = hold_best(without_token, true, unknown()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::TokenMismatch))), "{refused:?}");
}
