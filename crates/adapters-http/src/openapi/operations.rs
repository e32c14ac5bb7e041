//! What every operation has: its security, the complete forms of its parameters and headers, and its streams.

use serde_json::{Map, Value, json};

use application::PageRequest;

const EVENT_STREAM: &str = "text/event-stream";

/// Completes all operations, and adds the servers.
pub(super) fn complete(document: &mut Value) {
    document["servers"] = json!([{"url": "/", "description": "The server that this document is from."}]);
    let usual = json!([{"bearer": []}]);
    document["security"] = usual.clone();
    each(document, &mut |_, operation| {
        // Without it, an operation has the security of the document, not none.
        if *operation.entry("security").or_insert_with(|| json!([])) == usual {
            operation.remove("security");
        }
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        parameters.as_array_mut().into_iter().flatten().for_each(complete_parameter);
        for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            complete_headers(response);
            complete_image(response);
            complete_stream(response);
        }
    });
}

/// Calls `visit` with the path of each operation and the operation.
pub(super) fn each(document: &mut Value, visit: &mut impl FnMut(&str, &mut Map<String, Value>)) {
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
            visit(path, operation);
        }
    }
}

/// A parameter can't be null: an optional one is omitted. `page_size` has its limits.
fn complete_parameter(parameter: &mut Value) {
    if let Some(Value::Array(types)) = parameter.pointer_mut("/schema/type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            parameter["schema"]["type"] = only.clone();
        }
    }
    // The default.
    if parameter["required"] == false
        && let Value::Object(parameter) = parameter
    {
        parameter.remove("required");
    }
    if parameter["name"] == "page_size" {
        let (default, maximum) = (PageRequest::<u64>::DEFAULT_SIZE, PageRequest::<u64>::MAX_SIZE);
        parameter["schema"] = json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": maximum, "default": default});
    }
}

fn complete_headers(response: &mut Value) {
    if let Some(schema) = response.pointer_mut("/headers/Retry-After/schema") {
        *schema = json!({"type": "integer", "format": "int32", "minimum": 1});
    }
}

/// An image isn't a list of numbers, as utoipa has it.
fn complete_image(response: &mut Value) {
    if let Some(schema) = response.pointer_mut("/content/image~1png/schema") {
        *schema = json!({"type": "string", "format": "binary"});
    }
}

/// Describes a stream as one: its content is text, and each of its events has the documented schema. OpenAPI 3.2 has `itemSchema` for this.
fn complete_stream(response: &mut Value) {
    let Some(content) = response.pointer_mut(&format!("/content/{}", EVENT_STREAM.replace('/', "~1"))) else { return };
    let event = content["schema"].take();
    content["schema"] = json!({"type": "string", "description": "Server-sent events without end; each has the fields of `x-itemSchema`."});
    content["x-itemSchema"] = event;
}
