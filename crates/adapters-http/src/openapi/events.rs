//! Events: each type of the event log has a schema of its own, and the data of streams has the schemas of its JSON.

use serde_json::{Map, Value, json};

use super::location::SCHEMAS;

/// The schema of an event, as utoipa has it: the members of all events, and the alternatives of their types, which are flattened into it.
/// Generators can't read alternatives among other members.
const FLATTENED: (&str, &str) = ("Event", "EventFact");
/// The schema of the members of all events.
const COMMON: &str = "EventMetadata";
/// The schemas of the events of streams, and those of their data.
const STREAMED: [(&str, &[&str]); 2] =
    [("QueueTokenEvent", &["QueueTokenState", "QueueNews"]), ("SeatAvailabilityEvent", &["SeatAvailability"])];

/// Completes the schemas of events.
pub(super) fn complete(schemas: &mut Map<String, Value>) {
    name_types(schemas);
    for (event, data) in STREAMED {
        let refer = |name: &&str| json!({"$ref": format!("{SCHEMAS}{name}")});
        schemas[event]["properties"]["data"]["contentSchema"] = match data {
            [only] => refer(only),
            several => json!({"oneOf": several.iter().map(refer).collect::<Vec<_>>()}),
        };
    }
}

/// Gives each type of event a schema.
fn name_types(schemas: &mut Map<String, Value>) {
    let (event, facts) = FLATTENED;
    let facts = schemas.remove(facts).unwrap_or_default();
    let parts = schemas[event]["allOf"].take();
    let common = parts.as_array().into_iter().flatten().find(|part| part.get("properties").is_some());
    schemas.insert(COMMON.to_owned(), common.cloned().unwrap_or_default());
    let (mut references, mut mapping) = (Vec::new(), Map::new());
    for fact in facts["oneOf"].as_array().into_iter().flatten() {
        let kind = fact["properties"]["type"]["enum"][0].as_str().unwrap_or_default();
        let location = format!("{SCHEMAS}{}Event", pascal_case(kind));
        references.push(json!({"$ref": location}));
        schemas.insert(format!("{}Event", pascal_case(kind)), json!({"allOf": [{"$ref": format!("{SCHEMAS}{COMMON}")}, fact]}));
        mapping.insert(kind.to_owned(), location.into());
    }
    let description = schemas[event]["description"].take();
    let discriminator = json!({"propertyName": "type", "mapping": mapping});
    schemas[event] = json!({"description": description, "oneOf": references, "discriminator": discriminator});
}

/// Returns `queue_token.created` as `QueueTokenCreated`.
fn pascal_case(name: &str) -> String {
    let words = name.split(['.', '_']);
    words.flat_map(|word| word.chars().enumerate().map(|(at, char)| if at == 0 { char.to_ascii_uppercase() } else { char })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_event_has_a_schema_of_its_own() {
        let fact = |kind: &str| json!({"type": "object", "properties": {"type": {"enum": [kind]}, "data": {"type": "object"}}});
        let common = json!({"type": "object", "properties": {"position": {"type": "integer"}}});
        let streamed = || json!({"properties": {"data": {"type": "string"}}});
        let mut schemas = json!({
            "Event": {"description": "An event.", "allOf": [{"$ref": "#/components/schemas/EventFact"}, common]},
            "EventFact": {"oneOf": [fact("user.registered"), fact("queue_token.created")]},
            "QueueTokenEvent": streamed(),
            "SeatAvailabilityEvent": streamed(),
        });
        let Value::Object(schemas) = &mut schemas else { panic!("an object") };
        complete(schemas);
        assert_eq!(schemas["Event"]["oneOf"][1]["$ref"], "#/components/schemas/QueueTokenCreatedEvent");
        assert_eq!(schemas["Event"]["discriminator"]["mapping"]["user.registered"], "#/components/schemas/UserRegisteredEvent");
        assert_eq!(
            schemas["QueueTokenCreatedEvent"]["allOf"],
            json!([{"$ref": "#/components/schemas/EventMetadata"}, fact("queue_token.created")])
        );
        assert_eq!((schemas.get("EventFact"), &schemas["EventMetadata"]), (None, &common));
        assert_eq!(
            schemas["SeatAvailabilityEvent"]["properties"]["data"]["contentSchema"]["$ref"],
            "#/components/schemas/SeatAvailability"
        );
    }
}
