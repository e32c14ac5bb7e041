//! The visible state of a store, to assert that nothing has changed or that two stores are in the same state.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use application::PageRequest;
use application::ports::{AuditEntryFilter, Ports, QueueTotals, ScheduleTotals};
use domain::change::RowKey;
use domain::{
    AuditEntry, Concert, Event, Need, Payment, Queue, QueueToken, Reservation, Schedule, ScheduleId, Seat, User, UserId, Versioned, Wallet,
    WalletEntry, need,
};
use time::OffsetDateTime;

use super::log::read_whole;
use super::{ALL, Found, World};

/// The visible state of a store, with the versions of its rows.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    queues: Vec<Versioned<Queue>>,
    lines: Vec<Found>,
    live: Vec<Vec<Versioned<QueueToken>>>,
    concerts: Vec<Versioned<Concert>>,
    schedules: Vec<Vec<Versioned<Schedule>>>,
    seats: Vec<Vec<Versioned<Seat>>>,
    people: BTreeMap<UserId, Person>,
    rows: Vec<(RowKey, Found)>,
    lapsed: Vec<Found>,
    audit_entries: Vec<AuditEntry>,
    log: Vec<(Event, OffsetDateTime)>,
    queue_totals_of: Vec<QueueTotals>,
    sales: Vec<Sale>,
}

/// The sales figures of a schedule that operators see.
#[derive(Debug, PartialEq)]
struct Sale {
    totals: Option<ScheduleTotals>,
    live: u64,
    reservations: Vec<Reservation>,
}

/// The visible state of a user.
#[derive(Debug, PartialEq)]
struct Person {
    user: Option<User>,
    wallet: Option<Wallet>,
    entries: Vec<WalletEntry>,
    reservations: Vec<Reservation>,
    payments: Vec<Payment>,
}

impl World {
    /// Returns the visible state of the store.
    pub(crate) async fn everything(&self) -> Everything {
        self.everything_in(&self.ports).await
    }

    /// Returns the visible state of `ports`, including all rows that a change in this world tried to write.
    pub(crate) async fn everything_in(&self, ports: &Ports) -> Everything {
        let seen: Vec<RowKey> = self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        let catalogue = &ports.catalogue;
        let queues = catalogue.queues().await.unwrap();
        let (mut lines, mut live, mut queue_totals_of) = (Vec::new(), Vec::new(), Vec::new());
        for queue in &queues {
            lines.extend(found(ports, &[need::QueueHead { queue: queue.id(), at_most: ALL }.into()]).await);
            live.push(ports.tokens.live(queue.id(), 0, ALL).await.unwrap());
            queue_totals_of.push(ports.admin.queue_totals(queue.id()).await.unwrap());
        }
        let concerts = catalogue.concerts(PageRequest { after: None, size: ALL }).await.unwrap();
        let (mut schedules, mut seats, mut sales) = (Vec::new(), Vec::new(), Vec::new());
        for concert in &concerts {
            let of_concert = catalogue.schedules(concert.id()).await.unwrap();
            for schedule in &of_concert {
                seats.push(catalogue.seats(schedule.id()).await.unwrap());
                sales.push(sale(ports, schedule.id()).await);
            }
            schedules.push(of_concert);
        }
        let mut people = BTreeMap::new();
        for row in &seen {
            if let RowKey::User(user) | RowKey::Wallet(user) | RowKey::LiveToken(_, user) = row {
                people.insert(*user, person(ports, *user).await);
            }
        }
        let (seen, needs): (Vec<_>, Vec<_>) = seen.into_iter().filter_map(|row| need_of(&row).map(|need| (row, need))).unzip();
        let rows = seen.into_iter().zip(found(ports, &needs).await).collect();
        let lapsed = found(ports, &[self.lapsed_holds(ALL).into()]).await;
        let audit_entries = ports.admin.audit_entries(AuditEntryFilter::default(), PageRequest { after: None, size: ALL }).await.unwrap();
        let log = read_whole(&*ports.log).await.into_iter().map(|event| (event.event, event.at)).collect();
        Everything { queues, lines, live, concerts, schedules, seats, people, rows, lapsed, audit_entries, log, queue_totals_of, sales }
    }
}

async fn sale(ports: &Ports, schedule: ScheduleId) -> Sale {
    let mut reservations = ports.admin.live_reservations(schedule, ALL).await.unwrap();
    reservations.sort_by_key(Reservation::id);
    // Every hold counts as held then.
    let totals = ports.admin.schedule_totals(&[schedule], OffsetDateTime::UNIX_EPOCH).await.unwrap().remove(&schedule);
    let live = ports.admin.count_live_reservations(schedule).await.unwrap();
    Sale { totals, live, reservations }
}

/// Returns the result of each of `needs` in the store of `ports`.
async fn found(ports: &Ports, needs: &[Need]) -> Vec<Found> {
    let rows = ports.store.load(needs).await.unwrap();
    needs.iter().map(|need| Found::by(need, &rows)).collect()
}

async fn person(ports: &Ports, user: UserId) -> Person {
    Person {
        user: ports.users.user(user).await.unwrap(),
        wallet: ports.wallets.wallet(user).await.unwrap(),
        entries: ports.wallets.entries(user, PageRequest { after: None, size: ALL }).await.unwrap(),
        reservations: ports.reservations.reservations(user, PageRequest { after: None, size: ALL }).await.unwrap(),
        payments: ports.reservations.payments(user, PageRequest { after: None, size: ALL }).await.unwrap(),
    }
}

/// Returns the need that finds a row with its version; `None` if [`Everything`] contains the row anyway.
fn need_of(row: &RowKey) -> Option<Need> {
    match row {
        RowKey::Admission(_)
        | RowKey::Seat(..)
        | RowKey::Queue(_)
        | RowKey::Concert(_)
        | RowKey::Schedule(_)
        | RowKey::WalletEntry(_)
        | RowKey::AuditEntry(_)
        | RowKey::Layout(_) => None,
        RowKey::LiveToken(_, user) => Some(need::JoinTarget { user: *user, concert: None }.into()),
        RowKey::Token(token) => Some(need::Token(*token).into()),
        RowKey::Reservation(reservation) => Some(need::Reservation(*reservation).into()),
        RowKey::Payment(payment) => Some(need::Payment(*payment).into()),
        RowKey::User(user) | RowKey::Wallet(user) => Some(need::Account(*user).into()),
        RowKey::Key(key) => Some(need::Key(key.clone()).into()),
        RowKey::Session(user, _) => Some(need::Sessions(*user).into()),
    }
}
