//! Whether an engine keeps its word, without a store on it: where this fails, the conformance suite fails too, and says less clearly why.
#![expect(clippy::expect_used, reason = "for tests: a panic is how they fail")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::engine::{Engine, EngineError, Entries, EntriesMut, Entry, Order};

/// How long a write may take that is not made to wait.
const A_WHILE: Duration = Duration::from_millis(200);
const WRITERS: u64 = 4;
const WRITES: u64 = 25;

/// Panics, and says why, unless `engine`, which is empty, does what [`Engine`] says: it reads what it has written, in order; it writes whole or not at all,
/// whatever becomes of the work; who reads sees one instant; and one writes at a time. That what is written is durable is for the conformance suite.
///
/// # Panics
/// If it doesn't.
pub fn check_engine(engine: &impl Engine) {
    reads_what_it_wrote_in_order(engine);
    leaves_nothing_of_work_that_fails(engine);
    leaves_nothing_of_work_that_panics(engine);
    reads_at_one_instant(engine);
    has_one_writer_at_a_time(engine);
}

fn write(engine: &impl Engine, work: impl FnOnce(&mut dyn EntriesMut) -> Result<(), EngineError>) {
    engine.write(work).expect("a write");
}

fn value(engine: &impl Engine, key: &[u8]) -> Option<Vec<u8>> {
    engine.read(|entries| -> Result<_, EngineError> { entries.get(key) }).expect("a read")
}

fn keys(entries: &(impl Entries + ?Sized), from: &[u8], to: &[u8], order: Order) -> Vec<Vec<u8>> {
    let entries = entries.range(from..to, order).expect("a range");
    entries.map(|entry| -> Entry { entry.expect("an entry") }).map(|(key, _)| key).collect()
}

fn reads_what_it_wrote_in_order(engine: &impl Engine) {
    let in_order = |entries: &dyn Entries, when: &str| {
        assert_eq!(entries.get(b"b").expect("a read"), Some(b"new".to_vec()), "{when}: a value that was put again");
        assert_eq!(entries.get(b"c").expect("a read"), None, "{when}: a key that was removed");
        let up = keys(entries, b"a\0", b"d", Order::Ascending);
        assert_eq!(
            up,
            [b"a\0".to_vec(), b"a\xff".to_vec(), b"b".to_vec()],
            "{when}: from the first key on and up to the last, byte by byte"
        );
        let down = keys(entries, b"a\0", b"d", Order::Descending);
        assert_eq!(down, up.into_iter().rev().collect::<Vec<_>>(), "{when}: in descending order");
        assert_eq!(keys(entries, b"b", b"b", Order::Ascending), Vec::<Vec<u8>>::new(), "{when}: a range of nothing");
    };
    write(engine, |entries| {
        for key in [b"b".as_slice(), b"a", b"a\xff", b"c", b"d", b"a\0"] {
            entries.put(key, b"old")?;
        }
        entries.put(b"b", b"new")?;
        entries.remove(b"c")?;
        entries.remove(b"never there")?;
        in_order(&*entries, "while it is written");
        Ok(())
    });
    engine
        .read(|entries| -> Result<(), EngineError> {
            in_order(entries, "once it is written");
            Ok(())
        })
        .expect("a read");
}

fn leaves_nothing_of_work_that_fails(engine: &impl Engine) {
    let failed = engine.write(|entries| -> Result<(), EngineError> {
        entries.put(b"half", b"1")?;
        Err(EngineError::failed("on purpose"))
    });
    assert!(failed.is_err(), "work that fails fails the write");
    assert_eq!(value(engine, b"half"), None, "nothing is left of work that has failed");
}

fn leaves_nothing_of_work_that_panics(engine: &impl Engine) {
    let panicking =
        || engine.write(|entries| -> Result<(), EngineError> { entries.put(b"half", b"1").map(|()| std::panic::panic_any("on purpose")) });
    assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err(), "a panic goes on");
    assert_eq!(value(engine, b"half"), None, "nothing is left of work that has panicked");
    let again = catch_unwind(AssertUnwindSafe(|| write(engine, |entries| entries.put(b"after a panic", b"1"))));
    assert!(again.is_ok(), "after a panic the next write works: a lock that was held is not to be taken for broken");
    assert!(value(engine, b"after a panic").is_some());
}

fn reads_at_one_instant(engine: &impl Engine) {
    write(engine, |entries| entries.put(b"instant", b"before"));
    thread::scope(|scope| {
        engine
            .read(|entries| -> Result<(), EngineError> {
                assert_eq!(entries.get(b"instant")?, Some(b"before".to_vec()));
                let (written, is_written) = channel();
                scope.spawn(move || {
                    write(engine, |entries| entries.put(b"instant", b"after"));
                    // Nobody may be waiting any more.
                    let _ = written.send(());
                });
                // An engine may make who writes wait for who reads.
                let _ = is_written.recv_timeout(A_WHILE);
                assert_eq!(entries.get(b"instant")?, Some(b"before".to_vec()), "what is written meanwhile is not seen");
                Ok(())
            })
            .expect("a read");
    });
    assert_eq!(value(engine, b"instant"), Some(b"after".to_vec()));
}

fn has_one_writer_at_a_time(engine: &impl Engine) {
    let count = |value: Option<Vec<u8>>| value.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().expect("eight bytes")));
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..WRITES {
                    write(engine, |entries| {
                        let next = count(entries.get(b"count")?) + 1;
                        entries.put(b"count", &next.to_be_bytes())
                    });
                }
            });
        }
    });
    assert_eq!(count(value(engine, b"count")), WRITERS * WRITES, "of two who write at once one sees what the other has written");
}
