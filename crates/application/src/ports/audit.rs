//! The port of the audit.

use async_trait::async_trait;

use crate::ports::ReadError;

/// Declares the invariants, each with the promise that it belongs to and its name.
macro_rules! invariants {
    ($(#[doc = $doc:literal] $invariant:ident = $promise:literal, $name:literal;)+) => {
        /// Something that is always so of all rows, at any instant.
        ///
        /// Where a store keeps nothing that could break one, it holds of itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant {
            $(#[doc = $doc] $invariant,)+
        }

        impl Invariant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$invariant,)+];

            /// Its name, like `balance_is_sum_of_entries`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$invariant => $name,)+
                }
            }

            /// The promise it belongs to, like `P2`.
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
    /// The store has all that belongs to it: tables, indexes and what else finds or guards rows.
    SchemaIsComplete = "P7", "schema_is_complete";
    /// Where a store is a file of its own, the file is intact.
    FileIsIntact = "P7", "file_is_intact";
    /// No seat is in two reservations that are HELD or CONFIRMED.
    SeatHasAtMostOneLiveReservation = "P1", "seat_has_at_most_one_live_reservation";
    /// A HELD or RESERVED seat names a reservation that has it, and agrees with its state and deadline.
    TakenSeatNamesItsLiveReservation = "P1", "taken_seat_names_its_live_reservation";
    /// A HELD or CONFIRMED reservation has seats, and all of them say so.
    LiveReservationHasItsSeats = "P1", "live_reservation_has_its_seats";
    /// What a store keeps beside a reservation's seats, to tell which are live, agrees with the reservation.
    ClaimIsLiveWithItsReservation = "P1", "claim_is_live_with_its_reservation";
    /// Under a token at most one reservation is HELD.
    TokenHasAtMostOneHold = "P1", "token_has_at_most_one_hold";
    /// A reservation's amount is the sum of its seats' prices.
    ReservationCostsWhatItsSeatsCost = "P2", "reservation_costs_what_its_seats_cost";
    /// A wallet's balance is the sum of its book, and no book is without a wallet.
    BalanceIsSumOfEntries = "P2", "balance_is_sum_of_entries";
    /// No balance is negative, neither a wallet's nor an entry's.
    BalanceIsNeverNegative = "P2", "balance_is_never_negative";
    /// A book's entries count from 1 to the wallet's last sequence.
    EntrySequenceIsGapless = "P2", "entry_sequence_is_gapless";
    /// An entry's balance is the sum of the book up to it.
    EntryBalanceIsRunningSum = "P2", "entry_balance_is_running_sum";
    /// All charges together are all balances and all completed payments together.
    ChargesAreBalancesAndCompletedPayments = "P2", "charges_are_balances_and_completed_payments";
    /// A COMPLETED payment's reservation is CONFIRMED by it, at the same amount.
    CompletedPaymentHasConfirmedReservation = "P3", "completed_payment_has_confirmed_reservation";
    /// A CONFIRMED reservation's payment is COMPLETED, and its own.
    ConfirmedReservationHasCompletedPayment = "P3", "confirmed_reservation_has_completed_payment";
    /// A payment is CANCELLED if and only if its reservation was refunded by it.
    RefundedPaymentHasRefundedReservation = "P3", "refunded_payment_has_refunded_reservation";
    /// No reservation has two payments.
    ReservationHasAtMostOnePayment = "P3", "reservation_has_at_most_one_payment";
    /// A payment is in its user's book once.
    PaymentHasOnePaymentEntry = "P3", "payment_has_one_payment_entry";
    /// A CANCELLED payment is refunded in its user's book once, and no other is.
    CancelledPaymentHasOneRefundEntry = "P3", "cancelled_payment_has_one_refund_entry";
    /// An entry of a payment or refund names a payment of the same user and amount.
    EntryNamesItsPayment = "P3", "entry_names_its_payment";
    /// A reservation's user, date and seats exist, and the date is one of the reservation's concert.
    ReferencesExist = "P3", "bookings_lead_somewhere";
    /// A queue's numbers are those of its tokens and of those that were forgotten.
    QueueNumbersAreGapless = "P5", "queue_numbers_are_gapless";
    /// Nobody waits who has a lower number than somebody who was let in.
    AdmissionIsInOrderOfNumber = "P5", "admission_is_in_order_of_number";
    /// What a store counts of those who wait in a queue agrees with their tokens.
    WaitingAreCounted = "P5", "waiting_are_counted";
    /// A user has at most one live token in a queue.
    UserHasAtMostOneLiveToken = "P6", "user_has_at_most_one_live_token";
    /// A reservation is its token's user's.
    ReservationHasItsTokensOwner = "P6", "reservation_has_its_tokens_owner";
    /// A payment is its reservation's user's.
    PaymentHasItsReservationsOwner = "P6", "payment_has_its_reservations_owner";
    /// A token's user, queue and concert exist, and a wallet's user.
    TokensAndWalletsHaveOwners = "P6", "tokens_and_wallets_have_owners";
}

/// What the audit of one invariant found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What should be so.
    pub invariant: Invariant,
    /// How many rows break it; 0 if it holds.
    pub violations: u64,
}

/// Whether the promises hold.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// Checks each of [`Invariant::ALL`] on all rows, read at one instant. MUST find a violation that was put there behind the store's back.
    /// If not even the tables are there, [`Invariant::SchemaIsComplete`] MAY be all that is checked.
    async fn audit(&self) -> Result<Vec<Finding>, ReadError>;

    /// Balances and completed payments less charges, in minor units, read at one instant: 0 if no money has appeared or vanished. MUST
    /// take no longer than three sums over tables do: it is asked for while the store serves.
    async fn drift(&self) -> Result<i64, ReadError>;
}
