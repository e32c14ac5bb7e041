use clap::Parser as _;
use serde_json::{Value, json};

use super::*;
use crate::cli::{Cli, Command};
use crate::client::fake::{FakeServer, ScriptedResponse, SentRequest};

const ID: &str = "0f207207-0000-7000-8000-0000000c1b01";
const OTHER: &str = "0f207207-0000-7000-8000-0000000c1b02";

/// Runs the command line `words`, with `ID` and `OTHER` replaced by these ids, and returns its requests.
fn requests(words: &str, script: Vec<ScriptedResponse>) -> Vec<SentRequest> {
    let fake = FakeServer::with(script);
    let words = words.split_whitespace().map(|word| word.replace("ID", ID).replace("OTHER", OTHER));
    let Command::Admin(admin) = Cli::try_parse_from(["frontrow".to_owned()].into_iter().chain(words)).unwrap().command else {
        panic!("not an admin command")
    };
    send(&fake.client(), *admin, Output::Table).unwrap();
    fake.requests()
}

fn text(request: &SentRequest) -> String {
    format!("{} {}", request.line, request.body).replace(ID, "ID").replace(OTHER, "OTHER")
}

fn response(body: &Value) -> ScriptedResponse {
    ("200 OK", "etag: \"3\"\r\n", body.to_string())
}

#[test]
fn commands_send_their_requests_to_the_api() {
    for (words, request) in [
        ("queues list", "GET /v1/admin/queues "),
        ("queues show ID", "GET /v1/admin/queues/ID "),
        ("queues create --name Arena", r#"POST /v1/admin/queues {"name":"Arena"}"#),
        (
            "queues create --id ID --name Arena --capacity 5 --max-waiting 9 --message Soon",
            r#"POST /v1/admin/queues {"id":"ID","message":"Soon","name":"Arena","policy":{"capacity":5,"max_waiting":9}}"#,
        ),
        ("queues pause ID", "POST /v1/admin/queues/ID:pause {}"),
        ("queues resume ID", "POST /v1/admin/queues/ID:resume {}"),
        ("queues close ID", "POST /v1/admin/queues/ID:close {}"),
        ("queues open ID", "POST /v1/admin/queues/ID:open {}"),
        ("queues admit ID 20", r#"POST /v1/admin/queues/ID:admit {"count":20}"#),
        ("concerts list --limit 7", "GET /v1/admin/concerts?page_size=7 "),
        ("concerts show ID", "GET /v1/admin/concerts/ID "),
        (
            "concerts create --name A --host B --queue-id OTHER --max-seats-per-user 2",
            r#"POST /v1/admin/concerts {"host":"B","max_seats_per_user":2,"name":"A","queue_id":"OTHER"}"#,
        ),
        (
            "concerts create --name A --host B --description D --image-url https://e.x/i --venue-name V --venue-city C --venue-zone Z --publishes-at P",
            r#"POST /v1/admin/concerts {"description":"D","host":"B","image_url":"https://e.x/i","name":"A","publishes_at":"P","venue":{"city":"C","name":"V","zone":"Z"}}"#,
        ),
        ("concerts cancel ID --reason Rain", r#"POST /v1/admin/concerts/ID:cancel {"reason":"Rain"}"#),
        ("schedules show ID", "GET /v1/admin/schedules/ID "),
        (
            "schedules add ID --starts-at s --zone z --sale-opens-at o --sale-closes-at c",
            r#"POST /v1/admin/concerts/ID/schedules {"sale_closes_at":"c","sale_opens_at":"o","starts_at":"s","zone":"z"}"#,
        ),
        ("schedules cancel ID --reason Rain", r#"POST /v1/admin/schedules/ID:cancel {"reason":"Rain"}"#),
        ("schedules refund-all ID", "POST /v1/admin/schedules/ID:refund-all {}"),
        ("seats map ID", "GET /v1/admin/schedules/ID/seat-map "),
        (
            "seats block ID 9 1-3 2-4 --reason Camera",
            r#"POST /v1/admin/schedules/ID/seats:block {"reason":"Camera","seat_numbers":[1,2,3,4,9]}"#,
        ),
        ("seats unblock ID 9 --reason None", r#"POST /v1/admin/schedules/ID/seats:unblock {"reason":"None","seat_numbers":[9]}"#),
        ("users search", "GET /v1/admin/users?page_size=50 "),
        ("users search Ada", "GET /v1/admin/users?name=Ada&page_size=50 "),
        ("users show ID", "GET /v1/admin/users/ID "),
        ("users tokens ID", "GET /v1/admin/users/ID/queue-tokens "),
        ("users reservations ID", "GET /v1/admin/users/ID/reservations?page_size=50 "),
        ("users payments ID", "GET /v1/admin/users/ID/payments?page_size=50 "),
        ("users entries ID --limit 3", "GET /v1/admin/users/ID/wallet-entries?page_size=3 "),
        ("reservations release ID", "POST /v1/admin/reservations/ID:release {}"),
        ("reservations release ID --reason Call", r#"POST /v1/admin/reservations/ID:release {"reason":"Call"}"#),
        ("payments refund ID", "POST /v1/payments/ID/refunds {}"),
        ("payments refund ID --reason View", r#"POST /v1/payments/ID/refunds {"reason":"View"}"#),
        ("schedules refund-all ID --reason Rain", r#"POST /v1/admin/schedules/ID:refund-all {"reason":"Rain"}"#),
        ("event-readers list", "GET /v1/admin/event-readers "),
        ("event-readers move mailer 12", r#"PUT /v1/admin/event-readers/mailer {"position":12}"#),
        ("event-readers forget mailer", "DELETE /v1/admin/event-readers/mailer "),
        ("log --subject ID --operator OTHER", "GET /v1/admin/log?subject_id=ID&operator_id=OTHER&page_size=50 "),
    ] {
        let sent = requests(words, vec![response(&json!({"items": []}))]);
        assert_eq!(sent.iter().map(text).collect::<Vec<_>>(), [request], "{words}");
    }
}

fn page(events: usize, position: u64, end: u64) -> ScriptedResponse {
    let items = vec![json!({"position": position}); events];
    response(&json!({"items": items, "position": position, "end": end}))
}

#[test]
fn events_are_read_up_to_the_end_or_the_limit_across_empty_pages() {
    let read = |words: &str, script| requests(words, script).iter().map(text).collect::<Vec<_>>();
    assert_eq!(
        read("events --after 4 --limit 300", vec![page(200, 210, 250), page(0, 215, 250), page(35, 250, 250)]),
        [
            "GET /v1/admin/events?page_size=200&after=4 ",
            "GET /v1/admin/events?page_size=100&after=210 ",
            "GET /v1/admin/events?page_size=100&after=215 "
        ]
    );
    assert_eq!(read("events --limit 2", vec![page(2, 2, 9)]), ["GET /v1/admin/events?page_size=2 "]);
}

#[test]
fn a_reader_continues_after_its_position_and_stores_the_new_one() {
    let readers = response(&json!({"items": [{"name": "mailer", "position": 7}], "end": 9}));
    let sent = requests("events --reader mailer", vec![readers, page(2, 9, 9), ("204 No Content", "", String::new())]);
    assert_eq!(
        sent.iter().map(text).collect::<Vec<_>>(),
        [
            "GET /v1/admin/event-readers ",
            "GET /v1/admin/events?page_size=50&after=7 ",
            r#"PUT /v1/admin/event-readers/mailer {"position":9}"#
        ]
    );
}

#[test]
fn following_continues_with_new_events_while_the_server_is_temporarily_unavailable() {
    let readers = response(&json!({"items": [], "end": 9}));
    let unavailable = ("503 Service Unavailable", "", json!({"title": "Unavailable", "status": 503, "code": "UNAVAILABLE"}).to_string());
    let gone = ("410 Gone", "", json!({"title": "The events are no longer available", "status": 410, "code": "EVENTS_GONE"}).to_string());
    let fake = FakeServer::with(vec![readers, page(1, 10, 10), unavailable, page(1, 11, 11), gone]);
    let Command::Admin(admin) = Cli::try_parse_from(["frontrow", "events", "--follow"]).unwrap().command else {
        panic!("not an admin command")
    };
    let error = send(&fake.client(), *admin, Output::Json).unwrap_err();
    assert!(error.to_string().contains("EVENTS_GONE"), "{error}");
    assert_eq!(
        fake.requests().iter().map(text).collect::<Vec<_>>(),
        [
            "GET /v1/admin/event-readers ",
            "GET /v1/admin/events?page_size=200&after=9 ",
            "GET /v1/admin/events?page_size=200&after=10 ",
            "GET /v1/admin/events?page_size=200&after=10 ",
            "GET /v1/admin/events?page_size=200&after=11 "
        ]
    );
}

#[test]
fn set_changes_only_the_specified_members_of_the_current_version() {
    for (words, request) in [
        ("queues set ID --capacity default", r#"PATCH /v1/admin/queues/ID {"policy":{"capacity":null}}"#),
        ("queues set ID --name A --no-message", r#"PATCH /v1/admin/queues/ID {"message":null,"name":"A"}"#),
        ("concerts set ID --max-seats-per-user default", r#"PATCH /v1/admin/concerts/ID {"max_seats_per_user":null}"#),
        (
            "concerts set ID --description none --image-url none --no-venue --publishes-at none",
            r#"PATCH /v1/admin/concerts/ID {"description":null,"image_url":null,"publishes_at":null,"venue":null}"#,
        ),
        ("schedules set ID --zone z", r#"PATCH /v1/admin/schedules/ID {"zone":"z"}"#),
    ] {
        let sent = requests(words, vec![response(&json!({})), response(&json!({}))]);
        assert_eq!(text(&sent[1]), request);
        assert!(sent[1].headers.contains("if-match: \"3\""), "{words}");
    }
}

#[test]
fn sale_reads_the_concert_and_its_queue_and_a_seat_map_is_laid_out_from_a_file() {
    let sale = requests("sale ID", vec![response(&json!({"queue_id": OTHER})), response(&json!({}))]);
    assert_eq!(sale.iter().map(text).collect::<Vec<_>>(), ["GET /v1/admin/concerts/ID ", "GET /v1/admin/queues/OTHER "]);

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"sections": []}"#).unwrap();
    let laid_out = requests(&format!("seats lay-out ID {}", file.path().display()), vec![response(&json!({"created": 0}))]);
    assert_eq!(laid_out.iter().map(text).collect::<Vec<_>>(), [r#"PUT /v1/admin/schedules/ID/seat-map {"sections":[]}"#]);
}

#[test]
fn a_file_is_read_in_utf_8_with_a_byte_order_mark_or_in_utf_16() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let document = r#"{"queues": [{"name": "Núñez"}]}"#;
    let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(document.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [format!("\u{feff}{document}").into_bytes(), utf_16] {
        std::fs::write(file.path(), bytes).unwrap();
        assert_eq!(document::read(file.path()).unwrap()["queues"][0]["name"], "Núñez");
    }
    std::fs::write(file.path(), b"{\"name\": \"N\xfa\"}").unwrap();
    let error = format!("{:#}", document::read(file.path()).unwrap_err());
    assert!(error.contains("can't be read") && error.contains("UTF-8"), "{error}");
}

#[test]
fn a_repeated_refund_has_the_same_key() {
    let key = |sent: &[SentRequest]| sent[0].headers.lines().find(|line| line.starts_with("idempotency-key")).map(str::to_owned);
    let refund = |id: &str| key(&requests(&format!("payments refund {id}"), vec![response(&json!({}))]));
    assert_eq!(refund("ID"), refund("ID"));
    assert_ne!(refund("ID"), refund("OTHER"));
    assert!(refund("ID").is_some());
}

#[test]
fn a_charge_has_the_currency_of_the_users_balance_and_its_own_key() {
    let user = || response(&json!({"id": ID, "balance": {"amount": 0, "currency": "EUR"}}));
    let charge = |words: &str| requests(words, vec![user(), response(&json!({}))]).remove(1);
    let charged = charge("users charge ID 2550 --reason Refund");
    let body = r#"{"amount":{"amount":2550,"currency":"EUR"},"reason":"Refund","user_id":"ID"}"#;
    assert_eq!(text(&charged), format!("POST /v1/wallet/charges {body}"));
    let key = |request: &SentRequest| request.headers.lines().find(|line| line.starts_with("idempotency-key")).map(str::to_owned);
    assert_ne!(key(&charged), key(&charge("users charge ID 2550 --reason Refund")));
    assert_eq!(key(&charge("users charge ID 1 --key receipt-4711")).as_deref(), Some("idempotency-key: receipt-4711"));
}

#[test]
fn an_admission_has_its_own_key_unless_one_is_specified() {
    let key = |words: &str| {
        let sent = requests(words, vec![response(&json!({}))]);
        sent[0].headers.lines().find(|line| line.starts_with("idempotency-key")).map(str::to_owned)
    };
    assert_ne!(key("queues admit ID 20"), key("queues admit ID 20"));
    assert_eq!(key("queues admit ID 20 --key again").as_deref(), Some("idempotency-key: again"));
}
