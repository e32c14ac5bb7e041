//! The report of a rehearsal in a real browser: its plots are drawn and readable in the light and the dark colour scheme, and it requests
//! nothing from the network.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use fastrand::Rng;
use frontrow_tests::Browser;
use rehearsal::record::{Latency, LatencyAt, Operation, Second, Verdict};
use rehearsal::what_if::{self, Crowd};
use rehearsal::{Record, report};

const OPERATIONS: [&str; 6] = ["join", "poll", "seats", "hold", "charge", "pay"];
/// The plots: the course of the sale, one per operation, and the what-if comparison.
const PLOTS: usize = 6 + OPERATIONS.len() + 1;

/// Returns every plot with its visibility: the boxes of its curves, and their contrasts with the background.
const INSPECT: &str = r"
    const channels = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);
    const luminance = color => {
        const [r, g, b] = channels(color).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [a, b] = [luminance(one), luminance(other)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    return [...document.querySelectorAll('svg')].map(svg => {
        const background = getComputedStyle(svg.closest('figure')).backgroundColor;
        const box = svg.getBoundingClientRect();
        const curves = [...svg.querySelectorAll('polyline[stroke^=\'var(--ink-\']')].map(line => {
            const { width, height } = line.getBoundingClientRect();
            const inside = line.getBoundingClientRect().left >= box.left && line.getBoundingClientRect().right <= box.right + 1;
            return { width, height, inside, contrast: contrast(getComputedStyle(line).stroke, background) };
        });
        const texts = [...svg.querySelectorAll('text')].map(text => contrast(getComputedStyle(text).fill, background));
        return { label: svg.getAttribute('aria-label'), caption: !!svg.closest('figure').querySelector('figcaption'),
                 width: box.width, height: box.height, background, curves, texts };
    });";

#[tokio::test]
async fn a_report_is_drawn_in_a_browser_without_any_network_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rehearsal.html");
    std::fs::write(&file, report::html(&a_record()).unwrap()).unwrap();
    let address = format!("file://{}", file.display());

    let browser = Browser::start().await;
    let _ = browser.requests().await;
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        browser.open(&address).await;
        let seen = browser.run(INSPECT).await;
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
            let texts = plot["texts"].as_array().unwrap();
            assert!(texts.len() >= 6 && texts.iter().all(|contrast| number(contrast) >= 4.5), "{scheme}: {plot}");
        }
        backgrounds.push(plots[0]["background"].clone());
        let wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
        assert_eq!(wide, 0, "the page has no horizontal overflow");
        assert_eq!(browser.requests().await, (vec![address.clone()], vec![]), "{scheme}");
    }
    assert_ne!(backgrounds[0], backgrounds[1], "the colour schemes differ");
}

/// Returns a plausible record: ten thousand users for a thousand seats.
fn a_record() -> Record {
    let mut rng = Rng::with_seed(7);
    let crowd = Crowd { users: 2_000, seats: 400, seed: 7, ..Crowd::default() };
    let run = |text| what_if::play(&crowd, &what_if::parse(text).unwrap()).unwrap();
    let passed = |(promise, looked_at): (&str, u64)| Verdict { promise: promise.into(), looked_at, violations: vec![] };
    Record {
        scenario: "Opening night".into(),
        seed: 7,
        started_at: "2026-11-21T20:00:00Z".into(),
        seconds: 160.0,
        users: 10_000,
        seats: 1_000,
        payments_per_second: 4.2,
        sold: 1_000,
        timeline: a_timeline(&mut rng),
        operations: OPERATIONS.iter().zip(1..).map(|(name, weight)| an_operation(name, weight, &mut rng)).collect(),
        verdicts: [
            ("No seat is sold twice.", 1_000),
            ("Admission is in the order of numbers, and never above the capacity.", 3_120),
            ("No money appears or vanishes.", 9_417),
            ("A payment happens exactly once.", 488),
        ]
        .map(passed)
        .into(),
        what_if: ["capacity=50", "capacity=100", "capacity=200,batch=100", "capacity=400,batch=200"].map(run).into(),
    }
}

/// Returns a timeline: all users have joined after ten seconds, and 200 are active at a time and buy until everything is sold.
fn a_timeline(rng: &mut Rng) -> Vec<Second> {
    let (mut sold, mut total_admitted) = (0_u64, 0_u64);
    let second = |at: u32| {
        let open = sold < 1_000;
        let admitted = if open { rng.u64(14..24) + 60 * u64::from(at < 3) } else { 0 };
        total_admitted += admitted;
        sold = (sold + if at > 9 { rng.u64(4..13) } else { 0 }).min(1_000);
        let wait = (admitted > 0).then(|| (f64::from(at) * 0.93 - 4.0).max(0.4));
        Second {
            at,
            waiting: (u64::from(at + 1) * 1_000).min(10_000).saturating_sub(total_admitted),
            active: if open { rng.u64(185..=200) } else { 0 },
            sold,
            admitted,
            wait_p50_seconds: wait,
            wait_p90_seconds: wait.map(|wait| wait * 1.12 + 0.8 + rng.f64()),
            answers: 2_400,
            conflicts: if open && at > 6 { rng.u64(0..2 + sold / 90) } else { 0 },
            failures: u64::from(at == 71) * 3,
        }
    };
    (0..160).map(second).collect()
}

/// Returns an operation that is slower during the first joins.
fn an_operation(name: &str, weight: u32, rng: &mut Rng) -> Operation {
    let mut latency = |at: u32| {
        let p50_ms = f64::from(weight) * (0.7 + 0.2 * rng.f64() + 4.0 * (-f64::from(at) / 6.0).exp());
        let p99_ms = p50_ms * (2.2 + rng.f64() + 4.0 * rng.f64().powi(12));
        Latency { p50_ms, p90_ms: p50_ms * 1.8, p99_ms, max_ms: p99_ms * 1.5 }
    };
    let overall = latency(20);
    let timeline = (0..160).map(|at| LatencyAt { at, count: u64::from(400 / weight), latency: latency(at) }).collect();
    Operation { name: name.to_owned(), count: u64::from(64_000 / weight), latency: overall, timeline }
}
