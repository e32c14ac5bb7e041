//! Everything that can be seen of a store: to tell that nothing has changed, or that two stores are in the same state.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use application::PageRequest;
use application::ports::{DeedsWanted, Load, Ports, Turnout};
use domain::change::RowKey;
use domain::{
    Concert, Context, Deed, Money, Payment, Queue, QueueToken, RequestKey, Reservation, Route, Schedule, ScheduleId, Seat, User, UserId,
    Versioned, Wallet, WalletEntry,
};

use super::{ALL, World};

/// What can be seen of a store, rows with their versions.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    queues: Vec<Versioned<Queue>>,
    lines: Vec<Context>,
    live: Vec<Vec<Versioned<QueueToken>>>,
    concerts: Vec<Versioned<Concert>>,
    schedules: Vec<Vec<Versioned<Schedule>>>,
    seats: Vec<Vec<Versioned<Seat>>>,
    people: BTreeMap<UserId, Person>,
    rows: Vec<(RowKey, Context)>,
    lapsed: Context,
    deeds: Vec<Deed>,
    turnouts: Vec<Turnout>,
    sales: Vec<Sale>,
}

/// What operators see of a date's sale.
#[derive(Debug, PartialEq)]
struct Sale {
    revenue: Money,
    live: u64,
    reservations: Vec<Reservation>,
}

/// What can be seen of a user.
#[derive(Debug, PartialEq)]
struct Person {
    user: Option<User>,
    wallet: Option<Wallet>,
    entries: Vec<WalletEntry>,
    reservations: Vec<Reservation>,
    payments: Vec<Payment>,
}

impl World {
    /// Everything that can be seen of the store.
    pub(crate) async fn everything(&self) -> Everything {
        self.everything_in(&self.ports).await
    }

    /// Everything that can be seen of `ports`, asked for the rows that anybody in this world tried to write.
    pub(crate) async fn everything_in(&self, ports: &Ports) -> Everything {
        let seen: Vec<RowKey> = self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        let catalogue = &ports.catalogue;
        let queues = catalogue.queues().await.unwrap();
        let (mut lines, mut live, mut turnouts) = (Vec::new(), Vec::new(), Vec::new());
        for queue in &queues {
            lines.push(seen_by(ports, Load::Tick { queue: queue.id, at_most: ALL }).await);
            live.push(ports.tokens.live(queue.id, 0, ALL).await.unwrap());
            turnouts.push(ports.desk.turnout(queue.id).await.unwrap());
        }
        let concerts = catalogue.concerts(PageRequest { after: None, size: ALL }).await.unwrap();
        let (mut schedules, mut seats, mut sales) = (Vec::new(), Vec::new(), Vec::new());
        for concert in &concerts {
            let dates = catalogue.schedules(concert.id).await.unwrap();
            for date in &dates {
                seats.push(catalogue.seats(date.id).await.unwrap());
                sales.push(sale(ports, date.id).await);
            }
            schedules.push(dates);
        }
        let (mut people, mut rows) = (BTreeMap::new(), Vec::new());
        for row in seen {
            if let RowKey::User(user) | RowKey::Wallet(user) | RowKey::Place(_, user) = &row {
                people.insert(*user, person(ports, *user).await);
            }
            if let Some(load) = load_of(&row) {
                rows.push((row, seen_by(ports, load).await));
            }
        }
        let lapsed = seen_by(ports, Load::LapsedHolds { at_most: ALL, hold: super::rules().hold }).await;
        let deeds = ports.desk.deeds(DeedsWanted::default(), PageRequest { after: None, size: ALL }).await.unwrap();
        Everything { queues, lines, live, concerts, schedules, seats, people, rows, lapsed, deeds, turnouts, sales }
    }
}

async fn sale(ports: &Ports, date: ScheduleId) -> Sale {
    let mut reservations = ports.desk.live_reservations(date, ALL).await.unwrap();
    reservations.sort_by_key(|reservation| reservation.id);
    let (revenue, live) = (ports.desk.revenue(date).await.unwrap(), ports.desk.count_live_reservations(date).await.unwrap());
    Sale { revenue, live, reservations }
}

async fn seen_by(ports: &Ports, load: Load) -> Context {
    sorted(ports.store.load(&[load]).await.remove(0).unwrap())
}

async fn person(ports: &Ports, user: UserId) -> Person {
    Person {
        user: ports.users.user(user).await.unwrap(),
        wallet: ports.wallets.wallet(user).await.unwrap(),
        entries: ports.wallets.entries(user, PageRequest { after: None, size: ALL }).await.unwrap(),
        reservations: ports.bookings.reservations(user, PageRequest { after: None, size: ALL }).await.unwrap(),
        payments: ports.bookings.payments(user, PageRequest { after: None, size: ALL }).await.unwrap(),
    }
}

/// The load that shows a row with its version; none if everything shows it anyway.
fn load_of(row: &RowKey) -> Option<Load> {
    match row {
        RowKey::Admission(_)
        | RowKey::Seat(..)
        | RowKey::Queue(_)
        | RowKey::Concert(_)
        | RowKey::Schedule(_)
        | RowKey::Entry(_)
        | RowKey::Deed(_) => None,
        RowKey::Place(_, user) => Some(Load::Join { user: *user, concert: None }),
        RowKey::Token(token) => Some(Load::Token { token: *token }),
        RowKey::Reservation(reservation) => Some(Load::Release { reservation: *reservation }),
        RowKey::Payment(payment) => Some(Load::Refund { key: nobodys(UserId(payment.0)), payment: *payment }),
        RowKey::User(user) | RowKey::Wallet(user) => Some(Load::Charge { key: nobodys(*user), user: *user }),
        RowKey::Key(key) => Some(Load::Key { key: key.clone() }),
    }
}

/// A key of `user` that no request has.
fn nobodys(user: UserId) -> domain::KeyScope {
    domain::KeyScope { user, route: Route::Charges, key: RequestKey::new("nobody's").unwrap() }
}

/// `context` with its lists in one order: a store may give them in any.
pub(crate) fn sorted(mut context: Context) -> Context {
    context.tokens.sort_by_key(|token| (token.queue, token.number));
    context.seats.sort_by_key(|seat| (seat.schedule, seat.number));
    context.reservations.sort_by_key(|reservation| reservation.id);
    if let Some(offers) = &mut context.offers {
        offers.sort_by_key(|offer| offer.schedule.id);
    }
    context
}
