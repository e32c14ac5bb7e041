//! The audit port.

use std::time::Duration;

use application::PageRequest;
use application::ports::Invariant;
use domain::change::Admission;
use domain::need::QueueHead;
use domain::{
    CancelReason, Change, Payment, PaymentState, QueueToken, Reservation, ReservationState, ReservedSeat, Seat, SeatState, TokenState,
    Versioned, Wallet, WalletEntry, WalletEntryKind, Write,
};

use crate::Adapter;
use crate::world::{ADA, BEN, CYD, SCHEDULE, World, guest, won};

/// `audit`: finds no violation in an empty store, nor in one with rows of every kind; each invariant is checked once.
pub async fn a_consistent_store_passes_the_audit(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.assert_audit_is_clean().await;
    fixture(&world).await;
    world.assert_audit_is_clean().await;
    assert_eq!(current_drift(&world).await, 0, "balances must match charges, payments and refunds");
    let findings = world.ports.audit.audit().await.unwrap();
    let mut checked: Vec<_> = findings.iter().map(|finding| finding.invariant).collect();
    checked.sort_unstable();
    assert_eq!(checked, Invariant::ALL, "each invariant must be checked once");
}

/// `check_ledger`: the difference between a wallet's balance and its charges is reported as drift, unless the store refuses to write the balance.
pub async fn an_unexplained_balance_is_drift(adapter: &dyn Adapter) {
    for (balance, drift) in [(100_007, 7), (99_995, -5)] {
        let world = World::with_halls(adapter, 4).await;
        let fixture = fixture(&world).await;
        let wallet = Wallet::restore(ADA, won(balance), fixture.wallet.last_sequence());
        let damage = Change::default().writing(Write::update(&fixture.wallet, wallet));
        let expected = if world.commit(&damage).await.is_ok() { drift } else { 0 };
        assert_eq!(current_drift(&world).await, expected);
    }
}

/// Returns the drift by a new check of the ledger.
async fn current_drift(world: &World) -> i64 {
    let check = world.ports.audit.check_ledger(Duration::ZERO).await.unwrap().expect("no other process checks the ledger");
    assert_eq!((check.at, check.is_new), (world.now(), true));
    check.drift
}

/// The rows to damage: Ada holds seat 1 and has money, Ben has bought seat 2 and joined again, Cyd's seat 3 was refunded, two users wait.
struct Fixture {
    hold: Versioned<Reservation>,
    held_seat: Versioned<Seat>,
    sold: Versioned<Reservation>,
    payment: Versioned<Payment>,
    bens_old_token: Versioned<QueueToken>,
    refunded: Versioned<Payment>,
    last_waiting: Versioned<QueueToken>,
    wallet: Versioned<Wallet>,
    last_entry: WalletEntry,
    bens_wallet: Versioned<Wallet>,
}

async fn fixture(world: &World) -> Fixture {
    let (sold, payment) = world.bought(BEN, SCHEDULE, &[2]).await;
    let (_, refunded) = world.bought(CYD, SCHEDULE, &[3]).await;
    world.refunded(CYD, refunded.id()).await;
    world.joined(BEN).await;
    let ada = world.admitted(ADA).await;
    world.charged(ADA, 100_000).await;
    let hold = world.held(ada, SCHEDULE, &[1]).await;
    world.joined(guest(50)).await;
    let last_waiting = world.joined(guest(51)).await;
    Fixture {
        hold: world.reservation(hold.id(), 1).await,
        held_seat: world.seats(SCHEDULE, &[1]).await.remove(0),
        sold: world.reservation(sold.id(), 2).await,
        payment: world.payment(payment.id(), 1).await,
        bens_old_token: world.token(sold.token()).await,
        refunded: world.payment(refunded.id(), 2).await,
        last_waiting: world.token(last_waiting).await,
        wallet: world.wallet(ADA, 2).await,
        bens_wallet: world.wallet(BEN, 3).await,
        last_entry: world.ports.wallets.entries(ADA, PageRequest { after: None, size: 1 }).await.unwrap().remove(0),
    }
}

/// `audit`: finds a violation that was written past the rules of the domain, unless the store refuses to write it.
pub async fn a_violation_is_refused_or_found_by_the_audit(adapter: &dyn Adapter) {
    let count = damages(&World::with_halls(adapter, 4).await).await.len();
    for number in 0..count {
        let world = World::with_halls(adapter, 4).await;
        let (promise, what, damage) = damages(&world).await.remove(number);
        world.assert_audit_is_clean().await;
        if world.commit_group(&damage).await.iter().all(Result::is_ok) {
            let violations = world.violations().await;
            assert!(violations.iter().any(|(found, _)| *found == promise), "{promise}: {what}: found {violations:?}");
        } else {
            world.assert_audit_is_clean().await;
        }
    }
}

async fn damages(world: &World) -> Vec<(&'static str, &'static str, Vec<Change>)> {
    let fixture = fixture(world).await;
    let mut damages = Vec::new();
    let mut damage = |promise, what, change| damages.push((promise, what, vec![change]));
    for (what, change) in seat_damages(world, &fixture) {
        damage("P1", what, change);
    }
    for (what, change) in wallet_damages(world, &fixture) {
        damage("P2", what, change);
    }
    for (what, change) in payment_damages(world, &fixture) {
        damage("P3", what, change);
    }
    let admitted = fixture.last_waiting.row.clone().admit(world.rules.queue.claim, world.now()).unwrap();
    let admission = Change::default().writing(Write::update(&fixture.last_waiting, admitted));
    damage("P5", "an admission out of order", admission);
    for (what, change) in admission_damages(world, &fixture).await {
        damage("P5", what, change);
    }
    for (what, change) in owner_damages(world, &fixture) {
        damage("P6", what, change);
    }
    damages.push(("P2", "money moved from one wallet to another", transfer_damage(&fixture)));
    damages
}

async fn admission_damages(world: &World, fixture: &Fixture) -> [(&'static str, Change); 4] {
    let queue = fixture.last_waiting.queue();
    let admission = world.find(QueueHead { queue, at_most: 0 }).await.expect("a queue").admission;
    let (last, admitted) = (admission.last_admitted(), admission.admitted());
    let write = |last, admitted| Change::default().writing(Write::update(&admission, Admission::restore(queue, last, admitted)));
    [
        ("a last admitted number below an admitted one", write(last - 1, admitted)),
        ("a last admitted number of a waiting user", write(fixture.last_waiting.number(), admitted)),
        ("an admission that is not counted", write(last, admitted - 1)),
        ("a counted admission without a token", write(last, admitted + 1)),
    ]
}

/// The state of a hold that has expired by its row.
const EXPIRED: ReservationState = ReservationState::Cancelled { reason: CancelReason::Expired, payment: None };

fn seat_damages(world: &World, fixture: &Fixture) -> Vec<(&'static str, Change)> {
    let seat = |state| Change::default().writing(Write::update(&fixture.held_seat, fixture.held_seat.row.clone().with_state(state)));
    let hold = fixture.hold.row.clone();
    let second = hold.clone().with_id(world.new_id());
    let lapsed = hold.clone().restore(EXPIRED);
    vec![
        ("a held seat is available", seat(SeatState::Available)),
        ("a held seat is sold", seat(SeatState::Reserved { reservation: hold.id() })),
        (
            "a held seat refers to another user's reservation",
            seat(SeatState::Held { reservation: fixture.sold.id(), until: hold.expires_at() }),
        ),
        ("a held seat has another deadline", seat(SeatState::Held { reservation: hold.id(), until: hold.held_at() })),
        ("two holds of one seat", Change::default().writing(Write::insert(second))),
        ("an ended hold keeps its seat", Change::default().writing(Write::update(&fixture.hold, lapsed))),
    ]
}

fn wallet_damages(world: &World, fixture: &Fixture) -> Vec<(&'static str, Change)> {
    let (user, balance, last_sequence) = (fixture.wallet.user(), fixture.wallet.balance(), fixture.wallet.last_sequence());
    let wallet = |balance, last_sequence| Write::update(&fixture.wallet, Wallet::restore(user, balance, last_sequence));
    let more = balance.plus(won(1)).unwrap();
    let entry = |balance, sequence| {
        let (kind, at) = (fixture.last_entry.kind(), fixture.last_entry.at());
        WalletEntry::restore(world.new_id(), &Wallet::restore(user, balance, sequence), kind, won(1), at)
    };
    let change = |wallet: Write<Wallet>, entry: Option<WalletEntry>| {
        let change = Change::default().writing(wallet);
        entry.into_iter().fold(change, |change, entry| change.writing(Write::insert(entry)))
    };
    vec![
        ("a balance without an entry", change(wallet(more, last_sequence), None)),
        ("an entry without a change of the balance", change(wallet(balance, last_sequence + 1), Some(entry(more, last_sequence + 1)))),
        ("a gap in the wallet entries", change(wallet(more, last_sequence + 2), Some(entry(more, last_sequence + 2)))),
        ("a wrong running balance", change(wallet(more, last_sequence + 1), Some(entry(balance, last_sequence + 1)))),
        ("an outdated last sequence", change(wallet(more, last_sequence), Some(entry(more, last_sequence + 1)))),
    ]
}

fn transfer_damage(fixture: &Fixture) -> Vec<Change> {
    let moved = |from: &Versioned<Wallet>, balance| {
        Change::default().writing(Write::update(from, Wallet::restore(from.user(), balance, from.last_sequence())))
    };
    let (poorer, richer) = (fixture.wallet.balance().minus(won(1)), fixture.bens_wallet.balance().plus(won(1)));
    vec![moved(&fixture.wallet, poorer.unwrap()), moved(&fixture.bens_wallet, richer.unwrap())]
}

fn payment_damages(world: &World, fixture: &Fixture) -> Vec<(&'static str, Change)> {
    let hold = fixture.hold.row.clone();
    let payment =
        |reservation: &Reservation, amount| Payment::new(world.new_id(), reservation.id(), reservation.user(), amount, world.now());
    let unpaid = payment(&hold, hold.amount());
    let used_seats = hold.seats().iter().map(|seat| ReservedSeat { used_at: Some(world.now()), ..seat.clone() }).collect();
    let checked_in = Reservation::hold(hold.ids(), used_seats, hold.amount(), hold.held_at(), hold.expires_at());
    let confirmed = hold.restore(ReservationState::Confirmed { payment: unpaid.id() });
    let sold = fixture.held_seat.row.clone().with_state(SeatState::Reserved { reservation: fixture.hold.id() });
    let sale = Change::default().writing(Write::update(&fixture.held_seat, sold)).writing(Write::update(&fixture.hold, confirmed));
    let (user, balance, last_sequence) = (fixture.wallet.user(), fixture.wallet.balance(), fixture.wallet.last_sequence());
    let poorer = balance.minus(won(1)).unwrap();
    let taken = Wallet::restore(user, poorer, last_sequence + 1);
    let lost = WalletEntry::restore(world.new_id(), &taken, WalletEntryKind::Payment(world.new_id()), won(1), fixture.last_entry.at());
    let refunded = fixture.payment.row.clone().refund(world.now()).unwrap();
    let revived = fixture.refunded.row.clone().restore(PaymentState::Completed);
    let cheaper = Payment::new(unpaid.id(), unpaid.reservation(), unpaid.user(), won(1), unpaid.paid_at());
    let pay = |write: Write<Payment>| Change::default().writing(write);
    vec![
        ("a sold seat without a payment", sale.clone()),
        ("a used ticket without a payment", Change::default().writing(Write::update(&fixture.hold, checked_in))),
        ("a payment without a wallet entry", sale.clone().writing(Write::insert(unpaid))),
        ("a payment of less than the price", sale.writing(Write::insert(cheaper))),
        ("a payment of a reservation that is only held", pay(Write::insert(payment(&fixture.hold.row, fixture.hold.amount())))),
        ("a second payment", pay(Write::insert(payment(&fixture.sold.row, fixture.sold.amount())))),
        ("a refund without a wallet entry", pay(Write::update(&fixture.payment, refunded))),
        ("a refunded payment that is completed again", pay(Write::update(&fixture.refunded, revived))),
        ("a wallet entry without a payment", Change::default().writing(Write::update(&fixture.wallet, taken)).writing(Write::insert(lost))),
    ]
}

fn owner_damages(world: &World, fixture: &Fixture) -> Vec<(&'static str, Change)> {
    let misused = fixture.hold.row.clone().restore(EXPIRED);
    let misused = misused.with_ids(|claim| (claim.id, claim.user) = (world.new_id(), BEN));
    let foreign = Payment::new(world.new_id(), fixture.sold.id(), ADA, fixture.payment.amount(), fixture.payment.paid_at());
    let ended = &fixture.bens_old_token.row;
    let revived = QueueToken::restore(ended.place(), ended.number(), TokenState::Waiting);
    vec![
        ("a reservation under another user's token", Change::default().writing(Write::insert(misused))),
        ("a payment of another user's reservation", Change::default().writing(Write::insert(foreign))),
        ("a second live token", Change::default().writing(Write::update(&fixture.bens_old_token, revived))),
    ]
}
