//! The history: every request of a rehearsal and its outcome, with times in microseconds since the start.

use std::fmt;

use uuid::Uuid;

/// A request and its outcome.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) user: u32,
    pub(crate) request: Request,
    /// The number of the user's idempotency key that it carried; 0: none.
    pub(crate) key: u16,
    /// The scheduled time.
    pub(crate) due: u64,
    /// The time at which it was sent.
    pub(crate) sent: u64,
    /// The time at which the response was received, or the failure detected.
    pub(crate) answered: u64,
    pub(crate) answer: Answer,
}

/// The content of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Request {
    Register,
    Join,
    Poll,
    /// Opens an event stream. The response is its first event.
    Listen,
    /// Receives a later event of the stream.
    Event,
    Leave,
    Browse,
    Seats,
    Hold(Box<[u32]>),
    Release(Uuid),
    Charge(i64),
    Pay(Uuid),
    /// A request of the checker at the end.
    Inspect(&'static str),
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// A response with its status.
    Response(u16, Content),
    /// The user disconnected before the response.
    Disconnected,
    /// The connection broke, or there was no valid response in time.
    Broken,
}

/// The parts of a response that the rehearsal needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Empty,
    Token(Token),
    Held(Box<Held>),
    Paid(Box<Paid>),
    Refused(Box<Refusal>),
}

/// The state of a queue token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) number: u64,
    pub(crate) status: TokenStatus,
    /// By the server's clock, in microseconds since the Unix epoch.
    pub(crate) activated_at: Option<i64>,
}

/// The status of a queue token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenStatus {
    Waiting,
    Active,
    Expired,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) reservation: Uuid,
    pub(crate) seats: Vec<u32>,
    pub(crate) amount: i64,
    /// The duration of the hold, in microseconds, from some time between the request and its response.
    pub(crate) span: u64,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paid {
    pub(crate) payment: Uuid,
    pub(crate) reservation: Uuid,
    pub(crate) amount: i64,
}

/// A problem response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    /// The requested seats that are held.
    pub(crate) held: Vec<u32>,
}

impl Request {
    /// Returns the operation's name, or `None` for events and the checker's requests.
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
    /// Returns the status of the response, if there is one.
    pub(crate) const fn status(&self) -> Option<u16> {
        match self.answer {
            Answer::Response(status, _) => Some(status),
            Answer::Disconnected | Answer::Broken => None,
        }
    }

    /// Returns the content of the response, if there is one.
    const fn content(&self) -> Option<&Content> {
        match &self.answer {
            Answer::Response(_, content) => Some(content),
            Answer::Disconnected | Answer::Broken => None,
        }
    }

    /// Whether the request succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    pub(crate) const fn token(&self) -> Option<Token> {
        if let Some(Content::Token(token)) = self.content() { Some(*token) } else { None }
    }

    pub(crate) const fn held(&self) -> Option<&Held> {
        if let Some(Content::Held(held)) = self.content() { Some(held) } else { None }
    }

    pub(crate) const fn paid(&self) -> Option<&Paid> {
        if let Some(Content::Paid(paid)) = self.content() { Some(paid) } else { None }
    }

    pub(crate) const fn refusal(&self) -> Option<&Refusal> {
        if let Some(Content::Refused(refusal)) = self.content() { Some(refusal) } else { None }
    }
}

impl fmt::Display for Exchange {
    /// Writes the user, the request, its outcome and the times, so that it can be found in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {} at {}: {}", self.user, Seconds(self.sent), self.request)?;
        if self.key > 0 {
            write!(f, " with key {}", self.key)?;
        }
        write!(f, " -> {} at {}", self.answer, Seconds(self.answered))
    }
}

/// Microseconds, displayed as seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} s", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Display for Request {
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
            Self::Inspect(path) => write!(f, "GET {path}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, content) = match self {
            Self::Response(status, content) => (status, content),
            Self::Disconnected => return f.write_str("(the user disconnected)"),
            Self::Broken => return f.write_str("(no response)"),
        };
        write!(f, "{status}")?;
        match content {
            Content::Empty => Ok(()),
            Content::Token(token) => write!(f, " number {}, {:?}", token.number, token.status),
            Content::Held(held) => write!(f, " reservation {} of seats {:?}", held.reservation, held.seats),
            Content::Paid(paid) => write!(f, " payment {} of {} for reservation {}", paid.payment, paid.amount, paid.reservation),
            Content::Refused(refusal) => f.write_str(" ").and_then(|()| f.write_str(&refusal.code)),
        }
    }
}

#[cfg(test)]
pub(crate) mod fixtures {
    //! Exchanges for tests. Times are in milliseconds.

    use super::*;

    pub(crate) const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    pub(crate) fn exchange(user: u32, request: Request, [sent, answered]: [u64; 2], answer: Answer) -> Exchange {
        Exchange { user, request, key: 0, due: sent * 1_000, sent: sent * 1_000, answered: answered * 1_000, answer }
    }

    pub(crate) fn with_key(key: u16, exchange: Exchange) -> Exchange {
        Exchange { key, ..exchange }
    }

    pub(crate) fn response(status: u16) -> Answer {
        Answer::Response(status, Content::Empty)
    }

    pub(crate) fn problem(status: u16, code: &str, held: &[u32]) -> Answer {
        Answer::Response(status, Content::Refused(Box::new(Refusal { code: code.into(), held: held.into() })))
    }

    pub(crate) fn token_response(status: u16, number: u64, token_status: TokenStatus, activated_at: Option<i64>) -> Answer {
        Answer::Response(status, Content::Token(Token { number, status: token_status, activated_at }))
    }

    /// Returns a hold of five seconds.
    pub(crate) fn hold(user: u32, reservation: u128, seats: &[u32], times: [u64; 2]) -> Exchange {
        let held = Held { reservation: id(reservation), seats: seats.into(), amount: 100, span: 5_000_000 };
        with_key(1, exchange(user, Request::Hold(seats.into()), times, Answer::Response(201, Content::Held(Box::new(held)))))
    }

    /// Returns a payment of 100.
    pub(crate) fn pay(user: u32, payment: u128, reservation: u128, times: [u64; 2]) -> Exchange {
        let paid = Paid { payment: id(payment), reservation: id(reservation), amount: 100 };
        with_key(2, exchange(user, Request::Pay(id(reservation)), times, Answer::Response(201, Content::Paid(Box::new(paid)))))
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::*;
    use super::*;

    #[test]
    fn an_exchange_is_displayed_like_a_log_line() {
        assert_eq!(
            hold(7, 1, &[3, 4], [1_250, 1_300]).to_string(),
            "user 7 at 1.250000 s: POST /v1/reservations of seats [3, 4] with key 1 -> \
             201 reservation 00000000-0000-0000-0000-000000000001 of seats [3, 4] at 1.300000 s"
        );
        let refusal = exchange(1, Request::Poll, [0, 1], problem(410, "QUEUE_TOKEN_EXPIRED", &[]));
        assert!(refusal.to_string().ends_with("-> 410 QUEUE_TOKEN_EXPIRED at 0.001000 s"));
    }
}
