//! A request's body: the members that were said.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::failure::Usage;

#[derive(Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// With a member, if it was said.
    pub(super) fn with(mut self, name: &str, said: Option<impl Serialize>) -> Self {
        if let Some(value) = said {
            self.0.insert(name.to_owned(), json!(value));
        }
        self
    }

    /// With an inner object, if anything of it was said.
    pub(super) fn with_inner(self, name: &str, inner: Self) -> Self {
        let said = (!inner.0.is_empty()).then_some(inner.0);
        self.with(name, said)
    }

    /// To make something of.
    pub(super) fn whole(self) -> Value {
        Value::Object(self.0)
    }

    /// To change something with: something must be said.
    pub(super) fn changes(self) -> Result<Value, Usage> {
        if self.0.is_empty() {
            Err(Usage("nothing is said that should change; --help lists what can".to_owned()))
        } else {
            Ok(self.whole())
        }
    }
}

/// Why an operator does so.
pub(super) fn because(reason: &str) -> Value {
    json!({"reason": reason})
}
