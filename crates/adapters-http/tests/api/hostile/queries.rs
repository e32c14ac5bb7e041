//! Queries: parameters that don't fit, come twice, or that nobody knows.

use super::Sort;
use super::stage::Stage;

const NO_SIZES: &[&str] =
    &["", "0", "00", "-1", "%2B1", "1.0", "1e3", "0x10", "ten", "NaN", "%00", "1%00", "%ff", "%EF%BC%91", "1,2", "null", "+1", "1+"];

const NO_CURSORS: &[&str] = &[
    "",
    "x",
    "0",
    "%00",
    "%ff",
    "..%2f",
    "'--",
    "z00000000000000000000000000000001",
    "c",
    "c0000000000000000000000000000001",
    "c000000000000000000000000000000001",
    "c+0000000000000000000000000000001",
    "cg0000000000000000000000000000001",
    "cffffffffffffffffffffffffffffffff%00",
    "effffffffffffffffffffffffffffffff",
    "%63%30",
];

const NO_POSITIONS: &[&str] =
    &["", "-1", "+1", "1.5", "1e3", "x", "0x10", "%20", "1%20", "%00", "9223372036854775808", "99999999999999999999", "%D9%A1"];

const NO_CHOICES: &[&str] =
    &["", "1", "TRUE", "True", "yes", "null", "true,false", "%00", "%ff", "AVAILABLE,HELD", "available", "FREE", "true%20"];

const NO_NAMES: &[&str] = &["", "%20", "%00", "A%00", "%0a", "%1b[31m", "%7f", "%c2%85"];

const UNKNOWN: &[&str] =
    &["x", "x=1", "=", "=1", "&x", "%00=1", "%ff=%ff", "page_size%00=1", "PAGE_SIZE=1", "cursor[]=x", "offset=1", "a=1&b=2&c=3"];

pub(super) fn sorts(stage: &Stage) -> Vec<Sort> {
    let (mut misfits, mut cursors) = (Vec::new(), Vec::new());
    for good in &stage.good {
        let ask = |query: String| good.request.to(format!("{}?{query}", good.request.target));
        misfits.extend(UNKNOWN.iter().map(|query| ask((*query).to_owned())));
        misfits.push(ask(format!("{}=1", "x".repeat(20_000))));
        misfits.push(ask("x=1&".repeat(5_000)));
        for name in &good.query {
            let values = match name.as_str() {
                "page_size" => NO_SIZES,
                "cursor" => NO_CURSORS,
                "after" => NO_POSITIONS,
                "bookable" | "status" | "subject_id" | "operator_id" => NO_CHOICES,
                "name" => NO_NAMES,
                unknown => panic!("{unknown} is new: say here what doesn't fit in it"),
            };
            let asked = values.iter().map(|value| ask(format!("{name}={value}")));
            (if name == "cursor" { &mut cursors } else { &mut misfits }).extend(asked);
            misfits.push(ask(format!("{name}=1&{name}=1")));
            misfits.push(ask(format!("{name}=&{name}")));
        }
    }
    vec![(&[(400, "VALIDATION_FAILED")], misfits), (&[(400, "INVALID_CURSOR")], cursors)]
}
