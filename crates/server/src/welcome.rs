//! What a newcomer is told when the server is up: where to click, and five lines to paste.

use std::io::{self, Write};
use std::net::SocketAddr;

use crate::demo;

/// Ends what is told, for those who read it by program.
const LAST_LINE: &str = "Stop with Ctrl-C.";

/// Prints where to click and, with the demo's concerts on sale, what to try. Nobody need be there to read it.
pub(crate) fn print(bind: SocketAddr, demo: bool) {
    let told = writeln!(io::stdout(), "{}{LAST_LINE}", text(bind, demo));
    if let Err(error) = told {
        tracing::debug!(error = &error as &dyn std::error::Error, "nobody reads the welcome");
    }
}

fn text(bind: SocketAddr, demo: bool) -> String {
    let base = format!("http://{bind}");
    let mut text = format!("Frontrow serves {base}\n\n  API reference   {base}/docs\n  what is on      {base}/v1/concerts\n\n");
    if demo {
        text.push_str(&transcript(&base));
    }
    text
}

/// The story in five lines: register, join, hold, charge, pay.
fn transcript(base: &str) -> String {
    let pick = |member: &str| format!(r#"sed 's/.*"{member}":"\([^"]*\)".*/\1/'"#);
    let json = "-H 'content-type: application/json'";
    let user = r#"-H "authorization: Bearer $JWT""#;
    let token = r#"-H "queue-token: $TOKEN""#;
    let (club, schedule) = (demo::CLUB, demo::CLUB_SCHEDULE);
    format!(
        r#"Try the story, line by line: register, join the queue, hold two seats, charge the wallet, pay.

JWT=$(curl -s {base}/v1/users {json} -d '{{"name":"Ada"}}' | {access_token})
TOKEN=$(curl -s {base}/v1/queue-tokens {user} {json} -d '{{"concert_id":"{club}"}}' | {queue_token}); sleep 2
HOLD=$(curl -s -w '\n' {base}/v1/reservations {user} {token} {json} -H 'idempotency-key: hold-1' -d '{{"schedule_id":"{schedule}","seat_numbers":[7,8]}}' | tee /dev/stderr | sed 's/^{{"id":"\([^"]*\)".*/\1/')
curl -s -w '\n' {base}/v1/wallet/charges {user} {json} -H 'idempotency-key: charge-1' -d '{{"amount":{{"amount":200000,"currency":"KRW"}}}}'
curl -s -w '\n' {base}/v1/payments {user} {token} {json} -H 'idempotency-key: pay-1' -d '{{"reservation_id":"'$HOLD'"}}'

"#,
        access_token = pick("access_token"),
        queue_token = pick("token"),
    )
}
