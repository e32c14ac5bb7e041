//! Measures the maximum request rate of the virtual users on one core: all users poll continuously, and each response is the same.
//!
//! `cargo run --release --package rehearsal --example ceiling`

use std::future::pending;
use std::thread;

use rehearsal::{Rehearsal, Scenario};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// A response to every request before the admission. No user is ever admitted.
const BODY: &str =
    r#"{"access_token":"a","token":"t","status":"WAITING","number":1,"position":1,"activated_at":null,"poll_after_seconds":1}"#;

const SCENARIO: &str = r#"
name = "ceiling"
users = 512
seats = 1
price = 1
time_limit_seconds = 8
connections = 64
policy = { capacity = 1, batch = 1, tick_milliseconds = 1000, hold_seconds = 1, active_seconds = 1, claim_seconds = 1, max_seats_per_user = 1 }
arrival = { kind = "burst" }

[[people]]
name = "pollers"
share = 1
picks = "best"
seats = [1, 1]
hesitates_seconds = [0.0, 0.0]
tries = 1
polls_every_seconds = 0.001
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || serve(&sender));
    let rehearsal = Rehearsal {
        scenario: Scenario::parse(SCENARIO)?,
        seed: 1,
        server: format!("http://{}", receiver.recv()?),
        concert: Uuid::nil(),
        schedule: Uuid::nil(),
        jwts: Vec::new(),
        operator: None,
        own: false,
        run: "ceiling".into(),
        started_at: String::new(),
    };
    let record = rehearsal.run(pending(), |_| ())?;
    // The first and the last second are incomplete.
    let complete = record.timeline.get(1..record.timeline.len().saturating_sub(2)).unwrap_or_default();
    for second in complete {
        println!("second {}: {} responses", second.at, second.answers);
    }
    let max = complete.iter().map(|second| second.answers).max().unwrap_or_default();
    println!("maximum: {max} requests per second on one core");
    Ok(())
}

/// Runs the server on a separate thread.
fn serve(address: &std::sync::mpsc::Sender<std::net::SocketAddr>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        // The main thread waits for it.
        let _ = address.send(listener.local_addr()?);
        loop {
            tokio::spawn(respond(listener.accept().await?.0));
        }
    })
}

/// Responds to each request. The server doesn't parse requests: each one, with its body, arrives in one read.
async fn respond(mut connection: TcpStream) -> std::io::Result<()> {
    let response = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len());
    let mut request = [0; 4_096];
    connection.set_nodelay(true)?;
    while connection.read(&mut request).await? > 0 {
        connection.write_all(response.as_bytes()).await?;
    }
    Ok(())
}
