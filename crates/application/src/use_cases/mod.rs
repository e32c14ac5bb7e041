//! The use cases of Frontrow. Each command runs through a use case; its needs and its decision are in [`domain::decide`].

pub mod admin;
mod catalogue;
mod charge;
mod check_in;
mod enter;
mod exchange;
mod hold;
mod hold_best;
mod join;
mod leave;
mod my_reservations;
mod my_wallet;
mod pay;
mod poll;
mod rankings;
mod refund;
mod register;
mod release;
mod sessions;

use std::sync::Arc;

pub use catalogue::{ConcertView, Concerts, PublicSchedule, ScheduleView};
pub use charge::ChargeWallet;
pub use check_in::{CheckInTicket, Scan};
pub use enter::Enter;
pub use exchange::ExchangeSeats;
pub use hold::HoldSeats;
pub use hold_best::HoldBestSeats;
pub use join::{JoinQueue, JoinResult};
pub use leave::LeaveQueue;
pub use my_reservations::{MyReservations, TicketCursor};
pub use my_wallet::{MyWallet, Profile};
pub use pay::PayReservation;
pub use poll::PollToken;
pub use rankings::{PopularConcert, ReadRankings, SoldOutSchedule};
pub use refund::RefundPayment;
pub use register::RegisterUser;
pub use release::ReleaseHold;
pub use sessions::{Authenticated, SessionCredential, Sessions};

use self::admin::{FindReservations, FindUsers, ManageCatalogue, ManageQueues, ManageSale, ManageSeats, ReadEvents, ReadHistory};
use crate::ports::{Clock, Ids, Ports};
use crate::ticket_codes::TicketCodes;
use crate::{AuditJobs, BestSeats, CatalogueModel, DetailsReader, GroupCommit, Layouts, RecentSales, SalesHistory, SeatMaps, WaitingRoom};

/// All use cases, wired.
#[derive(Clone)]
pub struct UseCases {
    /// Registers a user.
    pub register: RegisterUser,
    /// Joins a queue.
    pub join: JoinQueue,
    /// Polls the position of a token.
    pub poll: PollToken,
    /// Checks requests that only active users may send.
    pub enter: Enter,
    /// Leaves a queue.
    pub leave: LeaveQueue,
    /// Reads the catalogue.
    pub concerts: Concerts,
    /// Reads rankings.
    pub rankings: ReadRankings,
    /// Holds seats.
    pub hold: HoldSeats,
    /// Holds the best available seats.
    pub hold_best: HoldBestSeats,
    /// Exchanges held seats for others.
    pub exchange: ExchangeSeats,
    /// Releases a hold.
    pub release: ReleaseHold,
    /// Charges a wallet.
    pub charge: ChargeWallet,
    /// Pays for held seats.
    pub pay: PayReservation,
    /// Refunds a payment.
    pub refund: RefundPayment,
    /// Reads a user's own reservations, payments and tickets.
    pub reservations: MyReservations,
    /// Checks in tickets.
    pub check_in: CheckInTicket,
    /// Reads a user's own profile, wallet and wallet entries.
    pub wallet: MyWallet,
    /// Signs in browsers.
    pub sessions: Sessions,
    /// Manages queues.
    pub queues: ManageQueues,
    /// Manages concerts and schedules.
    pub catalogue: ManageCatalogue,
    /// Manages seats.
    pub seats: ManageSeats,
    /// Manages holds and refunds.
    pub sale: ManageSale,
    /// Reads users and audit entries.
    pub people: FindUsers,
    /// Reads the reservations and tickets of schedules.
    pub orders: FindReservations,
    /// Runs audits.
    pub audits: Arc<AuditJobs>,
    /// Reads the event log.
    pub events: ReadEvents,
    /// Reads the recent history of sales.
    pub history: ReadHistory,
}

/// The dependencies of the use cases.
pub struct Parts {
    /// The group commit of users' commands.
    pub commits: Arc<GroupCommit>,
    /// The group commit of joins, which is separate because all joins of a queue take numbers from the same counter.
    pub joins: Arc<GroupCommit>,
    /// The group commit of operators' commands, which is separate so that a large command doesn't delay users.
    pub operator_commits: Arc<GroupCommit>,
    /// The ports of the store.
    pub ports: Ports,
    /// The waiting and active users.
    pub room: Arc<WaitingRoom>,
    /// The concerts, schedules and queues in memory.
    pub catalogue: Arc<CatalogueModel>,
    /// The seat maps.
    pub seat_maps: Arc<SeatMaps>,
    /// The layouts.
    pub layouts: Arc<Layouts>,
    /// The choice of the best available seats.
    pub best_seats: Arc<BestSeats>,
    /// The audits.
    pub audits: Arc<AuditJobs>,
    /// The recent history of sales.
    pub history: Arc<SalesHistory>,
    /// The codes of tickets.
    pub ticket_codes: Arc<TicketCodes>,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// The generator of ids.
    pub ids: Arc<dyn Ids>,
}

impl UseCases {
    /// Creates the use cases.
    #[must_use]
    pub fn new(parts: &Parts) -> Self {
        let Parts {
            commits,
            joins,
            operator_commits,
            ports,
            room,
            catalogue,
            seat_maps,
            layouts,
            best_seats,
            audits,
            history,
            ticket_codes,
            clock,
            ids,
        } = parts;
        let details = DetailsReader::new(ports.reservations.clone(), ports.catalogue.clone(), catalogue.clone(), clock.clone());
        let concerts = Concerts::new(catalogue.clone(), seat_maps.clone(), layouts.clone(), clock.clone());
        Self {
            register: RegisterUser::new(commits.clone(), ids.clone()),
            join: JoinQueue::new(joins.clone(), ids.clone()),
            poll: PollToken::new(room.clone()),
            enter: Enter::new(commits.clone(), room.clone(), catalogue.clone()),
            leave: LeaveQueue::new(commits.clone()),
            rankings: ReadRankings::new(Arc::new(RecentSales::new(ports.sales.clone())), concerts.clone()),
            concerts,
            hold: HoldSeats::new(commits.clone(), ids.clone()),
            hold_best: HoldBestSeats::new(commits.clone(), ids.clone(), best_seats.clone(), catalogue.clone(), room.clone()),
            exchange: ExchangeSeats::new(commits.clone(), ids.clone()),
            release: ReleaseHold::new(commits.clone()),
            charge: ChargeWallet::new(commits.clone(), ids.clone()),
            pay: PayReservation::new(commits.clone(), ids.clone()),
            refund: RefundPayment::new(commits.clone(), ids.clone()),
            reservations: MyReservations::new(ports.reservations.clone(), details.clone(), ticket_codes.clone()),
            check_in: CheckInTicket::new(commits.clone(), ports.reservations.clone(), details.clone(), ticket_codes.clone()),
            wallet: MyWallet::new(ports.wallets.clone(), ports.users.clone(), details.clone()),
            sessions: Sessions::new(commits.clone(), ports.store.clone(), ids.clone()),
            queues: ManageQueues::new(operator_commits.clone(), ports.catalogue.clone(), ports.admin.clone(), room.clone(), ids.clone()),
            catalogue: ManageCatalogue::new(
                operator_commits.clone(),
                ports.catalogue.clone(),
                ports.admin.clone(),
                (seat_maps.clone(), layouts.clone()),
                clock.clone(),
                ids.clone(),
            ),
            seats: ManageSeats::new(operator_commits.clone(), ports.catalogue.clone(), layouts.clone(), ids.clone()),
            sale: ManageSale::new(commits.clone(), ports.catalogue.clone(), ports.admin.clone(), ids.clone()),
            people: FindUsers::new(ports.admin.clone(), ports.users.clone(), ports.wallets.clone(), ports.reservations.clone(), details),
            orders: FindReservations::new(ports.admin.clone(), ports.users.clone(), ports.catalogue.clone(), clock.clone()),
            audits: audits.clone(),
            events: ReadEvents::new(ports.log.clone()),
            history: ReadHistory::new(catalogue.clone(), history.clone()),
        }
    }
}
