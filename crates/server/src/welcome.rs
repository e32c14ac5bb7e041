//! The welcome message of the server: links, and five lines to paste into a shell.

use std::io::{self, Write};
use std::net::SocketAddr;

use adapters_web::WebSettings;

use crate::demo;

/// The last line, by which programs recognize the end of the message.
const LAST_LINE: &str = "Stop with Ctrl-C.";

/// Prints the addresses of the pages, links and, with the demo data, commands to try. A closed output is no error.
pub(crate) fn print(bind: SocketAddr, web: &WebSettings, demo: bool) {
    let printed = writeln!(io::stdout(), "{}{LAST_LINE}", text(bind, web, demo));
    if let Err(error) = printed {
        tracing::debug!(error = &error as &dyn std::error::Error, "the welcome message can't be printed");
    }
}

fn text(bind: SocketAddr, web: &WebSettings, demo: bool) -> String {
    let base = format!("http://{bind}");
    let pages = [(web.shop, "Shop", "/"), (web.console, "Console", "/console"), (true, "API reference", "/docs")];
    let mut text = format!("Frontrow is listening on {base}\n\n");
    for (_, name, path) in pages.into_iter().filter(|(is_served, ..)| *is_served) {
        text.extend([&*format!("  {name:<15} {base}{path}"), "\n"]);
    }
    text.push('\n');
    if demo {
        text.push_str(&transcript(&base));
    }
    text
}

/// Returns five lines that buy two seats: register, join, hold, charge, pay.
fn transcript(base: &str) -> String {
    let pick = |member: &str| format!(r#"sed 's/.*"{member}":"\([^"]*\)".*/\1/'"#);
    let json = "-H 'content-type: application/json'";
    let user = r#"-H "authorization: Bearer $JWT""#;
    let token = r#"-H "queue-token: $TOKEN""#;
    let (club, schedule) = (demo::CLUB, demo::CLUB_SCHEDULE);
    format!(
        r#"Buy two seats, line by line: register, join the queue, hold the seats, charge the wallet, pay.

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
