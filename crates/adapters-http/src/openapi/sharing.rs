//! Parts that several operations have in common are components, which the operations refer to.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::operations::each;

/// A visitor of the parts of operations, with the name that each would have as a component.
type Visit<'a> = &'a mut dyn FnMut(String, &mut Value);

/// Moves all parts that occur more than once to the components.
pub(super) fn share(document: &mut Value) {
    share_kind(document, "headers", &headers);
    share_kind(document, "parameters", &parameters);
    share_kind(document, "responses", &responses);
}

/// Shares the parts that `visit_all` finds in an operation, as components of one kind.
fn share_kind(document: &mut Value, kind: &str, visit_all: &dyn Fn(&mut Map<String, Value>, Visit)) {
    // The number of occurrences by name and content.
    let mut found: BTreeMap<String, HashMap<String, (usize, Value)>> = BTreeMap::new();
    each(document, &mut |_, operation| {
        visit_all(operation, &mut |name, part| {
            found.entry(name).or_default().entry(part.to_string()).or_insert_with(|| (0, part.clone())).0 += 1;
        });
    });
    // If parts of one name differ, the most frequent one is shared.
    let most_frequent = found.into_iter().filter_map(|(name, parts)| {
        let (count, part) = parts.into_values().max_by_key(|(count, part)| (*count, part.to_string()))?;
        (count > 1).then_some((name, part))
    });
    let shared: Map<String, Value> = most_frequent.collect();
    each(document, &mut |_, operation| {
        visit_all(operation, &mut |name, part| {
            if shared.get(&name) == Some(&*part) {
                *part = json!({"$ref": format!("#/components/{kind}/{name}")});
            }
        });
    });
    document["components"][kind] = Value::Object(shared);
}

fn headers(operation: &mut Map<String, Value>, visit: Visit) {
    for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (name, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            visit(name.clone(), header);
        }
    }
}

fn parameters(operation: &mut Map<String, Value>, visit: Visit) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        let name = if parameter["in"] == "path" { resource(parameter) } else { parameter["name"].as_str() };
        if let Some(name) = name.map(str::to_owned) {
            visit(name, parameter);
        }
    }
}

/// Returns what a parameter of a path identifies, if one word describes it, like `The schedule.`: nearly all are named `id`.
fn resource(parameter: &Value) -> Option<&str> {
    let resource = parameter["description"].as_str()?.strip_prefix("The ")?.strip_suffix('.')?;
    (!resource.contains(' ')).then_some(resource)
}

/// Visits problems, named by their codes, and responses without a body.
fn responses(operation: &mut Map<String, Value>, visit: Visit) {
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if status == "304" {
            visit("NotModified".to_owned(), response);
            continue;
        }
        let schema = &response["content"]["application/problem+json"]["schema"];
        let alternatives = schema["oneOf"].as_array().map_or_else(|| vec![schema], |alternatives| alternatives.iter().collect());
        let names = alternatives.into_iter().filter_map(|schema| schema["$ref"].as_str()?.rsplit('/').next()?.strip_suffix("Problem"));
        let names: Vec<_> = names.collect();
        let name = match status.as_str() {
            "4XX" => name_of_refusal(&names),
            "5XX" => "Failure".to_owned(),
            _ => name_of_alternatives(&names),
        };
        if !name.is_empty() {
            visit(name, response);
        }
    }
}

/// Returns the name of a response with one of several problems. That a request may be invalid is true of all.
fn name_of_alternatives(codes: &[&str]) -> String {
    let specific: Vec<_> = codes.iter().copied().filter(|code| codes.len() == 1 || *code != "ValidationFailed").collect();
    specific.join("Or")
}

/// Returns the name of the common refusals of one kind of request.
fn name_of_refusal(codes: &[&str]) -> String {
    let by = match codes {
        codes if codes.contains(&"Forbidden") => "Operator",
        codes if codes.contains(&"Unauthenticated") => "User",
        _ => "Public",
    };
    let with = if codes.contains(&"UnsupportedMediaType") { "WithBody" } else { "" };
    format!("{by}Request{with}")
}
