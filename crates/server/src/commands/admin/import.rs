//! `frontrow import`: creates the queues and concerts in a file.

use std::path::Path;

use anyhow::{Context, bail};
use frontrow_client::Error;
use frontrow_client::problem::ProblemMembers;
use serde_json::{Value, json};
use uuid::Uuid;

use super::document;
use super::paths;
use crate::client::Client;
use crate::output::{Column, Output, list, table};
use crate::progress;

const OUTCOMES: &[Column] = &[("kind", "/what"), ("id", "/id"), ("name", "/name"), ("outcome", "/outcome"), ("error", "/why")];

/// The outcome of importing one item of the file.
enum Outcome {
    /// The item that the server created.
    Created(Value),
    /// The existing item with this id; it is left unchanged.
    Exists(Value),
    /// The error response.
    Failed(Error),
}

pub(super) fn run(client: &Client, file: &Path, output: Output) -> anyhow::Result<()> {
    let outcomes = import_all(client, &document::read(file)?)?;
    let failed = outcomes.iter().filter(|row| row["outcome"] == "failed").count();
    let count = outcomes.len();
    let answer = json!({"items": outcomes});
    output.print(&answer, || table(list(&answer["items"]), OUTCOMES))?;
    if failed > 0 {
        bail!("{failed} of {count} items failed");
    }
    Ok(())
}

/// Imports all items of `file` and returns their outcomes.
fn import_all(client: &Client, file: &Value) -> anyhow::Result<Vec<Value>> {
    let (queues, concerts) = parse(file)?;
    let mut outcomes = Vec::new();
    let bar = progress::bar((queues.len() + concerts.len()).try_into()?, "importing")?;
    for queue in queues {
        outcomes.push(row("queue", queue, create(client, paths::QUEUES, paths::QUEUES, queue)?));
        bar.inc(1);
    }
    for concert in concerts {
        let outcome = create(client, paths::CONCERTS, paths::CONCERTS, concert)?;
        let exists = matches!(outcome, Outcome::Exists(_));
        outcomes.push(row("concert", concert, outcome));
        if exists {
            outcomes.extend(import_schedules(client, concert)?);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(outcomes)
}

/// Returns the queues and the concerts of a file; other members are refused.
fn parse(file: &Value) -> anyhow::Result<(&[Value], &[Value])> {
    let members = file.as_object().context("the file must contain an object with queues and concerts")?;
    for (name, value) in members {
        if !["queues", "concerts"].contains(&name.as_str()) || !value.is_array() {
            bail!("the file must be {{\"queues\": [...], \"concerts\": [...]}}, but {name} is something else");
        }
    }
    Ok((list(&file["queues"]), list(&file["concerts"])))
}

/// Adds the schedules of an existing concert whose ids don't exist yet; those without an id are skipped.
fn import_schedules(client: &Client, concert: &Value) -> anyhow::Result<Vec<Value>> {
    let id = concert["id"].as_str().and_then(|id| id.parse().ok()).context("an existing concert has an id")?;
    let mut outcomes = Vec::new();
    for schedule in list(&concert["schedules"]).iter().filter(|schedule| schedule["id"].is_string()) {
        outcomes.push(row("schedule", schedule, create(client, &paths::schedules_of(id), paths::SCHEDULES, schedule)?));
    }
    Ok(outcomes)
}

/// Creates an item by a POST to `path`; an existing one is read below `collection`. Fails only if the server can't be reached.
fn create(client: &Client, path: &str, collection: &str, body: &Value) -> anyhow::Result<Outcome> {
    let error = match client.post(path, body) {
        Ok(created) => return Ok(Outcome::Created(created)),
        Err(error @ (Error::Problem(_) | Error::Foreign { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    // The existing id may also be that of a schedule of the new concert: then nothing was created.
    let own: Option<Uuid> = body["id"].as_str().and_then(|id| id.parse().ok());
    match error.problem().map(|problem| &problem.members) {
        Some(ProblemMembers::AlreadyExists { id }) if own == Some(*id) => Ok(Outcome::Exists(client.get(&format!("{collection}/{id}"))?)),
        _ => Ok(Outcome::Failed(error)),
    }
}

fn row(kind: &str, item: &Value, outcome: Outcome) -> Value {
    let name = |of: &Value| if of["name"].is_null() { of["starts_at"].clone() } else { of["name"].clone() };
    let (id, name, outcome, error) = match outcome {
        Outcome::Created(created) => (created["id"].clone(), name(item), "created", Value::Null),
        Outcome::Exists(existing) => (item["id"].clone(), name(&existing), "exists", Value::Null),
        Outcome::Failed(error) => (item["id"].clone(), name(item), "failed", error.to_string().into()),
    };
    json!({"what": kind, "id": id, "name": name, "outcome": outcome, "why": error})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::FakeServer;

    const ID: &str = "0f207207-0000-7000-8000-0000000c1b00";
    const OTHER: &str = "0f207207-0000-7000-8000-0000000c1b01";

    fn outcomes(rows: &[Value]) -> Vec<(&str, &str)> {
        rows.iter().map(|row| (row["what"].as_str().unwrap(), row["outcome"].as_str().unwrap())).collect()
    }

    #[test]
    fn existing_items_are_unchanged_failures_are_reported_and_the_rest_is_created() {
        let exists = |id: &str| ("409 Conflict", "", json!({"title": "There is one", "code": "ALREADY_EXISTS", "id": id}).to_string());
        let shown = |item: Value| ("200 OK", "", item.to_string());
        let created = || ("201 Created", "", json!({"id": ID}).to_string());
        let fake = FakeServer::with(vec![
            created(),
            exists(ID),
            shown(json!({"id": ID, "name": "the old b"})),
            ("400 Bad Request", "", json!({"title": "No", "code": "X"}).to_string()),
            exists(ID),
            shown(json!({"id": ID, "name": "the old c"})),
            exists(ID),
            shown(json!({"id": ID, "starts_at": "the old t"})),
            created(),
            exists(OTHER),
        ]);
        let file = json!({
            "queues": [{"name": "a"}, {"id": ID.to_uppercase(), "name": "b"}, {"name": ""}],
            "concerts": [
                {"id": ID, "name": "c", "schedules": [{"id": ID, "starts_at": "t"}, {"id": ID}, {"starts_at": "without an id"}]},
                {"id": ID, "name": "d", "schedules": [{"id": OTHER, "starts_at": "of another concert"}]},
            ],
        });
        let imported = import_all(&fake.client(), &file).unwrap();
        let expected = [
            ("queue", "created"),
            ("queue", "exists"),
            ("queue", "failed"),
            ("concert", "exists"),
            ("schedule", "exists"),
            ("schedule", "created"),
            ("concert", "failed"),
        ];
        assert_eq!(outcomes(&imported), expected);
        let names: Vec<_> = imported.iter().map(|row| row["name"].as_str().unwrap_or("-")).collect();
        assert_eq!(names, ["a", "the old b", "", "the old c", "the old t", "-", "d"], "existing items keep their names");
        assert_eq!(imported[2]["why"], "No (X)");
        let requests = fake.requests();
        assert_eq!(
            (requests[2].line.as_str(), requests[4].line.as_str()),
            (format!("GET /v1/admin/queues/{ID}").as_str(), "POST /v1/admin/concerts")
        );
        assert_eq!(requests[7].line, format!("GET /v1/admin/schedules/{ID}"));
        assert_eq!(requests[8].line, format!("POST /v1/admin/concerts/{ID}/schedules"));
        assert_eq!(requests[1].body, json!({"id": ID.to_uppercase(), "name": "b"}).to_string());
    }

    /// Returns the seat numbers of each schedule in a file.
    fn seats(file: &str) -> Vec<Vec<u64>> {
        let file: Value = serde_json::from_str(file).unwrap();
        let (queues, concerts) = parse(&file).unwrap();
        assert_eq!((queues.len(), concerts.len()), (1, 1));
        assert_eq!(queues[0]["id"], concerts[0]["queue_id"]);
        let rows =
            |schedule: &Value| list(&schedule["seat_map"]["sections"]).iter().flat_map(|section| list(&section["rows"]).to_vec()).collect();
        let numbers = |row: &Value| row["numbers"]["from"].as_u64().unwrap()..=row["numbers"]["to"].as_u64().unwrap();
        let schedules = list(&concerts[0]["schedules"]).iter();
        schedules.map(rows).map(|rows: Vec<Value>| rows.iter().flat_map(numbers).collect()).collect()
    }

    #[test]
    fn the_example_files_have_50_and_15_000_seats_per_schedule() {
        let hall = seats(include_str!("../../../../../examples/hall-50.json"));
        assert_eq!(hall, [(1..=50).collect::<Vec<_>>(), (1..=50).collect()]);
        let arena = seats(include_str!("../../../../../examples/arena.json"));
        assert_eq!(arena, [(1..=15_000).collect::<Vec<_>>()]);
    }

    #[test]
    fn a_file_with_other_contents_is_refused_before_any_request() {
        let fake = FakeServer::with(vec![]);
        for file in [json!([]), json!({"queue": []}), json!({"queues": {}}), json!({"concerts": [], "users": []})] {
            let error = import_all(&fake.client(), &file).unwrap_err().to_string();
            assert!(!error.contains("can't be reached"), "{file} was sent: {error}");
        }
    }
}
