//! The use cases: what can be asked of Frontrow. A command's load and decision stand beside the use case that runs it.

pub mod admin;
mod catalogue;
mod charge;
mod enter;
mod exchange;
mod hold;
mod join;
mod leave;
mod my_reservations;
mod my_wallet;
mod pay;
mod poll;
mod refund;
mod register;
mod release;

use std::sync::Arc;

pub use catalogue::{Concerts, ScheduleView};
pub use charge::ChargeWallet;
pub use enter::Enter;
pub use exchange::ExchangeSeats;
pub use hold::HoldSeats;
pub use join::{JoinQueue, Joining};
pub use leave::LeaveQueue;
pub use my_reservations::MyReservations;
pub use my_wallet::{MyWallet, Profile};
pub use pay::PayReservation;
pub use poll::PollToken;
pub use refund::RefundPayment;
pub use register::RegisterUser;
pub use release::ReleaseHold;

use self::admin::{FindUsers, ManageCatalogue, ManageQueues, ManageSale, ManageSeats, ReadEvents};
use crate::ports::{Clock, Ids, Ports};
use crate::{GroupCommit, SeatMaps, WaitingRoom};

/// Every use case, wired.
#[derive(Clone)]
pub struct UseCases {
    /// A new user.
    pub register: RegisterUser,
    /// A place in a line.
    pub join: JoinQueue,
    /// How far the line has come.
    pub poll: PollToken,
    /// The guard of what only the admitted may read.
    pub enter: Enter,
    /// Giving up one's place.
    pub leave: LeaveQueue,
    /// What is on offer.
    pub concerts: Concerts,
    /// Holding seats.
    pub hold: HoldSeats,
    /// Having other seats held instead.
    pub exchange: ExchangeSeats,
    /// Giving held seats back.
    pub release: ReleaseHold,
    /// Putting money in.
    pub charge: ChargeWallet,
    /// Paying for held seats.
    pub pay: PayReservation,
    /// Getting a payment back.
    pub refund: RefundPayment,
    /// One's reservations and payments.
    pub reservations: MyReservations,
    /// One's name, balance and book.
    pub wallet: MyWallet,
    /// The operator's queues.
    pub queues: ManageQueues,
    /// The operator's concerts and dates.
    pub catalogue: ManageCatalogue,
    /// The operator's seats.
    pub seats: ManageSeats,
    /// The operator's holds and refunds.
    pub sale: ManageSale,
    /// The operator's view of users, and of what operators did.
    pub people: FindUsers,
    /// The event log.
    pub events: ReadEvents,
}

/// What the use cases are made of.
pub struct Parts {
    /// The way of the crowd's commands.
    pub commits: Arc<GroupCommit>,
    /// The way of joins: of its own, since all joins of a queue take a number of the same counter.
    pub joins: Arc<GroupCommit>,
    /// The way of orders from the operator's desk: of its own, so that a large one holds no crowd up.
    pub orders: Arc<GroupCommit>,
    /// What is read from the store.
    pub ports: Ports,
    /// Who waits and who is in.
    pub room: Arc<WaitingRoom>,
    /// What seats are free.
    pub seat_maps: Arc<SeatMaps>,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl UseCases {
    /// The use cases over `parts`.
    #[must_use]
    pub fn new(parts: &Parts) -> Self {
        let Parts { commits, joins, orders, ports, room, seat_maps, clock, ids } = parts;
        Self {
            register: RegisterUser::new(commits.clone(), ids.clone()),
            join: JoinQueue::new(joins.clone(), ids.clone()),
            poll: PollToken::new(room.clone()),
            enter: Enter::new(commits.clone(), room.clone()),
            leave: LeaveQueue::new(commits.clone()),
            concerts: Concerts::new(ports.catalogue.clone(), seat_maps.clone(), clock.clone()),
            hold: HoldSeats::new(commits.clone(), ids.clone()),
            exchange: ExchangeSeats::new(commits.clone(), ids.clone()),
            release: ReleaseHold::new(commits.clone()),
            charge: ChargeWallet::new(commits.clone(), ids.clone()),
            pay: PayReservation::new(commits.clone(), ids.clone()),
            refund: RefundPayment::new(commits.clone(), ids.clone()),
            reservations: MyReservations::new(ports.reservations.clone(), ports.catalogue.clone(), clock.clone()),
            wallet: MyWallet::new(ports.wallets.clone(), ports.users.clone()),
            queues: ManageQueues::new(orders.clone(), ports.catalogue.clone(), ports.admin.clone(), room.clone(), ids.clone()),
            catalogue: ManageCatalogue::new(orders.clone(), ports.catalogue.clone(), ports.admin.clone(), seat_maps.clone(), ids.clone()),
            seats: ManageSeats::new(orders.clone(), ports.catalogue.clone(), seat_maps.clone(), ids.clone()),
            sale: ManageSale::new(commits.clone(), ports.catalogue.clone(), ports.admin.clone(), ids.clone()),
            people: FindUsers::new(
                ports.admin.clone(),
                ports.users.clone(),
                ports.wallets.clone(),
                ports.reservations.clone(),
                ports.catalogue.clone(),
                ports.audit.clone(),
                clock.clone(),
            ),
            events: ReadEvents::new(ports.log.clone()),
        }
    }
}
