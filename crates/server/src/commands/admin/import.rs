//! `frontrow import`: makes the queues and concerts of a file.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::{concerts, document, queues, schedules};
use crate::client::{Client, Refused};
use crate::output::{Column, Output, list, table};
use crate::progress;

const OUTCOMES: &[Column] = &[("what", "/what"), ("id", "/id"), ("name", "/name"), ("outcome", "/outcome"), ("why", "/why")];

/// What became of one thing in the file.
enum Outcome {
    /// As the server made it.
    Made(Value),
    /// Something with its id is there; it stays as it is: so.
    Exists(Value),
    Failed(Refused),
}

pub(super) fn run(client: &Client, file: &Path, output: Output) -> anyhow::Result<()> {
    let told = imported(client, &document(file)?)?;
    let failed = told.iter().filter(|row| row["outcome"] == "failed").count();
    let of = told.len();
    let told = json!({"items": told});
    output.tell(&told, || table(list(&told["items"]), OUTCOMES))?;
    if failed > 0 {
        bail!("{failed} of {of} failed");
    }
    Ok(())
}

/// What became of everything in `file`.
fn imported(client: &Client, file: &Value) -> anyhow::Result<Vec<Value>> {
    let (queues, concerts) = parts(file)?;
    let mut told = Vec::new();
    let bar = progress::bar((queues.len() + concerts.len()).try_into()?, "importing")?;
    for queue in queues {
        told.push(row("queue", queue, make(client, queues::PATH, queues::PATH, queue)?));
        bar.inc(1);
    }
    for concert in concerts {
        let outcome = make(client, concerts::PATH, concerts::PATH, concert)?;
        let exists = matches!(outcome, Outcome::Exists(_));
        told.push(row("concert", concert, outcome));
        if exists {
            told.extend(schedules(client, concert)?);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(told)
}

/// The queues and the concerts of a file, and nothing else.
fn parts(file: &Value) -> anyhow::Result<(&[Value], &[Value])> {
    let members = file.as_object().context("the file must be an object with queues and concerts")?;
    for (name, value) in members {
        if !["queues", "concerts"].contains(&name.as_str()) || !value.is_array() {
            bail!("the file must be {{\"queues\": [...], \"concerts\": [...]}}, with no {name} that is something else");
        }
    }
    Ok((list(&file["queues"]), list(&file["concerts"])))
}

/// The dates of a concert that was there before its file: those with ids that are missing are added.
fn schedules(client: &Client, concert: &Value) -> anyhow::Result<Vec<Value>> {
    let id = concert["id"].as_str().and_then(|id| id.parse().ok()).context("a concert that exists has an id")?;
    let mut told = Vec::new();
    for schedule in list(&concert["schedules"]).iter().filter(|schedule| schedule["id"].is_string()) {
        told.push(row("date", schedule, make(client, &schedules::of(id), schedules::PATH, schedule)?));
    }
    Ok(told)
}

/// Makes a thing by a POST to `path`; what exists is looked up below `place`. Stops the import only if the server can't be asked.
fn make(client: &Client, path: &str, place: &str, body: &Value) -> anyhow::Result<Outcome> {
    let refused = match client.post(path, body) {
        Ok(made) => return Ok(Outcome::Made(made)),
        Err(error) => error.downcast::<Refused>()?,
    };
    // What exists may also be a date of a new concert: then nothing was made.
    let is_it = |id: &&str| body["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id));
    let id = refused.problem["id"].as_str().filter(|_| refused.code() == "ALREADY_EXISTS").filter(is_it);
    let Some(id) = id else { return Ok(Outcome::Failed(refused)) };
    Ok(Outcome::Exists(client.get(&format!("{place}/{id}"))?))
}

fn row(what: &str, thing: &Value, outcome: Outcome) -> Value {
    let name = |of: &Value| if of["name"].is_null() { of["starts_at"].clone() } else { of["name"].clone() };
    let (id, called, outcome, why) = match outcome {
        Outcome::Made(made) => (made["id"].clone(), name(thing), "made", Value::Null),
        Outcome::Exists(existing) => (thing["id"].clone(), name(&existing), "exists", Value::Null),
        Outcome::Failed(refused) => (thing["id"].clone(), name(thing), "failed", refused.to_string().into()),
    };
    json!({"what": what, "id": id, "name": called, "outcome": outcome, "why": why})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    const ID: &str = "0f207207-0000-7000-8000-0000000c1b00";
    const OTHER: &str = "0f207207-0000-7000-8000-0000000c1b01";

    fn outcomes(told: &[Value]) -> Vec<(&str, &str)> {
        told.iter().map(|row| (row["what"].as_str().unwrap(), row["outcome"].as_str().unwrap())).collect()
    }

    #[test]
    fn what_exists_stays_what_fails_is_told_and_the_rest_is_made() {
        let exists = |id: &str| ("409 Conflict", "", json!({"title": "There is one", "code": "ALREADY_EXISTS", "id": id}).to_string());
        let shown = |thing: Value| ("200 OK", "", thing.to_string());
        let made = || ("201 Created", "", json!({"id": ID}).to_string());
        let fake = Fake::with(vec![
            made(),
            exists(ID),
            shown(json!({"id": ID, "name": "the old b"})),
            ("400 Bad Request", "", json!({"title": "No", "code": "X"}).to_string()),
            exists(ID),
            shown(json!({"id": ID, "name": "the old c"})),
            exists(ID),
            shown(json!({"id": ID, "starts_at": "the old t"})),
            made(),
            exists(OTHER),
        ]);
        let file = json!({
            "queues": [{"name": "a"}, {"id": ID.to_uppercase(), "name": "b"}, {"name": ""}],
            "concerts": [
                {"id": ID, "name": "c", "schedules": [{"id": ID, "starts_at": "t"}, {"id": ID}, {"starts_at": "without an id"}]},
                {"id": ID, "name": "d", "schedules": [{"id": OTHER, "starts_at": "of another concert"}]},
            ],
        });
        let told = imported(&fake.client(), &file).unwrap();
        let expected = [
            ("queue", "made"),
            ("queue", "exists"),
            ("queue", "failed"),
            ("concert", "exists"),
            ("date", "exists"),
            ("date", "made"),
            ("concert", "failed"),
        ];
        assert_eq!(outcomes(&told), expected);
        let names: Vec<_> = told.iter().map(|row| row["name"].as_str().unwrap_or("-")).collect();
        assert_eq!(names, ["a", "the old b", "", "the old c", "the old t", "-", "d"], "what exists is called as it was");
        assert_eq!(told[2]["why"], "No (X)");
        let asked = fake.asked();
        assert_eq!(
            (asked[2].line.as_str(), asked[4].line.as_str()),
            (format!("GET /v1/admin/queues/{ID}").as_str(), "POST /v1/admin/concerts")
        );
        assert_eq!(asked[7].line, format!("GET /v1/admin/schedules/{ID}"));
        assert_eq!(asked[8].line, format!("POST /v1/admin/concerts/{ID}/schedules"));
        assert_eq!(asked[1].body, json!({"id": ID.to_uppercase(), "name": "b"}).to_string());
    }

    /// The seats of each date of a file, by number.
    fn seats(file: &str) -> Vec<Vec<u64>> {
        let file: Value = serde_json::from_str(file).unwrap();
        let (queues, concerts) = parts(&file).unwrap();
        assert_eq!((queues.len(), concerts.len()), (1, 1));
        assert_eq!(queues[0]["id"], concerts[0]["queue_id"]);
        let rows =
            |schedule: &Value| list(&schedule["seat_map"]["sections"]).iter().flat_map(|section| list(&section["rows"]).to_vec()).collect();
        let numbers = |row: &Value| row["numbers"]["from"].as_u64().unwrap()..=row["numbers"]["to"].as_u64().unwrap();
        let schedules = list(&concerts[0]["schedules"]).iter();
        schedules.map(rows).map(|rows: Vec<Value>| rows.iter().flat_map(numbers).collect()).collect()
    }

    #[test]
    fn the_examples_are_halls_of_50_and_of_15_000_seats() {
        let hall = seats(include_str!("../../../../../examples/hall-50.json"));
        assert_eq!(hall, [(1..=50).collect::<Vec<_>>(), (1..=50).collect()]);
        let arena = seats(include_str!("../../../../../examples/arena.json"));
        assert_eq!(arena, [(1..=15_000).collect::<Vec<_>>()]);
    }

    #[test]
    fn a_file_of_something_else_is_refused_whole() {
        let fake = Fake::with(vec![]);
        for file in [json!([]), json!({"queue": []}), json!({"queues": {}}), json!({"concerts": [], "users": []})] {
            let refused = imported(&fake.client(), &file).unwrap_err().to_string();
            assert!(!refused.contains("can't be asked"), "{file} was sent: {refused}");
        }
    }
}
