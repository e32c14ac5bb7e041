//! How much the crowd can ask on one core: everybody polls all the time, and each answer is the same.
//!
//! `cargo run --release --package rehearsal --example ceiling`

use std::future::pending;
use std::thread;

use rehearsal::{Play, Scenario};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Good for whatever is asked until somebody is let in, and nobody ever is.
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
    let (told, address) = std::sync::mpsc::channel();
    thread::spawn(move || serve(&told));
    let play = Play {
        scenario: Scenario::parse(SCENARIO)?,
        seed: 1,
        server: format!("http://{}", address.recv()?),
        concert: Uuid::nil(),
        schedule: Uuid::nil(),
        jwts: Vec::new(),
        operator: None,
        own: false,
        run: "ceiling".into(),
        started_at: String::new(),
    };
    let record = play.run(pending(), |_| ())?;
    // The first second and the last are not whole.
    let whole = record.timeline.get(1..record.timeline.len().saturating_sub(2)).unwrap_or_default();
    for second in whole {
        println!("second {}: {} answers", second.at, second.answers);
    }
    let fastest = whole.iter().map(|second| second.answers).max().unwrap_or_default();
    println!("at best {fastest} requests a second on one core");
    Ok(())
}

/// On one core of its own.
fn serve(told: &std::sync::mpsc::Sender<std::net::SocketAddr>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        // Somebody waits for it.
        let _ = told.send(listener.local_addr()?);
        loop {
            tokio::spawn(answer(listener.accept().await?.0));
        }
    })
}

/// Requests have no body that matters: each ends the head, and one with a body comes in one piece.
async fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len());
    let mut request = [0; 4_096];
    connection.set_nodelay(true)?;
    while connection.read(&mut request).await? > 0 {
        connection.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
