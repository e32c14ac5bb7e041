//! Random ids, which are generated only here.

use uuid::Uuid;

use crate::ports::Ids;

/// UUIDs: version 7 for ids, version 4 for secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

#[expect(clippy::disallowed_methods, reason = "the edge at which random ids are generated")]
impl Ids for RandomIds {
    fn ordered(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> Uuid {
        Uuid::new_v4()
    }
}
