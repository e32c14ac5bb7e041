//! English. The titles are in the table of codes.

use std::borrow::Cow;

use domain::reservation::ReservationStatus;
use domain::{CancelReason, ExpiryReason};

use crate::problem::Explanation;

/// Returns the text of an explanation.
pub(super) fn detail(explanation: &Explanation) -> Cow<'static, str> {
    match explanation {
        Explanation::NotSignedIn => "Sign in to continue.".into(),
        Explanation::SignInEnded => "Your sign-in is not valid or has ended. Sign in again.".into(),
        Explanation::LoginCodeNotValid => "This link to sign in has expired or was already used. Sign in again.".into(),
        Explanation::RegistrationClosed => "New accounts can't be created here.".into(),
        Explanation::ChargeForbidden => "Only the organiser's staff can charge this wallet.".into(),
        Explanation::NotFound => "It does not exist, or it belongs to another account.".into(),
        Explanation::NotQueued => "Join the queue of this concert first.".into(),
        Explanation::Waiting { position: Some(position) } => format!("You are number {position} in the queue.").into(),
        Explanation::Waiting { position: None } => "You are still waiting in the queue.".into(),
        Explanation::OtherQueue => {
            "Your place in the queue belongs to another account or another concert. Join the queue of this concert.".into()
        }
        Explanation::TurnEnded(reason) => turn_ended(*reason).into(),
        Explanation::QueueClosed => "No one can join this queue any more.".into(),
        Explanation::QueueFull => "Very many people are waiting. Try again in a moment.".into(),
        Explanation::SaleNotOpen => "Tickets for this date are not on sale now.".into(),
        Explanation::ScheduleCancelled { reason: Some(reason) } => format!("This show is cancelled: {reason}").into(),
        Explanation::ScheduleCancelled { reason: None } => "This show is cancelled.".into(),
        Explanation::UnknownSeats => "This date does not have the seats that you chose.".into(),
        Explanation::SeatsUnavailable { seats: 0 | 1 } => "A seat that you chose is no longer available. Please choose another.".into(),
        Explanation::SeatsUnavailable { seats } => {
            format!("{seats} of the seats that you chose are no longer available. Please choose others.").into()
        }
        Explanation::NoAdjacentSeats => {
            "No such seats are available any more. Please choose fewer seats, another category, or seats that are not together.".into()
        }
        Explanation::SeatLimitExceeded { limit, owned: 0 } => format!("You can have at most {limit} seats of this concert.").into(),
        Explanation::SeatLimitExceeded { limit, owned } => {
            format!("You can have at most {limit} seats of this concert, and you already have {owned}.").into()
        }
        Explanation::HoldExists => "You already hold other seats. Pay for them, exchange them or release them first.".into(),
        Explanation::TotalTooHigh { limit } => {
            format!("Together, these seats cost more than a wallet can contain ({}). Choose fewer seats at once.", limit.english()).into()
        }
        Explanation::ReservationExpired => "The seats were not paid in time and are available again. You have not been charged.".into(),
        Explanation::NotHeld(status) => not_held(*status).into(),
        Explanation::AlreadyRefunded => "This payment is already refunded.".into(),
        Explanation::ShowStarted => "The show has started: its tickets can't be refunded any more.".into(),
        Explanation::AmountChanged { due } => format!("The amount due is {}. You have not been charged.", due.english()).into(),
        Explanation::ChargeOutOfRange { max } => format!("You can charge at most {} at once.", max.english()).into(),
        Explanation::InsufficientBalance { balance, required } => {
            format!("Your balance is {}, and {} is due. Charge your wallet first.", balance.english(), required.english()).into()
        }
        Explanation::BalanceTooHigh { balance, limit } => {
            format!("A wallet can contain at most {}, and your balance is {}.", limit.english(), balance.english()).into()
        }
        Explanation::TooManyRequests => "You have sent too many requests. Wait a moment, then try again.".into(),
        Explanation::Overloaded => "We are very busy. Nothing has been changed: try again in a moment.".into(),
        Explanation::Unavailable => {
            "We don't know yet whether your request was carried out. Try again: it won't be carried out twice.".into()
        }
        Explanation::Internal => "Something went wrong on our side. Trying again does not help; please contact us.".into(),
    }
}

const fn turn_ended(reason: ExpiryReason) -> &'static str {
    match reason {
        ExpiryReason::Paid => "Your purchase is complete. To buy more tickets, join the queue again.",
        ExpiryReason::TimedOut => "Your time to buy tickets is over. Join the queue again.",
        ExpiryReason::Unclaimed => "You did not enter in time when it was your turn. Join the queue again.",
        ExpiryReason::Left => "You have left the queue. Join it again to buy tickets.",
    }
}

const fn not_held(status: ReservationStatus) -> &'static str {
    match status {
        ReservationStatus::Held => "These seats are reserved for you.",
        ReservationStatus::Confirmed => "These seats are already paid. To give them back, have the payment refunded.",
        ReservationStatus::Cancelled(CancelReason::Expired) => "The seats were not paid in time and are available again.",
        ReservationStatus::Cancelled(CancelReason::Released) => "You have released these seats.",
        ReservationStatus::Cancelled(CancelReason::Refunded) => "The payment of these seats was refunded.",
    }
}
