//! A buyer: registers, joins the queue, charges the wallet, holds their own seat, and pays for it or releases it.

use anyhow::Context;

use crate::client::{Headers, request};
use crate::hall::{CONCERT, Seat};
use crate::row::What;

/// A buyer, with the results of the stages so far.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    seat: Seat,
    /// Whether they pay for the seat; otherwise they release it.
    pays: bool,
    pub(crate) jwt: String,
    pub(crate) token: String,
    /// Their number in the queue.
    pub(crate) number: u64,
    charged: bool,
    reservation: String,
}

/// The stages of a buyer, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Register,
    Join,
    Charge,
    Hold,
    Release,
    Pay,
}

impl Stage {
    pub(crate) const fn what(self) -> What {
        match self {
            Self::Register => What::Register,
            Self::Join => What::Join,
            Self::Charge => What::Charge,
            Self::Hold => What::Hold,
            Self::Release => What::Release,
            Self::Pay => What::Pay,
        }
    }

    /// The expected status of the response.
    pub(crate) const fn expects(self) -> u16 {
        match self {
            Self::Register | Self::Join | Self::Charge | Self::Hold | Self::Pay => 201,
            Self::Release => 204,
        }
    }
}

impl Buyer {
    pub(crate) const fn new(seat: Seat, pays: bool) -> Self {
        Self { seat, pays, jwt: String::new(), token: String::new(), number: 0, charged: false, reservation: String::new() }
    }

    /// Whether the results so far allow `stage`.
    pub(crate) const fn can(&self, stage: Stage) -> bool {
        match stage {
            Stage::Register => true,
            Stage::Join => !self.jwt.is_empty(),
            Stage::Charge | Stage::Hold => !self.token.is_empty(),
            Stage::Release => !self.reservation.is_empty() && !self.pays,
            Stage::Pay => !self.reservation.is_empty() && self.pays && self.charged,
        }
    }

    /// Returns the request of `stage`.
    pub(crate) fn request(&self, stage: Stage) -> String {
        let me = Headers { jwt: &self.jwt, ..Headers::default() };
        let admitted = Headers { token: &self.token, ..me };
        match stage {
            Stage::Register => request("POST /v1/users", me, r#"{"name":"Buyer"}"#),
            Stage::Join => request("POST /v1/queue-tokens", me, &format!(r#"{{"concert_id":"{CONCERT}"}}"#)),
            Stage::Charge => {
                let body = r#"{"amount":{"amount":200000,"currency":"KRW"}}"#;
                request("POST /v1/wallet/charges", Headers { key: "charge", ..me }, body)
            }
            Stage::Hold => {
                let body = format!(r#"{{"schedule_id":"{}","seat_numbers":[{}]}}"#, self.seat.schedule, self.seat.number);
                request("POST /v1/reservations", Headers { key: "hold", ..admitted }, &body)
            }
            Stage::Release => request(&format!("DELETE /v1/reservations/{}", self.reservation), me, ""),
            Stage::Pay => {
                let body = format!(r#"{{"reservation_id":"{}"}}"#, self.reservation);
                request("POST /v1/payments", Headers { key: "pay", ..admitted }, &body)
            }
        }
    }

    /// Stores the parts of the response to `stage` that later stages need.
    pub(crate) fn record(&mut self, stage: Stage, body: &str) -> anyhow::Result<()> {
        match stage {
            Stage::Register => text(body, "access_token")?.clone_into(&mut self.jwt),
            Stage::Join => {
                text(body, "token")?.clone_into(&mut self.token);
                self.number = after(body, r#""number":"#)?.split([',', '}']).next().unwrap_or_default().parse()?;
            }
            Stage::Charge => self.charged = true,
            Stage::Hold => text(body, "id")?.clone_into(&mut self.reservation),
            Stage::Release | Stage::Pay => {}
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
        let mut buyer = Buyer::new(hall::seat(20_000), true);
        buyer.record(Stage::Register, r#"{"id":"u","name":"Buyer","access_token":"jwt"}"#).unwrap();
        buyer.record(Stage::Join, r#"{"token":"t","queue_id":"q","status":"WAITING","number":17,"position":3}"#).unwrap();
        buyer.record(Stage::Hold, r#"{"id":"r","schedule_id":"d"}"#).unwrap();
        assert_eq!((&*buyer.jwt, &*buyer.token, buyer.number, &*buyer.reservation), ("jwt", "t", 17, "r"));
        assert!(!buyer.can(Stage::Pay), "the wallet is not charged yet");
        assert!(!buyer.can(Stage::Release), "this buyer pays");
        assert!(buyer.record(Stage::Join, "{}").is_err());
    }
}
