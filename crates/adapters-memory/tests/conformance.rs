//! The memory store passes the conformance suite of persistence adapters.

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
fn only_clauses_about_durability_and_sharing_are_reported_as_ignored() {
    let listed = Command::new(std::env::current_exe().unwrap()).args(["--list", "--ignored"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut ignored: Vec<_> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    ignored.sort_unstable();
    let expected = [
        "durability::a_commit_survives_a_crash",
        "durability::a_commit_survives_a_restart_of_the_process",
        "durability::a_log_reader_continues_after_a_crash",
        "durability::sales_and_their_position_survive_a_crash",
        "durability::the_secret_survives_a_restart_of_the_process",
        "sharing::a_conflicting_commit_adds_no_rows",
        "sharing::all_processes_read_the_same_events",
        "sharing::all_processes_see_the_same_readers",
        "sharing::both_processes_read_all_rows_in_one_order",
        "sharing::concurrent_commits_of_two_processes_are_all_read",
        "sharing::concurrent_ledger_checks_are_made_once",
        "sharing::one_process_checks_the_ledger_for_all",
        "sharing::pruned_rows_are_reported_as_missing",
        "sharing::rows_of_another_process_are_returned",
        "sharing::rows_of_another_process_are_returned_once",
        "sharing::two_processes_fold_each_payment_once",
    ];
    assert_eq!(ignored, expected);
}
