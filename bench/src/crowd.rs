//! A crowd that buys: registers, joins, is admitted, charges, holds, pays; each stage is measured by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use serde_json::Value;

use crate::client::{Client, Credentials};
use crate::table::Row;

/// The demo's arena: 15,000 seats.
const ARENA: &str = "0f207207-0000-7000-8000-000000a2e0a0";
const ARENA_DATE: &str = "0f207207-0000-7000-8000-000000a2e0a1";

/// One who buys, as far as they have come.
#[derive(Debug, Clone, Default)]
struct Buyer {
    number: usize,
    seat: u32,
    jwt: String,
    token: String,
    reservation: String,
}

/// What every buyer does, one stage after the other.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Register,
    Join,
    Charge,
    Hold,
    Pay,
}

pub(crate) struct Crowd {
    address: SocketAddr,
    connections: usize,
    buyers: Vec<Buyer>,
}

impl Crowd {
    /// `size` buyers who share `connections`; the first takes `first_seat`, the next the one beside it.
    pub(crate) fn new(address: SocketAddr, connections: usize, size: usize, first_seat: u32) -> Self {
        let buyers = (0..size).zip(first_seat..).map(|(number, seat)| Buyer { number, seat, ..Buyer::default() }).collect();
        Self { address, connections, buyers }
    }

    /// Goes through all stages.
    pub(crate) async fn play(&mut self) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (stage, what) in
            [(Stage::Register, "register"), (Stage::Join, "join"), (Stage::Charge, "charge"), (Stage::Hold, "hold"), (Stage::Pay, "pay")]
        {
            if matches!(stage, Stage::Hold) {
                self.until_all_are_in().await?;
            }
            rows.push(self.measure(stage, what).await?);
        }
        Ok(rows)
    }

    async fn until_all_are_in(&self) -> anyhow::Result<()> {
        let mut client = Client::connect(self.address).await?;
        for buyer in &self.buyers {
            let path = format!("/v1/queue-tokens/{}", buyer.token);
            while client.get(&path, &buyer.jwt).await?["status"] != "ACTIVE" {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// Lets every buyer do `stage`; each connection takes the next buyer when it has an answer.
    async fn measure(&mut self, stage: Stage, what: &'static str) -> anyhow::Result<Row> {
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            clients.push(Client::connect(self.address).await?);
        }
        let buyers = Arc::new(std::mem::take(&mut self.buyers));
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let tasks: Vec<_> =
            clients.into_iter().map(|client| tokio::spawn(take_turns(client, stage, buyers.clone(), next.clone()))).collect();
        let mut latencies = Histogram::new(3)?;
        for task in tasks {
            let (done, times) = task.await??;
            latencies.add(times)?;
            self.buyers.extend(done);
        }
        let span = start.elapsed();
        self.buyers.sort_unstable_by_key(|buyer| buyer.number);
        Ok(Row { what, connections: Some(self.connections), latencies, span })
    }
}

async fn take_turns(
    mut client: Client,
    stage: Stage,
    buyers: Arc<Vec<Buyer>>,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<(Vec<Buyer>, Histogram<u64>)> {
    let (mut done, mut times) = (Vec::new(), Histogram::new(3)?);
    while let Some(buyer) = buyers.get(next.fetch_add(1, Ordering::Relaxed)) {
        let mut buyer = buyer.clone();
        let begin = Instant::now();
        buyer.go(stage, &mut client).await?;
        times.record(u64::try_from(begin.elapsed().as_micros())?)?;
        done.push(buyer);
    }
    Ok((done, times))
}

impl Buyer {
    async fn go(&mut self, stage: Stage, client: &mut Client) -> anyhow::Result<()> {
        let me = Credentials { jwt: &self.jwt, ..Credentials::default() };
        let admitted = Credentials { token: &self.token, ..me };
        match stage {
            Stage::Register => {
                let user = client.post("/v1/users", Credentials::default(), r#"{"name":"Buyer"}"#).await?;
                self.jwt = text(&user, "access_token")?;
            }
            Stage::Join => {
                let joined = client.post("/v1/queue-tokens", me, &format!(r#"{{"concert_id":"{ARENA}"}}"#)).await?;
                self.token = text(&joined, "token")?;
            }
            Stage::Charge => {
                let body = r#"{"amount":{"amount":200000,"currency":"KRW"}}"#;
                client.post("/v1/wallet/charges", Credentials { key: "charge", ..me }, body).await?;
            }
            Stage::Hold => {
                let body = format!(r#"{{"schedule_id":"{ARENA_DATE}","seat_numbers":[{}]}}"#, self.seat);
                let held = client.post("/v1/reservations", Credentials { key: "hold", ..admitted }, &body).await?;
                self.reservation = text(&held, "id")?;
            }
            Stage::Pay => {
                let body = format!(r#"{{"reservation_id":"{}"}}"#, self.reservation);
                client.post("/v1/payments", Credentials { key: "pay", ..admitted }, &body).await?;
            }
        }
        Ok(())
    }
}

fn text(body: &Value, member: &str) -> anyhow::Result<String> {
    Ok(body[member].as_str().with_context(|| format!("no {member} in {body}"))?.to_owned())
}
