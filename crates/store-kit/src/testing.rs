//! Tests of an engine without a store on it. An engine that fails here fails the conformance suite, too, but with less specific messages.
#![expect(clippy::expect_used, reason = "for tests: a panic is how they fail")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::engine::{Engine, EngineError, Entries, EntriesMut, Entry, Order};

/// How long a read transaction waits for a concurrent write, which the engine may block.
const WRITE_WAIT: Duration = Duration::from_millis(200);
const WRITERS: u64 = 4;
const WRITES: u64 = 25;

/// Checks that `engine`, which is empty, satisfies [`Engine`]: it reads its writes, in key order; a write is atomic, even if its work fails
/// or panics; a read sees one instant; and there is one writer at a time. The conformance suite checks durability.
///
/// # Panics
/// If a check fails; the message names it.
pub fn check_engine(engine: &impl Engine) {
    check_order(engine);
    check_failing_work(engine);
    check_panicking_work(engine);
    check_snapshot(engine);
    check_single_writer(engine);
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

fn check_order(engine: &impl Engine) {
    let in_order = |entries: &dyn Entries, when: &str| {
        assert_eq!(entries.get(b"b").expect("a read"), Some(b"new".to_vec()), "{when}: an overwritten key has its last value");
        assert_eq!(entries.get(b"c").expect("a read"), None, "{when}: a removed key has no value");
        let up = keys(entries, b"a\0", b"d", Order::Ascending);
        assert_eq!(
            up,
            [b"a\0".to_vec(), b"a\xff".to_vec(), b"b".to_vec()],
            "{when}: a range includes its start, excludes its end, and sorts keys byte by byte"
        );
        let down = keys(entries, b"a\0", b"d", Order::Descending);
        assert_eq!(down, up.into_iter().rev().collect::<Vec<_>>(), "{when}: a descending range is the reverse");
        assert_eq!(keys(entries, b"b", b"b", Order::Ascending), Vec::<Vec<u8>>::new(), "{when}: an empty range has no entries");
    };
    write(engine, |entries| {
        for key in [b"b".as_slice(), b"a", b"a\xff", b"c", b"d", b"a\0"] {
            entries.put(key, b"old")?;
        }
        entries.put(b"b", b"new")?;
        entries.remove(b"c")?;
        entries.remove(b"never there")?;
        in_order(&*entries, "during the write");
        Ok(())
    });
    engine
        .read(|entries| -> Result<(), EngineError> {
            in_order(entries, "after the write");
            Ok(())
        })
        .expect("a read");
}

fn check_failing_work(engine: &impl Engine) {
    let failed = engine.write(|entries| -> Result<(), EngineError> {
        entries.put(b"half", b"1")?;
        Err(EngineError::failed("on purpose"))
    });
    assert!(failed.is_err(), "a write whose work fails returns the error");
    assert_eq!(value(engine, b"half"), None, "a write whose work fails leaves no changes");
}

fn check_panicking_work(engine: &impl Engine) {
    let panicking =
        || engine.write(|entries| -> Result<(), EngineError> { entries.put(b"half", b"1").map(|()| std::panic::panic_any("on purpose")) });
    assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err(), "a panic of the work is propagated");
    assert_eq!(value(engine, b"half"), None, "a write whose work panics leaves no changes");
    let again = catch_unwind(AssertUnwindSafe(|| write(engine, |entries| entries.put(b"after a panic", b"1"))));
    assert!(again.is_ok(), "the write after a panic succeeds: the engine recovers its poisoned locks");
    assert!(value(engine, b"after a panic").is_some());
}

fn check_snapshot(engine: &impl Engine) {
    write(engine, |entries| entries.put(b"instant", b"before"));
    thread::scope(|scope| {
        engine
            .read(|entries| -> Result<(), EngineError> {
                assert_eq!(entries.get(b"instant")?, Some(b"before".to_vec()));
                let (written, is_written) = channel();
                scope.spawn(move || {
                    write(engine, |entries| entries.put(b"instant", b"after"));
                    // The receiver may have timed out.
                    let _ = written.send(());
                });
                // An engine may block writers during a read.
                let _ = is_written.recv_timeout(WRITE_WAIT);
                assert_eq!(entries.get(b"instant")?, Some(b"before".to_vec()), "a read does not see concurrent writes");
                Ok(())
            })
            .expect("a read");
    });
    assert_eq!(value(engine, b"instant"), Some(b"after".to_vec()));
}

fn check_single_writer(engine: &impl Engine) {
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
    assert_eq!(count(value(engine, b"count")), WRITERS * WRITES, "concurrent writes are serialized: none is lost");
}
