//! The report of a rehearsal in a real browser: its plots are drawn, can be seen in the light and in the dark, and it asks nobody for anything.

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
    let crowd = Crowd { users: 2_000, seats: 400, seed: 7, ..Crowd::default() };
    let play = |text| what_if::play(&crowd, &what_if::parse(text).unwrap()).unwrap();
    Record {
        scenario: "Opening night".into(),
        seed: 7,
        started_at: "2026-11-21T20:00:00Z".into(),
        seconds: 160.0,
        users: 10_000,
        seats: 1_000,
        bookings_a_second: 4.2,
        sold: 1_000,
        timeline: (0..160).map(a_second).collect(),
        operations: OPERATIONS.iter().zip(1..).map(|(name, weight)| an_operation(name, weight)).collect(),
        verdicts: [
            ("No seat is sold twice.", 1_000),
            ("Admission is in the order of numbers.", 3_120),
            ("No money appears or vanishes.", 9_417),
        ]
        .map(|(promise, looked_at)| Verdict { promise: promise.into(), looked_at, violations: vec![] })
        .into(),
        what_if: ["capacity=100", "capacity=200,batch=100", "capacity=400,batch=200", "capacity=50"].map(play).into(),
    }
}

/// Everybody is there after ten seconds, and the last seat goes after 140.
fn a_second(at: u32) -> Second {
    let sold = (u64::from(at.saturating_sub(12)) * 8).min(1_000);
    let joined = (u64::from(at) * 1_000).min(10_000);
    let admitted = if at == 0 || sold == 1_000 { 0 } else { 14 + u64::from(at * 7919 % 13) };
    let let_in = (u64::from(at) * 20).min(3_120);
    let wait = (admitted > 0).then(|| (f64::from(at) - 8.0).max(0.4));
    Second {
        at,
        waiting: joined.saturating_sub(let_in),
        active: if sold == 1_000 { 12 } else { 180 + u64::from(at * 7919 % 20) },
        sold,
        admitted,
        wait_p50_seconds: wait,
        wait_p90_seconds: wait.map(|wait| wait * 1.12 + 0.8),
        answers: 2_400,
        conflicts: u64::from(at * 104_729 % 17) * u64::from(at > 12),
        failures: u64::from(at == 71) * 3,
    }
}

fn an_operation(name: &str, weight: u32) -> Operation {
    let latency = |at: u32| {
        let p50_ms = f64::from(weight) * (0.7 + f64::from(at * 7919 % 23) / 90.0) + if at < 10 { 3.0 } else { 0.0 };
        let p99_ms = p50_ms * (2.6 + f64::from(at * 104_729 % 31) / 16.0);
        Latency { p50_ms, p90_ms: p50_ms * 1.8, p99_ms, max_ms: p99_ms * 1.5 }
    };
    let timeline = (0..160).map(|at| LatencyAt { at, count: u64::from(400 / weight), latency: latency(at) }).collect();
    Operation { name: name.to_owned(), count: u64::from(64_000 / weight), latency: latency(20), timeline }
}
