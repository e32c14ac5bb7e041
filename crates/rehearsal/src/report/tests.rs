//! Tests of whole reports.

use super::{html, json};
use crate::Record;
use crate::record::{Latency, LatencyAt, Operation, Second, Verdict, WhatIf};

const SCRIPT: &str = "<script>alert('x')</script>";

fn a_record() -> Record {
    let latency = Latency { p50_ms: 1.5, p90_ms: 3.0, p99_ms: 1_250.0, max_ms: 2_000.0 };
    let second = |at: u32| Second {
        at,
        waiting: u64::from(100 - at),
        active: 5,
        sold: u64::from(at * 5),
        admitted: 2,
        wait_p50_seconds: at.is_multiple_of(3).then_some(1.5),
        wait_p90_seconds: (at % 3 != 1).then_some(2.5),
        answers: 40,
        conflicts: 3,
        failures: 1,
    };
    let operation = |name: &str| Operation {
        name: name.into(),
        count: 12_345,
        latency,
        timeline: (0..20).map(|at| LatencyAt { at, count: 7, latency }).collect(),
    };
    let result = |policy: &str, after: Option<f64>| WhatIf {
        policy: policy.into(),
        sold_out_after_seconds: after,
        sold: 50,
        wait_p50_seconds: Some(90.0),
        wait_p90_seconds: Some(200.0),
        never_admitted: 4_321,
        curve: vec![(0.0, 0), (30.0, 20), (60.0, 50)],
    };
    Record {
        scenario: "Club night".into(),
        seed: 7,
        started_at: "2026-11-21T20:00:00Z".into(),
        seconds: 21.0,
        users: 100_000,
        seats: 50,
        payments_per_second: 12.5,
        sold: 50,
        timeline: (0..20).map(second).collect(),
        operations: vec![operation("join"), operation("hold")],
        verdicts: vec![Verdict { promise: "no seat is sold twice".into(), looked_at: 5_000, violations: vec![] }],
        what_if: vec![result("capacity=100", Some(75.0)), result("capacity=200,batch=100", Some(60.0)), result("capacity=1", None)],
    }
}

/// Returns the part of `page` after `from` and before `to`.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(part, _)| part).unwrap()
}

#[test]
fn a_report_contains_all_results() {
    let page = html(&a_record()).unwrap();
    for text in [
        "<h1>Club night</h1>",
        "2026-11-21T20:00:00Z",
        "seed 7",
        "<dt>users</dt><dd>100,000</dd>",
        "<dt>sold</dt><dd>50</dd>",
        "<dt>sold out after</dt><dd>10 s</dd>",
        "<dt>payments per second</dt><dd>12.5</dd>",
        "<dt>duration</dt><dd>21 s</dd>",
        "The promise was kept.",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let verdicts = between(&page, "<section id=\"verdicts\"", "</section>");
    assert!(verdicts.contains("no seat is sold twice") && verdicts.contains("5,000") && verdicts.contains("✓ kept"));
    let course = between(&page, "<section id=\"course\"", "</section>");
    let titles = ["Sold", "Waiting users", "Active users", "Admissions", "Waits of admitted users", "Conflicts and failures"];
    for title in titles {
        let figure = between(course, &format!("<figure><figcaption><b>{title}</b>"), "</figure>");
        assert!(figure.contains(&format!("role=\"img\" aria-label=\"{title}, ")) && figure.contains("<polyline"), "{title}");
    }
    let operations = between(&page, "<section id=\"operations\"", "</section>");
    for text in ["<b>join</b>", "<b>hold</b>", "12,345", "1.5 ms", "3 ms", "1.25 s", "2 s"] {
        assert!(operations.contains(text), "{text}");
    }
    let what_if = between(&page, "<section id=\"what-if\"", "</section>");
    assert!(between(what_if, "<tr class=\"best\">", "</tr>").contains("<code>capacity=200,batch=100</code>"));
    for text in [
        "sells out first, after 1 min",
        "half of the admitted users waited at most 1 min 30 s, 90 % at most 3 min 20 s",
        "1 min 15 s",
        "never",
        "4,321",
    ] {
        assert!(what_if.contains(text), "{text}");
    }
    assert_eq!(page.matches("<svg").count(), 6 + 2 + 1);
    assert_eq!(page.matches("<figure>").count(), page.matches("<figcaption>").count());
}

#[test]
fn a_broken_promise_is_shown_with_its_violations() {
    let violations = (1..=60).map(|n| format!("seat {n} was sold to two users")).collect();
    let broken = Verdict { promise: "no seat is sold twice".into(), looked_at: 60, violations };
    let mut record = a_record();
    record.verdicts.push(broken);
    let page = html(&record).unwrap();
    assert!(page.contains("class=\"banner broken\"") && page.contains("1 of 2 promises was broken."));
    assert!(!page.contains("class=\"banner kept\""));
    assert!(page.contains("✗ broken 60 times") && page.contains("<li>seat 50 was sold to two users</li>"));
    assert!(!page.contains("seat 51 was") && page.contains("and 10 more; report.json contains all of them"));
}

#[test]
fn a_report_without_verdicts_is_not_shown_as_kept() {
    let page = html(&Record { verdicts: vec![], ..a_record() }).unwrap();
    assert!(page.contains("class=\"banner open\"") && !page.contains("class=\"banner kept\""));
}

#[test]
fn text_is_escaped_everywhere() {
    let mut record = a_record();
    record.scenario = SCRIPT.into();
    record.started_at = SCRIPT.into();
    record.operations[0].name = format!("\" onload=\"{SCRIPT}");
    record.verdicts = vec![Verdict { promise: SCRIPT.into(), looked_at: 1, violations: vec![SCRIPT.into()] }];
    record.what_if[0].policy = SCRIPT.into();
    let page = html(&record).unwrap();
    assert!(!page.contains("<script") && !page.contains("\" onload"));
    // Title, heading, time; the operation in its table, caption, label and title; promise, violation; policy in key and table.
    assert_eq!(page.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;").count(), 3 + 4 + 2 + 2);
}

#[test]
fn a_page_refers_to_no_other_resource() {
    let page = html(&a_record()).unwrap();
    for reference in ["http:", "https:", "src=", "href=", "url(", "@import", "<link", "<script"] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn every_colour_is_a_variable_of_the_page() {
    let page = html(&a_record()).unwrap();
    let drawn = &page[page.find("<body>").unwrap()..];
    assert!(!drawn.contains("\"#"), "a colour of the library");
    let style = &page[..page.find("<body>").unwrap()];
    for used in drawn.split("var(--").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert_eq!(style.matches(&format!("--{used}:")).count(), 2, "{used} has a light and a dark value");
    }
}

#[test]
fn an_empty_record_has_a_report() {
    let page = html(&Record::default()).unwrap();
    assert!(page.contains("Nothing was checked.") && page.contains("No request was answered.") && page.contains("No data."));
    assert!(!page.contains("id=\"what-if\"") && !page.contains("<svg"));
}

#[test]
fn a_record_with_extreme_numbers_has_a_report() {
    let mut record = a_record();
    record.seconds = f64::NAN;
    record.payments_per_second = f64::INFINITY;
    record.timeline.truncate(1);
    record.operations[0].timeline[3].latency.p99_ms = f64::NAN;
    record.what_if[0].curve = vec![];
    record.what_if[1].curve = vec![(f64::NAN, u64::MAX), (f64::INFINITY, 0)];
    record.what_if[2].sold = u64::MAX;
    let page = html(&record).unwrap();
    assert!(page.contains("<circle"), "a single second is drawn as a dot");
    assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    for second in &mut record.timeline {
        (second.waiting, second.sold) = (u64::MAX, u64::MAX);
    }
    html(&record).unwrap();
}

#[test]
fn the_json_contains_the_record() {
    let json: serde_json::Value = serde_json::from_str(&json(&a_record()).unwrap()).unwrap();
    assert_eq!(json["scenario"], "Club night");
    assert_eq!(json["timeline"][3]["sold"], 15);
    assert_eq!(json["operations"][1]["timeline"][0]["latency"]["p99_ms"], 1_250.0);
    assert_eq!(json["what_if"][2]["sold_out_after_seconds"], serde_json::Value::Null);
    assert_eq!(json["what_if"][0]["curve"][1], serde_json::json!([30.0, 20]));
}
