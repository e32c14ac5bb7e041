//! The limit of open files. Each connection uses one, so the limits of connections must not exceed it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Reserved for the store, the log, and the sockets for listening and waking.
const RESERVED: usize = 128;
/// The limit that macOS always grants, even if it reports "unlimited" and refuses that.
const ALWAYS_GRANTED: u64 = 10_240;

/// Raises the process's limit of open files as far as possible, and returns it; `None`: unlimited.
pub(crate) fn raise_limit(wanted: usize) -> Option<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted.saturating_add(RESERVED)).unwrap_or(u64::MAX);
    // The maximum; if "unlimited" is refused, the required or the always granted number.
    let steps = [maximum, Some(wanted), Some(ALWAYS_GRANTED)].into_iter();
    let more = |step: &Option<u64>| current.is_some_and(|current| step.is_none_or(|step| step > current));
    // If none is granted, the old limit remains.
    steps.filter(more).find(|step| setrlimit(Resource::Nofile, Rlimit { current: *step, maximum }).is_ok());
    getrlimit(Resource::Nofile).current.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// Reduces the numbers of connections and event streams in proportion to fit into `allowed` open files; at least one connection remains.
pub(crate) fn fit(connections: usize, streams: usize, allowed: Option<usize>) -> (usize, usize) {
    let wanted = connections.saturating_add(streams);
    let available = allowed.unwrap_or(usize::MAX).saturating_sub(RESERVED);
    if wanted <= available || wanted == 0 {
        return (connections, streams);
    }
    // At most `available`, and so within `usize`.
    let share = |part: usize| usize::try_from(part as u128 * available as u128 / wanted as u128).unwrap_or(available);
    (share(connections).max(1), share(streams))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limits_that_fit_are_unchanged() {
        assert_eq!(fit(25_000, 20_000, None), (25_000, 20_000));
        assert_eq!(fit(25_000, 20_000, Some(45_128)), (25_000, 20_000));
        assert_eq!(fit(1, 0, Some(0)), (1, 0));
    }

    #[test]
    fn limits_that_do_not_fit_are_reduced_in_proportion() {
        assert_eq!(fit(25_000, 20_000, Some(45_127)), (24_999, 19_999));
        assert_eq!(fit(25_000, 20_000, Some(1_028)), (500, 400));
        assert_eq!(fit(25_000, 20_000, Some(100)), (1, 0));
    }

    #[test]
    fn the_limit_of_open_files_is_raised_to_the_hard_limit() {
        let allowed = raise_limit(1);
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(allowed, current.and_then(|files| usize::try_from(files).ok()));
        assert!(current == maximum || maximum.is_none(), "{current:?} of {maximum:?}");
    }

    proptest! {
        #[test]
        fn fit_never_exceeds_the_wanted_or_allowed_numbers(connections in 1..1_000_000_usize, streams in 0..1_000_000_usize, allowed in 0..2_000_000_usize) {
            let (fitted_connections, fitted_streams) = fit(connections, streams, Some(allowed));
            prop_assert!((1..=connections).contains(&fitted_connections) && fitted_streams <= streams);
            prop_assert!(fitted_connections + fitted_streams <= allowed.saturating_sub(RESERVED).max(1));
        }
    }
}
