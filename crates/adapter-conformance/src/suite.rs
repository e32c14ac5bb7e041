//! The macro that generates a test for every clause.

/// Generates a `#[tokio::test]` for every clause. `$make` is a function without arguments that returns an
/// [`Adapter`](crate::Adapter). The calling crate must depend on tokio.
///
/// A store that lacks one of two capabilities gives a reason; the clauses about that capability are reported as ignored, with the reason:
///
/// ```ignore
/// adapter_conformance!(Mine::new, without sharing: "one process serves a file");
/// ```
///
/// - `durability`: commits outlive the process. Needs [`Adapter::reopened`](crate::Adapter::reopened) and
///   [`Adapter::after_crash`](crate::Adapter::after_crash).
/// - `sharing`: several processes serve one store and are notified of each other's commits. Needs
///   [`Adapter::beside`](crate::Adapter::beside).
#[macro_export]
macro_rules! adapter_conformance {
    ($make:path $(,)?) => {
        $crate::conformance_tests! { $make; [] [] }
    };
    ($make:path, without $($lacking:tt)+) => {
        $crate::conformance_tests_without! { $make; [] []; $($lacking)+ }
    };
}

/// Turns the capabilities that a store lacks into attributes of their tests.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests_without {
    ($make:path; $durability:tt $sharing:tt; $(,)?) => {
        $crate::conformance_tests! { $make; $durability $sharing }
    };
    ($make:path; $durability:tt $sharing:tt; durability: $reason:tt $(, $($rest:tt)*)?) => {
        $crate::conformance_tests_without! { $make; [#[ignore = $reason]] $sharing; $($($rest)*)? }
    };
    ($make:path; $durability:tt $sharing:tt; sharing: $reason:tt $(, $($rest:tt)*)?) => {
        $crate::conformance_tests_without! { $make; $durability [#[ignore = $reason]]; $($($rest)*)? }
    };
}

/// Generates the tests of all clauses.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ($make:path; $durability:tt $sharing:tt) => {
        $crate::clause_tests! {
            $make; $durability;
            durability {
                a_commit_survives_a_restart_of_the_process
                a_commit_survives_a_crash
                a_log_reader_continues_after_a_crash
                sales_and_their_position_survive_a_crash
                the_secret_survives_a_restart_of_the_process
            }
        }
        $crate::clause_tests! {
            $make; $sharing;
            sharing {
                rows_of_another_process_are_returned
                rows_of_another_process_are_returned_once
                both_processes_read_all_rows_in_one_order
                a_conflicting_commit_adds_no_rows
                all_processes_read_the_same_events
                concurrent_commits_of_two_processes_are_all_read
                pruned_rows_are_reported_as_missing
                all_processes_see_the_same_readers
                two_processes_fold_each_payment_once
                one_process_checks_the_ledger_for_all
                concurrent_ledger_checks_are_made_once
            }
        }
        $crate::clause_tests! {
            $make; [];
            loading {
                a_key_finds_its_record_before_and_after_its_retention
                a_key_finds_no_record_of_another_user_or_route
                an_anonymous_key_finds_its_record
                an_account_has_the_user_and_the_wallet
                a_token_has_its_queue_in_every_state
                a_join_target_without_a_concert_is_the_default_queue
                a_join_target_for_a_concert_is_its_queue
                an_unknown_concert_has_no_join_target
                a_join_target_has_the_users_token_unless_it_has_ended
                a_queue_head_has_its_counts_and_the_lowest_waiting_numbers
                a_queue_head_has_its_lapsed_tokens_by_deadline
                a_queue_head_without_waiting_tokens_counts_no_active_ones
                each_queue_head_limits_its_lapsed_and_waiting_tokens
                a_queue_head_and_the_key_of_an_admission_are_loaded_together
                a_queue_head_of_a_concerts_own_queue_has_offers_while_users_wait
                a_queue_head_without_a_concert_has_no_offers
                an_offer_has_seats_while_one_is_available_or_held
                a_queue_head_has_offers_of_all_schedules_of_its_concerts
                a_queue_head_has_offers_of_all_its_concerts
                a_queue_is_found_by_its_id
                a_concert_has_all_of_its_schedules
                a_concert_has_its_schedules_in_order_of_start
                a_schedule_has_its_concert
                a_concert_is_in_use_while_seats_are_held
                a_concert_is_in_use_while_users_wait_for_it
                seats_are_found_by_their_numbers
                seats_have_their_live_and_lapsed_holds
                seats_have_no_paid_or_released_holds
                seats_are_found_by_their_exact_labels
                a_live_or_lapsed_reservation_has_its_schedule_concert_and_seats
                a_reservation_has_its_seats_after_they_are_taken_over
                a_token_has_its_live_and_lapsed_holds
                a_token_has_no_paid_holds
                a_user_owns_the_held_and_confirmed_reservations_of_the_concert
                a_payment_has_its_reservation_and_the_payers_wallet
                lapsed_holds_are_ordered_by_deadline
                holds_of_cancelled_schedules_follow_lapsed_holds
                paid_and_released_holds_never_lapse
                each_need_finds_the_same_alone_and_with_others
                a_shared_row_is_found_by_each_need
                each_need_of_a_payment_finds_its_own_rows
                the_needs_of_a_hold_are_found_when_others_are_missing
                a_large_batch_of_needs_is_loaded
                now_is_the_stores_clock
                a_load_without_needs_returns_the_time
                all_rows_are_read_at_one_instant
            }
            committing {
                a_failing_change_does_not_block_its_group
                each_change_of_a_group_has_its_own_result
                a_large_group_is_committed
                concurrent_groups_are_both_committed
                another_version_of_a_row_is_a_conflict
                a_row_is_written_once_per_version
                an_insert_of_an_existing_row_is_a_conflict
                an_update_of_a_missing_row_is_a_conflict
                another_version_of_a_checked_row_is_a_conflict
                a_checked_row_keeps_its_version
                a_write_and_a_guard_of_one_row_conflict_in_a_group
                an_insert_and_a_guard_of_an_empty_set_conflict_in_a_group
                another_admission_version_is_a_conflict
                only_a_tick_increments_the_admission_version
                a_join_beside_a_live_token_is_a_conflict
                a_join_beyond_the_queue_limit_is_a_conflict
                joins_of_a_group_fill_the_queue_to_its_limit
                each_join_of_a_group_has_its_own_limit
                leaving_and_admitted_users_free_room_in_the_queue
                room_in_the_queue_is_counted_in_the_order_of_the_group
                concurrent_joins_fill_the_queue_to_its_limit
                a_change_past_its_deadline_is_a_conflict
                a_decision_on_lapsed_rows_is_a_conflict
                a_record_past_its_retention_is_replaced
                a_record_pruned_after_the_load_is_a_conflict
                a_key_is_unique_within_user_and_route
                keys_are_stored_unchanged
                numbers_start_at_1_in_commit_order
                numbers_follow_the_order_of_a_group
                each_queue_has_its_own_numbers
                a_conflicting_join_takes_no_number
                the_number_of_an_ended_token_is_not_reused
                numbers_are_gapless_under_concurrent_joins
                a_changed_queue_keeps_its_numbers_and_admission_version
                each_step_of_a_purchase_is_written_completely
                a_chain_of_charges_is_written_completely
                each_end_of_a_hold_or_token_is_written_completely
                records_of_new_and_found_holds_are_replayed
                a_change_with_a_failing_guard_writes_nothing
                a_first_write_with_a_failing_guard_writes_nothing
                a_wallet_entry_is_never_overwritten
                a_wallet_entry_id_is_used_once
                an_empty_change_is_committed
            }
            races {
                two_joins_of_one_user_have_one_winner
                two_joins_that_end_one_lapsed_token_have_one_winner
                a_join_and_a_tick_that_end_one_token_have_one_winner
                two_ticks_have_one_winner
                ticks_of_different_queues_are_both_committed
                a_hold_and_a_tick_by_a_fast_clock_have_one_winner
                a_late_hold_loses_to_a_tick
                a_tick_and_a_leave_have_one_winner
                a_claim_and_a_leave_have_one_winner
                a_payment_and_a_release_have_one_winner
                two_payments_of_one_hold_have_one_winner
                a_payment_sent_twice_has_one_effect
                a_late_payment_loses_to_a_sweep
                a_payment_and_a_sweep_by_a_fast_clock_have_one_winner
                two_charges_of_one_wallet_have_one_winner
                a_charge_and_a_payment_have_one_winner
                two_refunds_have_one_winner
                two_first_writes_of_one_user_have_one_winner
                two_uses_of_an_expired_key_have_one_winner
                two_holds_of_one_seat_have_one_winner
                two_takeovers_of_one_lapsed_hold_have_one_winner
                a_takeover_and_a_sweep_have_one_winner
                two_holds_under_one_token_have_one_winner
                a_hold_and_a_leave_have_one_winner
                a_repeated_hold_and_its_release_have_one_winner
                a_hold_sent_twice_has_one_effect
                an_idempotency_record_alone_decides_a_race
                holds_of_different_seats_are_both_committed
                two_exchanges_for_one_seat_have_one_winner
                an_exchange_and_a_hold_of_its_seat_have_one_winner
                an_exchange_and_a_payment_have_one_winner
                crossed_exchanges_keep_the_seats_of_both_users
                two_check_ins_of_one_ticket_have_one_winner
                a_check_in_and_a_refund_have_one_winner
                a_refunded_reservation_keeps_the_uses_of_its_tickets
            }
            reading {
                a_reservation_and_its_payment_are_found_by_id
                a_lapsed_hold_is_returned_as_held
                reservations_and_payments_are_paged_by_descending_id
                rows_are_found_by_their_ids
                the_default_queue_always_exists
                an_empty_store_has_an_empty_catalogue
                an_added_catalogue_is_returned
                every_field_of_the_catalogue_is_kept
                concerts_are_paged_by_id
                schedules_are_ordered_by_start_then_id
                concerts_are_found_by_their_queue
                schedules_are_found_by_their_ids
                schedules_and_seats_of_others_are_left_out
                seats_are_ordered_by_number
                every_part_of_a_listing_is_kept
                schedules_are_found_by_their_concerts
                seats_are_offered_unless_they_are_blocked
                a_user_exists_after_registration_or_the_first_write
                a_wallet_exists_with_its_user
                wallet_entries_are_paged_newest_first
                live_and_ended_tokens_are_found
                live_tokens_are_ordered_by_number
            }
            orders {
                a_created_concert_is_complete_and_can_be_sold
                an_existing_row_is_not_created_again
                an_operators_change_is_written_once_per_version
                a_decision_on_a_row_that_an_operator_changed_is_a_conflict
                a_live_hold_prevents_a_change_of_the_concerts_queue
                a_live_token_prevents_a_change_of_the_concerts_queue
                a_concert_cancellation_and_an_added_schedule_conflict
                a_cancellation_is_kept_with_its_reason
                a_payment_and_a_cancellation_take_effect_in_commit_order
                a_cancellation_ends_the_holds_of_its_schedule
                seats_are_blocked_and_laid_out
                a_hall_of_50000_seats_is_laid_out
                two_seat_maps_with_one_label_have_one_winner
                a_layout_is_found_by_its_schedule
                a_layout_is_read_by_its_hash
                schedules_share_a_layout
                two_halls_of_50000_seats_are_created_in_one_change
                an_audit_entry_is_kept_with_all_fields
                a_failed_change_leaves_no_audit_entry
                an_audit_entry_is_never_overwritten
                audit_entries_are_paged_latest_first
                queue_totals_count_admissions_and_no_shows
                schedule_totals_count_seats_and_sum_confirmed_reservations
                live_reservations_are_held_or_confirmed
                reservations_of_a_schedule_are_filtered_and_paged
                users_are_found_by_any_word_of_their_names
                tokens_of_a_user_are_live_or_have_reservations
            }
            log {
                every_event_is_returned_once_in_commit_order
                every_fact_is_returned_as_decided
                an_event_has_the_instant_of_its_commit
                pages_of_any_size_return_each_event_once
                a_reader_continues_from_any_position
                uncommitted_changes_leave_no_events
                a_concurrent_reader_misses_no_event
                the_extent_ends_at_the_last_event
                commits_within_the_extent_are_readable_in_the_store
                a_position_after_the_end_returns_none
                a_reader_is_kept_at_its_position
                readers_are_ordered_by_name
                a_reader_is_forgotten_by_name
                readers_beyond_the_limit_are_not_kept
            }
            health_check {
                a_running_store_is_healthy_under_concurrent_reads
            }
            secrets {
                the_first_secret_is_kept
                one_of_many_concurrent_first_secrets_is_kept
                secrets_are_kept_by_name
            }
            housekeeping {
                records_are_pruned_at_the_end_of_their_retention
                at_most_the_requested_records_are_pruned
                repeated_pruning_ends_when_nothing_is_left
                each_kind_is_pruned_separately
                nothing_else_is_pruned
                the_log_is_pruned_by_the_instant_of_its_commits
                the_log_is_pruned_from_its_start
                a_pruned_position_is_not_reused
                events_that_a_reader_has_not_passed_are_kept
                events_unread_for_too_long_are_pruned
                a_reader_in_the_middle_of_a_commit_continues_after_pruning
                a_clock_set_back_leaves_no_gap_in_the_log
                ended_tokens_are_pruned_by_the_instant_of_their_end
                a_live_token_is_never_pruned
                a_token_with_a_reservation_is_kept
                at_most_the_requested_tokens_are_pruned
                the_number_of_a_pruned_token_is_not_reused
                unpaid_reservations_are_pruned_by_their_deadlines
                held_and_paid_reservations_are_kept
                at_most_the_requested_reservations_are_pruned
                a_token_is_pruned_after_its_last_reservation
                a_token_with_a_reservation_that_stays_is_kept
                unused_registrations_are_pruned_by_the_instant_of_their_creation
                users_of_external_issuers_are_kept
                a_registration_is_kept_while_it_is_used
                at_most_the_requested_users_are_pruned
                a_charge_of_a_pruned_user_is_a_conflict
                a_pruned_user_can_join
                the_backlog_is_measured_by_the_oldest_row
                the_backlog_of_the_log_depends_on_its_readers
            }
            sales {
                sales_are_written_with_their_position
                an_advance_from_another_position_writes_nothing
                one_of_many_concurrent_advances_succeeds
                recent_sales_are_ordered_by_their_last_payment
                folded_sales_survive_the_pruning_of_the_log
            }
            sessions {
                sessions_are_found_by_their_user
                each_step_of_a_session_is_written_completely
                two_sessions_of_one_user_have_different_slots
                two_sessions_for_the_last_slot_keep_the_limit
                two_renewals_of_one_session_have_one_winner
                a_renewal_and_an_end_have_one_winner
                two_redemptions_of_one_code_have_one_winner
                ended_sessions_are_pruned_by_the_instant_of_their_end
                a_renewal_of_a_pruned_session_is_a_conflict
                a_registration_is_kept_while_it_has_a_session
            }
            audit {
                a_consistent_store_passes_the_audit
                a_violation_is_refused_or_found_by_the_audit
                an_unexplained_balance_is_drift
            }
            crowds {
                one_of_64_holds_of_one_seat_is_made
                one_of_16_payments_of_one_hold_is_made
                one_payment_sent_16_times_has_one_effect
                all_of_32_concurrent_charges_are_in_the_wallet
                concurrent_joins_number_each_user_once
                concurrent_ticks_respect_the_capacity
                pruning_tokens_does_not_disturb_joins
                no_payment_completes_after_a_cancellation
            }
            rooms {
                the_waiting_room_equals_a_count_over_the_rows
            }
            model {
                random_requests_have_the_same_results_as_in_memory
            }
        }
    };
}

/// Generates the tests of groups of clauses, with shared attributes.
#[doc(hidden)]
#[macro_export]
macro_rules! clause_tests {
    ($make:path; $attributes:tt; $($group:ident { $($clause:ident)* })*) => {$(
        mod $group {
            #[allow(unused_imports, reason = "the maker may be named from the crate's root")]
            use super::*;

            $($crate::clause_test! { $make; $attributes; $group $clause })*
        }
    )*};
}

/// Generates the test of a clause.
#[doc(hidden)]
#[macro_export]
macro_rules! clause_test {
    ($make:path; [$($attribute:tt)*]; $group:ident $clause:ident) => {
        $($attribute)*
        #[::tokio::test(flavor = "multi_thread")]
        async fn $clause() {
            $crate::clauses::$group::$clause(&$make()).await;
        }
    };
}
