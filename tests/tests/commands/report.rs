//! The report of a rehearsal in a real browser: its plots are drawn, can be seen in the light and in the dark, and it asks nobody for anything.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use fastrand::Rng;
use frontrow_tests::Browser;
use rehearsal::record::{Latency, LatencyAt, Operation, Second, Verdict};
use rehearsal::what_if::{self, Crowd};
use rehearsal::{Record, report};

const OPERATIONS: [&str; 6] = ["join", "poll", "seats", "hold", "charge", "pay"];
/// The course of the sale, an operation each, and what would be if.
const PLOTS: usize = 6 + OPERATIONS.len() + 1;

/// Every plot with how much of it can be seen: the curves' boxes, and contrasts with the paper under them.
const LOOK: &str = r"
    const channels = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);
    const light = color => {
        const [r, g, b] = channels(color).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [a, b] = [light(one), light(other)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    return [...document.querySelectorAll('svg')].map(svg => {
        const paper = getComputedStyle(svg.closest('figure')).backgroundColor;
        const box = svg.getBoundingClientRect();
        const curves = [...svg.querySelectorAll('polyline[stroke^=\'var(--ink-\']')].map(line => {
            const { width, height } = line.getBoundingClientRect();
            const inside = line.getBoundingClientRect().left >= box.left && line.getBoundingClientRect().right <= box.right + 1;
            return { width, height, inside, contrast: contrast(getComputedStyle(line).stroke, paper) };
        });
        const words = [...svg.querySelectorAll('text')].map(text => contrast(getComputedStyle(text).fill, paper));
        return { label: svg.getAttribute('aria-label'), caption: !!svg.closest('figure').querySelector('figcaption'),
                 width: box.width, height: box.height, paper, curves, words };
    });";

#[tokio::test]
async fn a_report_is_drawn_in_a_browser_that_asks_nobody_for_anything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rehearsal.html");
    std::fs::write(&file, report::html(&a_record()).unwrap()).unwrap();
    let address = format!("file://{}", file.display());

    let browser = Browser::start().await;
    let _ = browser.requests().await;
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        browser.open(&address).await;
        let seen = browser.run(LOOK).await;
        let plots = seen.as_array().unwrap();
        assert_eq!(plots.len(), PLOTS, "{scheme}");
        for plot in plots {
            let number = |of: &serde_json::Value| of.as_f64().unwrap();
            assert!(number(&plot["width"]) > 300.0 && number(&plot["height"]) > 100.0, "{plot}");
            assert_eq!(plot["caption"], true, "{plot}");
            let curves = plot["curves"].as_array().unwrap();
            assert!(!curves.is_empty(), "{plot}");
            for curve in curves {
                assert!(number(&curve["width"]) > 0.0 && number(&curve["contrast"]) >= 3.0 && curve["inside"] == true, "{scheme}: {plot}");
            }
            assert!(curves.iter().any(|curve| number(&curve["width"]) > 100.0 && number(&curve["height"]) > 10.0), "{scheme}: {plot}");
            let words = plot["words"].as_array().unwrap();
            assert!(words.len() >= 6 && words.iter().all(|contrast| number(contrast) >= 4.5), "{scheme}: {plot}");
        }
        papers.push(plots[0]["paper"].clone());
        let wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
        assert_eq!(wide, 0, "nothing hangs over the page's edge");
        assert_eq!(browser.requests().await, (vec![address.clone()], vec![]), "{scheme}");
    }
    assert_ne!(papers[0], papers[1], "the dark is not the light");
}

/// Ten thousand for a thousand seats, as it might have been.
fn a_record() -> Record {
    let mut chance = Rng::with_seed(7);
    let crowd = Crowd { users: 2_000, seats: 400, seed: 7, ..Crowd::default() };
    let play = |text| what_if::play(&crowd, &what_if::parse(text).unwrap()).unwrap();
    let kept = |(promise, looked_at): (&str, u64)| Verdict { promise: promise.into(), looked_at, violations: vec![] };
    Record {
        scenario: "Opening night".into(),
        seed: 7,
        started_at: "2026-11-21T20:00:00Z".into(),
        seconds: 160.0,
        users: 10_000,
        seats: 1_000,
        bookings_a_second: 4.2,
        sold: 1_000,
        timeline: the_course(&mut chance),
        operations: OPERATIONS.iter().zip(1..).map(|(name, weight)| an_operation(name, weight, &mut chance)).collect(),
        verdicts: [
            ("No seat is sold twice.", 1_000),
            ("Admission is in the order of numbers, and never above the capacity.", 3_120),
            ("No money appears or vanishes.", 9_417),
            ("A payment happens exactly once.", 488),
        ]
        .map(kept)
        .into(),
        what_if: ["capacity=50", "capacity=100", "capacity=200,batch=100", "capacity=400,batch=200"].map(play).into(),
    }
}

/// Everybody is there after ten seconds; 200 are in at once, and buy until nothing is left.
fn the_course(chance: &mut Rng) -> Vec<Second> {
    let (mut sold, mut let_in) = (0_u64, 0_u64);
    let second = |at: u32| {
        let open = sold < 1_000;
        let admitted = if open { chance.u64(14..24) + 60 * u64::from(at < 3) } else { 0 };
        let_in += admitted;
        sold = (sold + if at > 9 { chance.u64(4..13) } else { 0 }).min(1_000);
        let wait = (admitted > 0).then(|| (f64::from(at) * 0.93 - 4.0).max(0.4));
        Second {
            at,
            waiting: (u64::from(at + 1) * 1_000).min(10_000).saturating_sub(let_in),
            active: if open { chance.u64(185..=200) } else { 0 },
            sold,
            admitted,
            wait_p50_seconds: wait,
            wait_p90_seconds: wait.map(|wait| wait * 1.12 + 0.8 + chance.f64()),
            answers: 2_400,
            conflicts: if open && at > 6 { chance.u64(0..2 + sold / 90) } else { 0 },
            failures: u64::from(at == 71) * 3,
        }
    };
    (0..160).map(second).collect()
}

/// An operation that is slower while everybody comes.
fn an_operation(name: &str, weight: u32, chance: &mut Rng) -> Operation {
    let mut latency = |at: u32| {
        let p50_ms = f64::from(weight) * (0.7 + 0.2 * chance.f64() + 4.0 * (-f64::from(at) / 6.0).exp());
        let p99_ms = p50_ms * (2.2 + chance.f64() + 4.0 * chance.f64().powi(12));
        Latency { p50_ms, p90_ms: p50_ms * 1.8, p99_ms, max_ms: p99_ms * 1.5 }
    };
    let overall = latency(20);
    let timeline = (0..160).map(|at| LatencyAt { at, count: u64::from(400 / weight), latency: latency(at) }).collect();
    Operation { name: name.to_owned(), count: u64::from(64_000 / weight), latency: overall, timeline }
}
