//! Queries: parameters that are invalid, repeated or unknown.

use super::Group;
use super::fixture::Fixture;

const INVALID_SIZES: &[&str] =
    &["", "0", "00", "-1", "%2B1", "1.0", "1e3", "0x10", "ten", "NaN", "%00", "1%00", "%ff", "%EF%BC%91", "1,2", "null", "+1", "1+"];

const INVALID_CURSORS: &[&str] = &[
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

const INVALID_POSITIONS: &[&str] =
    &["", "-1", "+1", "1.5", "1e3", "x", "0x10", "%20", "1%20", "%00", "9223372036854775808", "99999999999999999999", "%D9%A1"];

const INVALID_CHOICES: &[&str] =
    &["", "1", "TRUE", "True", "yes", "null", "true,false", "%00", "%ff", "AVAILABLE,HELD", "available", "FREE", "true%20"];

const INVALID_LENGTHS: &[&str] = &["", "0", "361", "-1", "+1", "1.0", "x", "%00", "99999999999999999999"];

const INVALID_VERSIONS: &[&str] = &[
    "",
    "1",
    "x",
    "%00",
    "%ff",
    "null",
    "0000000000000000000000000000000g",
    "ABCDEFABCDEFABCDEFABCDEFABCDEFAB",
    "0000000000000000000000000000000",
    "000000000000000000000000000000000",
];

const INVALID_NAMES: &[&str] = &["", "%20", "%00", "A%00", "%0a", "%1b[31m", "%7f", "%c2%85"];

const INVALID_INSTANTS: &[&str] = &[
    "",
    "0",
    "now",
    "2026-11-21",
    "2026-11-21T20:00:00",
    "2026-11-21T20:00:00+09:00",
    "2026-13-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "2026-11-21T20:00:00Z%00",
    "%ff",
];

const UNKNOWN: &[&str] =
    &["x", "x=1", "=", "=1", "&x", "%00=1", "%ff=%ff", "page_size%00=1", "PAGE_SIZE=1", "cursor[]=x", "offset=1", "a=1&b=2&c=3"];

pub(super) fn groups(fixture: &Fixture) -> Vec<Group> {
    let (mut invalid, mut cursors) = (Vec::new(), Vec::new());
    for valid in &fixture.valid {
        let with_query = |query: String| valid.request.with_target(format!("{}?{query}", valid.request.target));
        invalid.extend(UNKNOWN.iter().map(|query| with_query((*query).to_owned())));
        invalid.push(with_query(format!("{}=1", "x".repeat(20_000))));
        invalid.push(with_query("x=1&".repeat(5_000)));
        for name in &valid.query {
            let values = match name.as_str() {
                "page_size" => INVALID_SIZES,
                "cursor" => INVALID_CURSORS,
                "after" | "seat" => INVALID_POSITIONS,
                "bookable" | "on_sale" | "status" | "subject_id" | "operator_id" => INVALID_CHOICES,
                "name" | "q" => INVALID_NAMES,
                "since" => INVALID_VERSIONS,
                "from" | "to" => INVALID_INSTANTS,
                "buckets" => INVALID_LENGTHS,
                unknown => panic!("{unknown} is new: add invalid values for it here"),
            };
            let requests = values.iter().map(|value| with_query(format!("{name}={value}")));
            (if name == "cursor" { &mut cursors } else { &mut invalid }).extend(requests);
            invalid.push(with_query(format!("{name}=1&{name}=1")));
            invalid.push(with_query(format!("{name}=&{name}")));
        }
    }
    vec![(&[(400, "VALIDATION_FAILED")], invalid), (&[(400, "INVALID_CURSOR")], cursors)]
}
