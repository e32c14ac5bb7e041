//! Open files: each connection is one. A process may have so many, and no limit of ours should promise more.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept for the store, the log, and the sockets that listen and wake.
const RESERVED: usize = 128;
/// So many macOS always gives to whoever asks for them, whatever "any number" it says.
const ALWAYS_GIVEN: u64 = 10_240;

/// Lets the process open as many files as it may, and says how many that are; none: any number.
pub(crate) fn open_as_many_as_may_be(wanted: usize) -> Option<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted.saturating_add(RESERVED)).unwrap_or(u64::MAX);
    // All that may be; where "any number" is refused, what is needed or always given.
    let steps = [maximum, Some(wanted), Some(ALWAYS_GIVEN)].into_iter();
    let more = |step: &Option<u64>| current.is_some_and(|current| step.is_none_or(|step| step > current));
    // Where none can be had, the old limit holds.
    steps.filter(more).find(|step| setrlimit(Resource::Nofile, Rlimit { current: *step, maximum }).is_ok());
    getrlimit(Resource::Nofile).current.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// So many connections and event streams, in the same proportion, as fit among `allowed` open files; at least one connection.
pub(crate) fn fit(connections: usize, streams: usize, allowed: Option<usize>) -> (usize, usize) {
    let wanted = connections.saturating_add(streams);
    let room = allowed.unwrap_or(usize::MAX).saturating_sub(RESERVED);
    if wanted <= room || wanted == 0 {
        return (connections, streams);
    }
    // Below the room, and so below `usize`.
    let share = |part: usize| usize::try_from(part as u128 * room as u128 / wanted as u128).unwrap_or(room);
    (share(connections).max(1), share(streams))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limits_that_fit_stay_as_they_are() {
        assert_eq!(fit(25_000, 20_000, None), (25_000, 20_000));
        assert_eq!(fit(25_000, 20_000, Some(45_128)), (25_000, 20_000));
        assert_eq!(fit(1, 0, Some(0)), (1, 0));
    }

    #[test]
    fn limits_that_do_not_fit_shrink_together() {
        assert_eq!(fit(25_000, 20_000, Some(45_127)), (24_999, 19_999));
        assert_eq!(fit(25_000, 20_000, Some(1_028)), (500, 400));
        assert_eq!(fit(25_000, 20_000, Some(100)), (1, 0));
    }

    #[test]
    fn the_process_may_open_as_many_files_as_its_hard_limit_says() {
        let allowed = open_as_many_as_may_be(1);
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(allowed, current.and_then(|files| usize::try_from(files).ok()));
        assert!(current == maximum || maximum.is_none(), "{current:?} of {maximum:?}");
    }

    proptest! {
        #[test]
        fn what_fits_is_never_more_than_was_wanted_or_there_is(connections in 1..1_000_000_usize, streams in 0..1_000_000_usize, allowed in 0..2_000_000_usize) {
            let (some, others) = fit(connections, streams, Some(allowed));
            prop_assert!((1..=connections).contains(&some) && others <= streams);
            prop_assert!(some + others <= allowed.saturating_sub(RESERVED).max(1));
        }
    }
}
