//! Request bodies from optional arguments.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::usage::Usage;

/// A request body under construction, with the members that were specified.
#[derive(Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Adds a member, if it was specified.
    pub(super) fn with(mut self, name: &str, value: Option<impl Serialize>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), json!(value));
        }
        self
    }

    /// Adds an inner object, if any of its members was specified.
    pub(super) fn with_inner(self, name: &str, inner: Self) -> Self {
        let members = (!inner.0.is_empty()).then_some(inner.0);
        self.with(name, members)
    }

    /// Returns the body of a request that creates a resource or runs an action.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Returns the body of a request that changes a resource. At least one member must be specified.
    pub(super) fn into_changes(self) -> Result<Value, Usage> {
        if self.0.is_empty() { Err(Usage("no change is specified; --help lists the options".to_owned())) } else { Ok(self.into_value()) }
    }
}

/// Creates a body with only a reason.
pub(super) fn reason_body(reason: &str) -> Value {
    json!({"reason": reason})
}
