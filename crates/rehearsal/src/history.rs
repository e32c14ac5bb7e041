//! The history: every request of the crowd and what came of it, in microseconds since the beginning.

use std::fmt;

use uuid::Uuid;

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) user: u32,
    pub(crate) asked: Asked,
    /// Which of the user's idempotency keys it carried; 0: none.
    pub(crate) key: u16,
    /// When it should have been sent.
    pub(crate) due: u64,
    /// When it was.
    pub(crate) sent: u64,
    /// When the answer was there, or when it was clear that none would come.
    pub(crate) answered: u64,
    pub(crate) answer: Answer,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Register,
    Join,
    Poll,
    /// To be told by events; this is the first of them.
    Listen,
    /// An event after the first.
    Event,
    Leave,
    Browse,
    Seats,
    Hold(Box<[u32]>),
    Release(Uuid),
    Charge(i64),
    Pay(Uuid),
    /// What the referee asks for at the end.
    Inspect(&'static str),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// It was answered.
    Told(u16, Told),
    /// The user hung up.
    HungUp,
    /// The connection broke, or there was no answer in time.
    Broken,
}

/// What an answer told, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Nothing,
    Place(Place),
    Held(Box<Held>),
    Paid(Box<Paid>),
    Refused(Box<Refusal>),
}

/// A place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number: u64,
    pub(crate) status: Standing,
    /// On the server's clock, in microseconds.
    pub(crate) activated_at: Option<i64>,
}

/// How a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Waiting,
    Active,
    Expired,
}

/// Seats that are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) reservation: Uuid,
    pub(crate) seats: Vec<u32>,
    pub(crate) amount: i64,
    /// How long they are held, in microseconds, from some moment between the request and its answer.
    pub(crate) span: u64,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paid {
    pub(crate) payment: Uuid,
    pub(crate) reservation: Uuid,
    pub(crate) amount: i64,
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    /// Of the seats that were wished for, those that somebody holds.
    pub(crate) held: Vec<u32>,
}

impl Asked {
    /// The operation's name; none for what isn't the crowd's asking.
    pub(crate) const fn operation(&self) -> Option<&'static str> {
        Some(match self {
            Self::Register => "register",
            Self::Join => "join",
            Self::Poll => "poll",
            Self::Listen => "listen",
            Self::Leave => "leave",
            Self::Browse => "browse",
            Self::Seats => "seats",
            Self::Hold(_) => "hold",
            Self::Release(_) => "release",
            Self::Charge(_) => "charge",
            Self::Pay(_) => "pay",
            Self::Event | Self::Inspect(_) => return None,
        })
    }
}

impl Exchange {
    /// The status of the answer, if there is one.
    pub(crate) const fn status(&self) -> Option<u16> {
        match self.answer {
            Answer::Told(status, _) => Some(status),
            Answer::HungUp | Answer::Broken => None,
        }
    }

    /// What was told.
    const fn told(&self) -> Option<&Told> {
        match &self.answer {
            Answer::Told(_, told) => Some(told),
            Answer::HungUp | Answer::Broken => None,
        }
    }

    /// Whether it was done.
    pub(crate) fn is_done(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    pub(crate) const fn place(&self) -> Option<Place> {
        if let Some(Told::Place(place)) = self.told() { Some(*place) } else { None }
    }

    pub(crate) const fn held(&self) -> Option<&Held> {
        if let Some(Told::Held(held)) = self.told() { Some(held) } else { None }
    }

    pub(crate) const fn paid(&self) -> Option<&Paid> {
        if let Some(Told::Paid(paid)) = self.told() { Some(paid) } else { None }
    }

    pub(crate) const fn refusal(&self) -> Option<&Refusal> {
        if let Some(Told::Refused(refusal)) = self.told() { Some(refusal) } else { None }
    }
}

impl fmt::Display for Exchange {
    /// Who asked for what, and when, and what came of it: so that it can be found in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {} at {}: {}", self.user, Seconds(self.sent), self.asked)?;
        if self.key > 0 {
            write!(f, " with key {}", self.key)?;
        }
        write!(f, " -> {} at {}", self.answer, Seconds(self.answered))
    }
}

/// Microseconds, for people.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} s", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register => f.write_str("POST /v1/users"),
            Self::Join => f.write_str("POST /v1/queue-tokens"),
            Self::Poll => f.write_str("GET /v1/queue-tokens/…"),
            Self::Listen | Self::Event => f.write_str("GET /v1/queue-tokens/…/events"),
            Self::Leave => f.write_str("DELETE /v1/queue-tokens/…"),
            Self::Browse => f.write_str("GET /v1/concerts/…/schedules"),
            Self::Seats => f.write_str("GET /v1/schedules/…/seats"),
            Self::Hold(seats) => write!(f, "POST /v1/reservations of seats {seats:?}"),
            Self::Release(reservation) => write!(f, "DELETE /v1/reservations/{reservation}"),
            Self::Charge(amount) => write!(f, "POST /v1/wallet/charges of {amount}"),
            Self::Pay(reservation) => write!(f, "POST /v1/payments of reservation {reservation}"),
            Self::Inspect(what) => write!(f, "GET {what}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, told) = match self {
            Self::Told(status, told) => (status, told),
            Self::HungUp => return f.write_str("(the user hung up)"),
            Self::Broken => return f.write_str("(no answer)"),
        };
        write!(f, "{status}")?;
        match told {
            Told::Nothing => Ok(()),
            Told::Place(place) => write!(f, " number {}, {:?}", place.number, place.status),
            Told::Held(held) => write!(f, " reservation {} of seats {:?}", held.reservation, held.seats),
            Told::Paid(paid) => write!(f, " payment {} of {} for reservation {}", paid.payment, paid.amount, paid.reservation),
            Told::Refused(refusal) => f.write_str(" ").and_then(|()| f.write_str(&refusal.code)),
        }
    }
}

#[cfg(test)]
pub(crate) mod fixtures {
    //! Histories, in the words of the tests: times are in milliseconds.

    use super::*;

    pub(crate) const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    pub(crate) fn exchange(user: u32, asked: Asked, [sent, answered]: [u64; 2], answer: Answer) -> Exchange {
        Exchange { user, asked, key: 0, due: sent * 1_000, sent: sent * 1_000, answered: answered * 1_000, answer }
    }

    pub(crate) fn with_key(key: u16, exchange: Exchange) -> Exchange {
        Exchange { key, ..exchange }
    }

    pub(crate) fn told(status: u16) -> Answer {
        Answer::Told(status, Told::Nothing)
    }

    pub(crate) fn refused(status: u16, code: &str, held: &[u32]) -> Answer {
        Answer::Told(status, Told::Refused(Box::new(Refusal { code: code.into(), held: held.into() })))
    }

    pub(crate) fn placed(status: u16, number: u64, standing: Standing, activated_at: Option<i64>) -> Answer {
        Answer::Told(status, Told::Place(Place { number, status: standing, activated_at }))
    }

    /// A hold of five seconds.
    pub(crate) fn hold(user: u32, reservation: u128, seats: &[u32], times: [u64; 2]) -> Exchange {
        let held = Held { reservation: id(reservation), seats: seats.into(), amount: 100, span: 5_000_000 };
        with_key(1, exchange(user, Asked::Hold(seats.into()), times, Answer::Told(201, Told::Held(Box::new(held)))))
    }

    /// A payment of 100.
    pub(crate) fn pay(user: u32, payment: u128, reservation: u128, times: [u64; 2]) -> Exchange {
        let paid = Paid { payment: id(payment), reservation: id(reservation), amount: 100 };
        with_key(2, exchange(user, Asked::Pay(id(reservation)), times, Answer::Told(201, Told::Paid(Box::new(paid)))))
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::*;
    use super::*;

    #[test]
    fn an_exchange_reads_like_a_line_of_a_log() {
        assert_eq!(
            hold(7, 1, &[3, 4], [1_250, 1_300]).to_string(),
            "user 7 at 1.250000 s: POST /v1/reservations of seats [3, 4] with key 1 -> \
             201 reservation 00000000-0000-0000-0000-000000000001 of seats [3, 4] at 1.300000 s"
        );
        let refusal = exchange(1, Asked::Poll, [0, 1], refused(410, "QUEUE_TOKEN_EXPIRED", &[]));
        assert!(refusal.to_string().ends_with("-> 410 QUEUE_TOKEN_EXPIRED at 0.001000 s"));
    }
}
