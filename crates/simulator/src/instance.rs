//! An instance: one process of the application, which may crash and restart.

use application::Service;
use tokio_util::sync::CancellationToken;

/// A running instance.
pub(crate) struct Instance {
    pub(crate) number: u64,
    pub(crate) service: Service,
    /// Cancelled when the instance crashes.
    pub(crate) dead: CancellationToken,
}
