//! The memory store keeps the contract of a persistence adapter.

use std::process::Command;
use std::sync::Arc;

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_memory::MemoryStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

struct Memory;

#[async_trait]
impl Adapter for Memory {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        MemoryStore::new(clock).ports()
    }

    fn soak(&self) -> u32 {
        testbed::soak()
    }
}

fn memory() -> Memory {
    Memory
}

adapter_conformance!(
    memory,
    without durability: "a store in memory ends with its process",
    sharing: "a store in memory is one process's own"
);

#[test]
fn clauses_about_what_the_store_lacks_are_reported_as_ignored_and_no_others() {
    let listed = Command::new(std::env::current_exe().unwrap()).args(["--list", "--ignored"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut ignored: Vec<_> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    ignored.sort_unstable();
    let expected = [
        "durability::a_reader_of_the_log_goes_on_after_a_crash",
        "durability::another_process_finds_the_same_secret",
        "durability::what_is_committed_survives_a_crash",
        "durability::what_is_committed_survives_the_process",
        "sharing::a_conflict_is_no_news",
        "sharing::all_processes_know_the_same_readers",
        "sharing::all_processes_read_one_log",
        "sharing::each_process_is_told_of_all",
        "sharing::many_commits_at_once_are_all_told",
        "sharing::rows_that_are_deleted_are_missed",
        "sharing::what_another_process_commits_is_told",
        "sharing::what_another_process_commits_is_told_once",
    ];
    assert_eq!(ignored, expected);
}
