use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::testing::SCHEDULE;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

const LAYOUT: LayoutHash = LayoutHash([7; 32]);
const STATUSES: [SeatStatus; 4] = [SeatStatus::Available, SeatStatus::Held, SeatStatus::Reserved, SeatStatus::Blocked];

fn statuses(statuses: Vec<SeatStatus>) -> SeatStatuses {
    let available = statuses.iter().filter(|status| **status == SeatStatus::Available).count();
    SeatStatuses { available: u32::try_from(available).expect("few"), statuses }
}

fn frame(previous: Option<&Arc<Frame>>, seats: &[SeatStatus]) -> Arc<Frame> {
    Frame::following(previous, SCHEDULE, LAYOUT, statuses(seats.to_vec()))
}

/// Updates the statuses that a client has, as the documentation describes.
fn apply(known: &mut Vec<SeatStatus>, update: &Value) {
    if let Some(bits) = update["bits"].as_str() {
        let bits = STANDARD.decode(bits).expect("Base64");
        let seats = update["seats"].as_u64().expect("a number");
        let status = |index: usize| STATUSES[usize::from(bits[index / 4] >> (index % 4 * 2) & 3)];
        *known = (0..usize::try_from(seats).expect("few")).map(status).collect();
        assert!(update.get("changes").is_none() && update.get("since").is_none());
        return;
    }
    let names = BTreeMap::from([("AVAILABLE", STATUSES[0]), ("HELD", STATUSES[1]), ("RESERVED", STATUSES[2]), ("BLOCKED", STATUSES[3])]);
    for (name, gaps) in update["changes"].as_object().expect("changes") {
        let (mut index, mut gap, mut shift) = (0, 0, 0);
        for byte in STANDARD.decode(gaps.as_str().expect("text")).expect("Base64") {
            gap |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                index += gap;
                known[index] = names[name.as_str()];
                index += 1;
                (gap, shift) = (0, 0);
            }
        }
    }
}

async fn update(frame: &Arc<Frame>, since: Option<Version>) -> Update {
    frame.update(since, &Handle::current()).await.unwrap_or_else(|_| panic!("no update"))
}

fn value(update: &Update) -> Value {
    let json = match update {
        Update::Changes(changes) => &changes.json,
        Update::Whole(whole) => &whole.content.json,
    };
    serde_json::from_slice(json).expect("JSON")
}

/// Pseudo-random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % limit
    }
}

#[test]
fn the_first_seat_is_in_the_lowest_bits() {
    assert_eq!(
        bits(&[SeatStatus::Held, SeatStatus::Reserved, SeatStatus::Blocked, SeatStatus::Available, SeatStatus::Reserved]),
        [0b0011_1001, 2]
    );
}

#[test]
fn a_version_is_read_from_its_digits() {
    let version = frame(None, &[SeatStatus::Held]).version;
    assert_eq!(Version::from_hex(&version.to_string()), Some(version));
    for text in ["", "a", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33), "+0000000000000000000000000000000"] {
        assert_eq!(Version::from_hex(text), None, "{text}");
    }
}

#[test]
fn frames_are_equal_if_and_only_if_their_versions_are() {
    let (free, held) = (vec![SeatStatus::Available; 9], vec![SeatStatus::Held; 9]);
    let first = frame(None, &free);
    assert!(Arc::ptr_eq(&first, &frame(Some(&first), &free)), "nothing has changed");
    assert_eq!(first.version, frame(None, &free).version, "on another instance");
    let versions = [
        first.version,
        frame(Some(&first), &held).version,
        frame(None, &free[1..]).version,
        Frame::following(None, SCHEDULE, LayoutHash([8; 32]), statuses(free)).version,
    ];
    assert_eq!(versions.iter().map(ToString::to_string).collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[tokio::test]
async fn a_whole_frame_of_50000_seats_is_at_most_15_kilobytes_compressed() {
    let mut random = Random(1);
    let seats: Vec<_> = (0..50_000).map(|_| STATUSES[random.below(4)]).collect();
    let Update::Whole(whole) = update(&frame(None, &seats), None).await else { panic!("changes") };
    let (plain, gzip) = (whole.content.body(false).len(), whole.content.body(true).len());
    println!("50,000 seats of random statuses: {plain} bytes, {gzip} compressed");
    assert!(gzip <= 15_000, "{gzip} bytes");
}

#[tokio::test]
async fn the_changes_of_500_holds_among_50000_seats_are_at_most_one_kilobyte() {
    let mut random = Random(2);
    let mut seats: Vec<_> = (0..50_000).map(|_| STATUSES[2 * random.below(2)]).collect();
    let first = frame(None, &seats);
    let mut last = first.clone();
    // One second: ten frames of 50 holds each.
    for _ in 0..10 {
        for _ in 0..50 {
            let free = (0..10_000).map(|_| random.below(seats.len())).find(|index| seats[*index] == SeatStatus::Available);
            let free = free.expect("a free seat");
            seats[free] = SeatStatus::Held;
        }
        last = frame(Some(&last), &seats);
    }
    let update = update(&last, Some(first.version)).await;
    let Update::Changes(changes) = &update else { panic!("everything") };
    println!("500 holds among 50,000 seats: {} bytes, as an event {}", changes.json.len(), changes.event.len());
    assert!(changes.json.len() <= 1_024, "{} bytes", changes.json.len());
    let mut known = first.statuses.clone();
    apply(&mut known, &value(&update));
    assert_eq!(known, seats);
}

#[tokio::test]
async fn a_client_with_an_unknown_frame_or_one_that_differs_in_most_seats_gets_everything() {
    let free = vec![SeatStatus::Available; 100];
    let (first, other) = (frame(None, &free), frame(None, &free[1..]));
    assert!(matches!(update(&first, Some(other.version)).await, Update::Whole(_)), "an unknown version");
    assert_eq!(value(&update(&first, Some(first.version)).await)["changes"], serde_json::json!({}));
    let sold = frame(Some(&first), &[SeatStatus::Reserved; 100]);
    assert!(matches!(update(&sold, Some(first.version)).await, Update::Whole(_)), "all seats have changed");
    let larger = frame(Some(&sold), &[SeatStatus::Reserved; 101]);
    assert!(matches!(update(&larger, Some(sold.version)).await, Update::Whole(_)), "the schedule has another seat");
}

#[tokio::test]
async fn only_recent_changes_are_kept() {
    let mut seats = vec![SeatStatus::Available; 100];
    let first = frame(None, &seats);
    let mut last = first.clone();
    for step in 0..=MAX_STEPS {
        let index = step % 100;
        seats[index] = if seats[index] == SeatStatus::Available { SeatStatus::Held } else { SeatStatus::Available };
        last = frame(Some(&last), &seats);
    }
    assert_eq!(last.steps.len(), MAX_STEPS);
    let wide = vec![SeatStatus::Available; 10_000];
    let mut wide_last = frame(None, &wide);
    for status in [SeatStatus::Held, SeatStatus::Available, SeatStatus::Held] {
        let mut next = wide.clone();
        next[..2_000].fill(status);
        wide_last = frame(Some(&wide_last), &next);
    }
    assert_eq!(wide_last.steps.len(), 1, "6,000 changes among 10,000 seats");
}

proptest! {
    #[test]
    fn a_client_that_polls_has_the_statuses_of_the_last_frame(
        size in 1..400_usize,
        changes in prop::collection::vec((prop::collection::vec((0..400_usize, 0..4_usize), 0..30), any::<bool>(), 0..3_usize), 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut seats = vec![SeatStatus::Available; size];
            let mut last = frame(None, &seats);
            // Three clients, each with the statuses and the version that it got last.
            let mut clients = vec![(Vec::new(), None); 3];
            for (changed, is_lost, client) in changes {
                for (index, status) in changed {
                    seats[index % size] = STATUSES[status];
                }
                last = frame(Some(&last).filter(|_| !is_lost), &seats);
                let (known, version) = &mut clients[client];
                let update = value(&update(&last, *version).await);
                apply(known, &update);
                prop_assert_eq!(&*known, &seats);
                *version = Version::from_hex(update["version"].as_str().unwrap_or_default());
                prop_assert_eq!(*version, Some(last.version));
            }
            Ok(())
        })?;
    }
}
