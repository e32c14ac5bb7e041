//! A buyer: registers, joins the queue, charges the wallet, holds their own seat, and pays for it or releases it.

use anyhow::Context;

use crate::client::{Headers, request};
use crate::hall::Seat;

/// A buyer, with the results of the stages so far.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    seat: Seat,
    /// Their id.
    pub(crate) user: String,
    pub(crate) jwt: String,
    pub(crate) token: String,
    /// Their number in the queue.
    pub(crate) number: u64,
    reservation: String,
    /// How many holds they have released.
    released: u32,
}

/// The stages of a buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Register,
    Join,
    Charge,
    Hold,
    Release,
    Pay,
    /// Leaves the queue.
    Leave,
}

impl Stage {
    /// The expected status of the response.
    pub(crate) const fn expects(self) -> u16 {
        match self {
            Self::Register | Self::Join | Self::Charge | Self::Hold | Self::Pay => 201,
            Self::Release | Self::Leave => 204,
        }
    }
}

impl Buyer {
    pub(crate) const fn new(seat: Seat) -> Self {
        Self { seat, user: String::new(), jwt: String::new(), token: String::new(), number: 0, reservation: String::new(), released: 0 }
    }

    /// Returns the request of `stage`.
    pub(crate) fn request(&self, stage: Stage) -> String {
        let me = Headers { jwt: &self.jwt, ..Headers::default() };
        let admitted = Headers { token: &self.token, ..me };
        match stage {
            Stage::Register => request("POST /v1/users", me, r#"{"name":"Buyer"}"#),
            Stage::Join => request("POST /v1/queue-tokens", me, &format!(r#"{{"concert_id":"{}"}}"#, self.seat.concert)),
            Stage::Charge => {
                let body = r#"{"amount":{"amount":200000,"currency":"KRW"}}"#;
                request("POST /v1/wallet/charges", Headers { key: "charge", ..me }, body)
            }
            Stage::Hold => {
                let body = format!(r#"{{"schedule_id":"{}","seat_numbers":[{}]}}"#, self.seat.schedule, self.seat.number);
                let key = format!("hold-{}", self.released);
                request("POST /v1/reservations", Headers { key: &key, ..admitted }, &body)
            }
            Stage::Release => request(&format!("DELETE /v1/reservations/{}", self.reservation), me, ""),
            Stage::Leave => request(&format!("DELETE /v1/queue-tokens/{}", self.token), me, ""),
            Stage::Pay => {
                let body = format!(r#"{{"reservation_id":"{}"}}"#, self.reservation);
                request("POST /v1/payments", Headers { key: "pay", ..admitted }, &body)
            }
        }
    }

    /// Returns the request for the position in the queue, or the state of the token.
    pub(crate) fn poll(&self) -> String {
        request(&format!("GET /v1/queue-tokens/{}", self.token), Headers { jwt: &self.jwt, ..Headers::default() }, "")
    }

    /// Returns the request for the seat map of the seat's schedule.
    pub(crate) fn seat_map(&self) -> String {
        let headers = Headers { jwt: &self.jwt, token: &self.token, ..Headers::default() };
        request(&format!("GET /v1/schedules/{}/seats", self.seat.schedule), headers, "")
    }

    /// Returns the request for the wallet's balance.
    pub(crate) fn wallet(&self) -> String {
        request("GET /v1/wallet", Headers { jwt: &self.jwt, ..Headers::default() }, "")
    }

    /// Stores the parts of the response to `stage` that later stages need.
    pub(crate) fn record(&mut self, stage: Stage, body: &str) -> anyhow::Result<()> {
        match stage {
            Stage::Register => {
                text(body, "id")?.clone_into(&mut self.user);
                text(body, "access_token")?.clone_into(&mut self.jwt);
            }
            Stage::Join => {
                text(body, "token")?.clone_into(&mut self.token);
                self.number = after(body, r#""number":"#)?.split([',', '}']).next().unwrap_or_default().parse()?;
            }
            Stage::Hold => text(body, "id")?.clone_into(&mut self.reservation),
            Stage::Release => self.released += 1,
            Stage::Charge | Stage::Pay | Stage::Leave => {}
        }
        Ok(())
    }
}

/// Returns the text of the first member of this name.
fn text<'a>(body: &'a str, member: &str) -> anyhow::Result<&'a str> {
    Ok(after(body, &format!(r#""{member}":""#))?.split('"').next().unwrap_or_default())
}

fn after<'a>(body: &'a str, label: &str) -> anyhow::Result<&'a str> {
    Ok(body.split_once(label).with_context(|| format!("no {label} in {body}"))?.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall;

    #[test]
    fn a_buyer_records_what_the_next_stages_need() {
        let mut buyer = Buyer::new(hall::MAIN.seat(20_000));
        buyer.record(Stage::Register, r#"{"id":"u","name":"Buyer","access_token":"jwt"}"#).unwrap();
        buyer.record(Stage::Join, r#"{"token":"t","queue_id":"q","status":"WAITING","number":17,"position":3}"#).unwrap();
        buyer.record(Stage::Hold, r#"{"id":"r","schedule_id":"d"}"#).unwrap();
        assert_eq!(buyer.user, "u");
        assert_eq!((&*buyer.jwt, &*buyer.token, buyer.number, &*buyer.reservation), ("jwt", "t", 17, "r"));
        assert!(buyer.record(Stage::Join, "{}").is_err());
    }

    #[test]
    fn a_hold_after_a_release_has_a_new_key() {
        let mut buyer = Buyer::new(hall::MAIN.seat(0));
        assert!(buyer.request(Stage::Hold).contains("idempotency-key: hold-0\r\n"));
        buyer.record(Stage::Release, "").unwrap();
        assert!(buyer.request(Stage::Hold).contains("idempotency-key: hold-1\r\n"));
    }
}
