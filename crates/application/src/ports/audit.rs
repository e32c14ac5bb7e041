//! The port of the audit.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// Declares the invariants, each with its promise and its name.
macro_rules! invariants {
    ($(#[doc = $doc:literal] $invariant:ident = $promise:literal, $name:literal;)+) => {
        /// A property that all rows have at any instant.
        ///
        /// If a store keeps no data that could violate an invariant, the invariant holds trivially.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant {
            $(#[doc = $doc] $invariant,)+
        }

        impl Invariant {
            /// All invariants.
            pub const ALL: &[Self] = &[$(Self::$invariant,)+];

            /// Returns its name, such as `balance_is_sum_of_entries`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$invariant => $name,)+
                }
            }

            /// Returns its promise, such as `P2`.
            #[must_use]
            pub const fn promise(self) -> &'static str {
                match self {
                    $(Self::$invariant => $promise,)+
                }
            }
        }
    };
}

invariants! {
    /// The store's schema is complete: tables, indexes, and everything else that finds or protects rows.
    SchemaIsComplete = "P7", "schema_is_complete";
    /// If the store is a file, the file is intact.
    FileIsIntact = "P7", "file_is_intact";
    /// No seat is in two reservations that are HELD or CONFIRMED.
    SeatHasAtMostOneLiveReservation = "P1", "seat_has_at_most_one_live_reservation";
    /// A HELD or RESERVED seat refers to a reservation that contains it, and agrees with its state and deadline.
    TakenSeatNamesItsLiveReservation = "P1", "taken_seat_names_its_live_reservation";
    /// A HELD or CONFIRMED reservation has seats, and all of them refer to it.
    LiveReservationHasItsSeats = "P1", "live_reservation_has_its_seats";
    /// The store's additional data about which seats of reservations are live agrees with the reservations.
    ClaimIsLiveWithItsReservation = "P1", "claim_is_live_with_its_reservation";
    /// A token has at most one HELD reservation.
    TokenHasAtMostOneHold = "P1", "token_has_at_most_one_hold";
    /// A reservation's amount is the sum of its seats' prices.
    ReservationCostsWhatItsSeatsCost = "P2", "reservation_costs_what_its_seats_cost";
    /// A wallet's balance is the sum of its entries, and all entries belong to a wallet.
    BalanceIsSumOfEntries = "P2", "balance_is_sum_of_entries";
    /// No balance is negative, neither a wallet's nor an entry's.
    BalanceIsNeverNegative = "P2", "balance_is_never_negative";
    /// A wallet's entries are numbered from 1 to its last sequence number without gaps.
    EntrySequenceIsGapless = "P2", "entry_sequence_is_gapless";
    /// An entry's balance is the sum of the wallet's entries up to it.
    EntryBalanceIsRunningSum = "P2", "entry_balance_is_running_sum";
    /// The sum of all charges equals the sum of all balances and completed payments.
    ChargesAreBalancesAndCompletedPayments = "P2", "charges_are_balances_and_completed_payments";
    /// A COMPLETED payment's reservation is CONFIRMED by it, with the same amount.
    CompletedPaymentHasConfirmedReservation = "P3", "completed_payment_has_confirmed_reservation";
    /// A CONFIRMED reservation's payment is COMPLETED and belongs to it.
    ConfirmedReservationHasCompletedPayment = "P3", "confirmed_reservation_has_completed_payment";
    /// A payment is CANCELLED if and only if its reservation was refunded by it.
    RefundedPaymentHasRefundedReservation = "P3", "refunded_payment_has_refunded_reservation";
    /// A seat whose ticket was used belongs to a reservation that was paid.
    UsedTicketWasPaid = "P3", "used_ticket_was_paid";
    /// No reservation has two payments.
    ReservationHasAtMostOnePayment = "P3", "reservation_has_at_most_one_payment";
    /// A payment has exactly one payment entry in its user's wallet.
    PaymentHasOnePaymentEntry = "P3", "payment_has_one_payment_entry";
    /// A CANCELLED payment has exactly one refund entry in its user's wallet, and other payments have none.
    CancelledPaymentHasOneRefundEntry = "P3", "cancelled_payment_has_one_refund_entry";
    /// An entry of a payment or refund refers to a payment of the same user and amount.
    EntryNamesItsPayment = "P3", "entry_names_its_payment";
    /// A reservation's user, schedule and seats exist, and the schedule belongs to the reservation's concert.
    ReferencesExist = "P3", "references_exist";
    /// A queue's numbers are exactly those of its tokens and of its deleted tokens.
    QueueNumbersAreGapless = "P5", "queue_numbers_are_gapless";
    /// No waiting token has a lower number than an admitted one.
    AdmissionIsInOrderOfNumber = "P5", "admission_is_in_order_of_number";
    /// No token with a higher number than the queue's last admitted one was admitted, and none up to that number is waiting.
    LastAdmittedNumberIsRecorded = "P5", "last_admitted_number_is_recorded";
    /// A queue's totals of admissions and no-shows include its tokens, and exceed them by at most the number of its deleted tokens.
    AdmissionsAreCounted = "P5", "admissions_are_counted";
    /// The store's count of waiting users of a queue agrees with the tokens.
    WaitingAreCounted = "P5", "waiting_are_counted";
    /// A user has at most one live token in a queue.
    UserHasAtMostOneLiveToken = "P6", "user_has_at_most_one_live_token";
    /// A reservation belongs to the user of its token.
    ReservationHasItsTokensOwner = "P6", "reservation_has_its_tokens_owner";
    /// A payment belongs to the user of its reservation.
    PaymentHasItsReservationsOwner = "P6", "payment_has_its_reservations_owner";
    /// A token's user, queue and concert exist, and so does a wallet's user.
    TokensAndWalletsHaveOwners = "P6", "tokens_and_wallets_have_owners";
}

/// The result of the audit of one invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The invariant.
    pub invariant: Invariant,
    /// The number of rows that violate it; 0 if it holds.
    pub violations: u64,
}

/// A check of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCheck {
    /// The instant of the sums, by the store's clock.
    pub at: OffsetDateTime,
    /// Balances and completed payments less charges, in minor units: 0 if no money has appeared or vanished.
    pub drift: i64,
    /// Whether this call has made the check. Otherwise it was made before, by this or another process.
    pub is_new: bool,
}

/// The audit of the promises.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// Checks each of [`Invariant::ALL`] on all rows, read at one instant. MUST find violations that were written past the store. If even
    /// the tables are missing, it MAY check only [`Invariant::SchemaIsComplete`]. It may take minutes, so it SHOULD NOT use a connection
    /// that other ports use. If its future is dropped, the audit SHOULD end soon.
    async fn audit(&self) -> Result<Vec<Finding>, ReadError>;

    /// Checks the ledger: sums balances, completed payments and charges, read at one instant. MUST take no longer than three sums over
    /// tables, because it is called while the store serves requests.
    ///
    /// Processes that share a store MUST NOT all sum: if any of them made a check less than `max_age` ago, this one MUST return that check.
    /// If another process is summing now, it MUST return the last check, whatever its age; none if there is none yet. A store of one
    /// process MAY sum each time.
    async fn check_ledger(&self, max_age: Duration) -> Result<Option<LedgerCheck>, ReadError>;
}
