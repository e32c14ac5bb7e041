//! The port of the audit.

use application::PageRequest;
use application::ports::Invariant;
use domain::{
    CancelReason, Change, EntryKind, Payment, PaymentState, QueueToken, Reservation, ReservationState, Seat, SeatState, TokenState,
    Versioned, Wallet, WalletEntry, Write,
};

use crate::Adapter;
use crate::world::{ADA, BEN, CYD, SCHEDULE, World, guest, won};

/// `audit`: an empty store, and one in which much has happened, keep every promise; each invariant is looked at once.
pub async fn an_honest_store_keeps_every_promise(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.assert_audit_is_clean().await;
    scene(&world).await;
    world.assert_audit_is_clean().await;
    assert_eq!(world.ports.audit.drift().await.unwrap(), 0, "charges, payments and refunds add up");
    let findings = world.ports.audit.audit().await.unwrap();
    let mut looked_at: Vec<_> = findings.iter().map(|finding| finding.invariant).collect();
    looked_at.sort_unstable();
    assert_eq!(looked_at, Invariant::ALL, "each invariant is looked at once");
}

/// `drift`: a wallet with more in it than was ever charged, or less, is drift by that much; or the store refuses to take it in.
pub async fn money_that_appears_or_vanishes_is_drift(adapter: &dyn Adapter) {
    for (balance, drift) in [(100_007, 7), (99_995, -5)] {
        let world = World::with_halls(adapter, 4).await;
        let scene = scene(&world).await;
        let wallet = Wallet::restore(ADA, won(balance), scene.wallet.last_sequence());
        let damage = Change::default().writing(Write::update(&scene.wallet, wallet));
        let expected = if world.commit(&damage).await.is_ok() { drift } else { 0 };
        assert_eq!(world.ports.audit.drift().await.unwrap(), expected);
    }
}

/// What is damaged: Ada holds seat 1 and has money, Ben has bought seat 2 and joined again, Cyd's seat 3 was refunded, two wait.
struct Scene {
    hold: Versioned<Reservation>,
    held_seat: Versioned<Seat>,
    sold: Versioned<Reservation>,
    payment: Versioned<Payment>,
    bens_old_token: Versioned<QueueToken>,
    refunded: Versioned<Payment>,
    last_in_line: Versioned<QueueToken>,
    wallet: Versioned<Wallet>,
    last_entry: WalletEntry,
    bens_wallet: Versioned<Wallet>,
}

async fn scene(world: &World) -> Scene {
    let (sold, payment) = world.bought(BEN, SCHEDULE, &[2]).await;
    let (_, refunded) = world.bought(CYD, SCHEDULE, &[3]).await;
    world.refunded(CYD, refunded.id()).await;
    world.joined(BEN).await;
    let ada = world.admitted(ADA).await;
    world.charged(ADA, 100_000).await;
    let hold = world.held(ada, SCHEDULE, &[1]).await;
    world.joined(guest(50)).await;
    let last_in_line = world.joined(guest(51)).await;
    Scene {
        hold: world.reservation(hold.id(), 1).await,
        held_seat: world.seats(SCHEDULE, &[1]).await.remove(0),
        sold: world.reservation(sold.id(), 2).await,
        payment: world.payment(payment.id(), 1).await,
        bens_old_token: world.token(sold.token()).await,
        refunded: world.payment(refunded.id(), 2).await,
        last_in_line: world.token(last_in_line).await,
        wallet: world.wallet(ADA, 2).await,
        bens_wallet: world.wallet(BEN, 3).await,
        last_entry: world.ports.wallets.entries(ADA, PageRequest { after: None, size: 1 }).await.unwrap().remove(0),
    }
}

/// `audit`: a violation is found that was put there past the rules of the domain; or the store refuses to take it in.
pub async fn a_broken_promise_is_refused_or_found(adapter: &dyn Adapter) {
    let count = damages(&World::with_halls(adapter, 4).await).await.len();
    for number in 0..count {
        let world = World::with_halls(adapter, 4).await;
        let (promise, what, damage) = damages(&world).await.remove(number);
        world.assert_audit_is_clean().await;
        if world.commit_group(&damage).await.iter().all(Result::is_ok) {
            let broken = world.broken_promises().await;
            assert!(broken.iter().any(|(found, _)| *found == promise), "{promise}: {what}: found {broken:?}");
        } else {
            world.assert_audit_is_clean().await;
        }
    }
}

async fn damages(world: &World) -> Vec<(&'static str, &'static str, Vec<Change>)> {
    let scene = scene(world).await;
    let mut damages = Vec::new();
    let mut damage = |promise, what, change| damages.push((promise, what, vec![change]));
    for (what, change) in of_seats(world, &scene) {
        damage("P1", what, change);
    }
    for (what, change) in of_money(world, &scene) {
        damage("P2", what, change);
    }
    for (what, change) in of_payments(world, &scene) {
        damage("P3", what, change);
    }
    let jumper = scene.last_in_line.row.clone().admit(world.rules.queue.claim, world.now()).unwrap();
    let jump = Change::default().writing(Write::update(&scene.last_in_line, jumper));
    damage("P5", "a jump of the queue", jump);
    for (what, change) in of_owners(world, &scene) {
        damage("P6", what, change);
    }
    damages.push(("P2", "money moved from one wallet to another", of_two_wallets(&scene)));
    damages
}

/// The state of a hold that has lapsed, written down.
const EXPIRED: ReservationState = ReservationState::Cancelled { reason: CancelReason::Expired, payment: None };

fn of_seats(world: &World, scene: &Scene) -> Vec<(&'static str, Change)> {
    let seat = |state| Change::default().writing(Write::update(&scene.held_seat, scene.held_seat.row.clone().with_state(state)));
    let hold = scene.hold.row.clone();
    let second = hold.clone().with_id(world.new_id());
    let lapsed = hold.clone().restore(EXPIRED);
    vec![
        ("a held seat is free", seat(SeatState::Available)),
        ("a held seat is sold", seat(SeatState::Reserved { reservation: hold.id() })),
        ("a held seat names another's reservation", seat(SeatState::Held { reservation: scene.sold.id(), until: hold.expires_at() })),
        ("a held seat has another deadline", seat(SeatState::Held { reservation: hold.id(), until: hold.held_at() })),
        ("two holds of one seat", Change::default().writing(Write::insert(second))),
        ("an ended hold has its seat", Change::default().writing(Write::update(&scene.hold, lapsed))),
    ]
}

fn of_money(world: &World, scene: &Scene) -> Vec<(&'static str, Change)> {
    let (user, balance, last_sequence) = (scene.wallet.user(), scene.wallet.balance(), scene.wallet.last_sequence());
    let wallet = |balance, last_sequence| Write::update(&scene.wallet, Wallet::restore(user, balance, last_sequence));
    let more = balance.plus(won(1)).unwrap();
    let entry = |balance, sequence| {
        let (kind, at) = (scene.last_entry.kind(), scene.last_entry.at());
        WalletEntry::restore(world.new_id(), &Wallet::restore(user, balance, sequence), kind, won(1), at)
    };
    let change = |wallet: Write<Wallet>, entry: Option<WalletEntry>| {
        let change = Change::default().writing(wallet);
        entry.into_iter().fold(change, |change, entry| change.writing(Write::insert(entry)))
    };
    vec![
        ("a balance without an entry", change(wallet(more, last_sequence), None)),
        ("an entry without its money", change(wallet(balance, last_sequence + 1), Some(entry(more, last_sequence + 1)))),
        ("a gap in a book", change(wallet(more, last_sequence + 2), Some(entry(more, last_sequence + 2)))),
        ("a wrong running balance", change(wallet(more, last_sequence + 1), Some(entry(balance, last_sequence + 1)))),
        ("a forgotten last sequence", change(wallet(more, last_sequence), Some(entry(more, last_sequence + 1)))),
    ]
}

fn of_two_wallets(scene: &Scene) -> Vec<Change> {
    let moved = |from: &Versioned<Wallet>, balance| {
        Change::default().writing(Write::update(from, Wallet::restore(from.user(), balance, from.last_sequence())))
    };
    let (poorer, richer) = (scene.wallet.balance().minus(won(1)), scene.bens_wallet.balance().plus(won(1)));
    vec![moved(&scene.wallet, poorer.unwrap()), moved(&scene.bens_wallet, richer.unwrap())]
}

fn of_payments(world: &World, scene: &Scene) -> Vec<(&'static str, Change)> {
    let hold = scene.hold.row.clone();
    let payment =
        |reservation: &Reservation, amount| Payment::new(world.new_id(), reservation.id(), reservation.user(), amount, world.now());
    let unpaid = payment(&hold, hold.amount());
    let confirmed = hold.restore(ReservationState::Confirmed { payment: unpaid.id() });
    let sold = scene.held_seat.row.clone().with_state(SeatState::Reserved { reservation: scene.hold.id() });
    let free = Change::default().writing(Write::update(&scene.held_seat, sold)).writing(Write::update(&scene.hold, confirmed));
    let (user, balance, last_sequence) = (scene.wallet.user(), scene.wallet.balance(), scene.wallet.last_sequence());
    let poorer = balance.minus(won(1)).unwrap();
    let taken = Wallet::restore(user, poorer, last_sequence + 1);
    let lost = WalletEntry::restore(world.new_id(), &taken, EntryKind::Payment(world.new_id()), won(1), scene.last_entry.at());
    let refunded = scene.payment.row.clone().refund(world.now()).unwrap();
    let revived = scene.refunded.row.clone().restore(PaymentState::Completed);
    let cheaper = Payment::new(unpaid.id(), unpaid.reservation(), unpaid.user(), won(1), unpaid.paid_at());
    let pay = |write: Write<Payment>| Change::default().writing(write);
    vec![
        ("a sold seat without a payment", free.clone()),
        ("a payment without money", free.clone().writing(Write::insert(unpaid))),
        ("a payment of less than was due", free.writing(Write::insert(cheaper))),
        ("a payment of what is only held", pay(Write::insert(payment(&scene.hold.row, scene.hold.amount())))),
        ("a second payment", pay(Write::insert(payment(&scene.sold.row, scene.sold.amount())))),
        ("a refund without money", pay(Write::update(&scene.payment, refunded))),
        ("a payment back from its refund", pay(Write::update(&scene.refunded, revived))),
        ("money for no payment", Change::default().writing(Write::update(&scene.wallet, taken)).writing(Write::insert(lost))),
    ]
}

fn of_owners(world: &World, scene: &Scene) -> Vec<(&'static str, Change)> {
    let stolen = scene.hold.row.clone().restore(EXPIRED);
    let stolen = stolen.with_claim(|claim| (claim.id, claim.user) = (world.new_id(), BEN));
    let anothers = Payment::new(world.new_id(), scene.sold.id(), ADA, scene.payment.amount(), scene.payment.paid_at());
    let ended = &scene.bens_old_token.row;
    let risen = QueueToken::restore(ended.place(), ended.number(), TokenState::Waiting);
    vec![
        ("a reservation under another's token", Change::default().writing(Write::insert(stolen))),
        ("another's payment", Change::default().writing(Write::insert(anothers))),
        ("a second live token", Change::default().writing(Write::update(&scene.bens_old_token, risen))),
    ]
}
