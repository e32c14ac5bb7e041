//! The macro that makes a test of every clause.

/// Makes a `#[tokio::test]` of every clause, for the adapter that `$make` makes: a function without arguments that returns an
/// [`Adapter`](crate::Adapter). The crate that calls it depends on tokio.
///
/// A store may lack one of two capabilities, and then says why; the clauses about it are reported as ignored, with that reason:
///
/// ```ignore
/// adapter_conformance!(Mine::new, without sharing: "one process serves a file");
/// ```
///
/// - `durability`: what is committed outlives the process. Needs [`Adapter::reopened`](crate::Adapter::reopened) and
///   [`Adapter::after_crash`](crate::Adapter::after_crash).
/// - `sharing`: several processes serve one store, and hear of each other's commits. Needs
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

/// Turns what a store lacks into attributes of the tests of it.
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

/// The tests of all clauses.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ($make:path; $durability:tt $sharing:tt) => {
        $crate::clause_tests! {
            $make; $durability;
            durability {
                what_is_committed_survives_the_process
                what_is_committed_survives_a_crash
                a_reader_of_the_log_goes_on_after_a_crash
                another_process_finds_the_same_secret
            }
        }
        $crate::clause_tests! {
            $make; $sharing;
            sharing {
                what_another_process_commits_is_told
                what_another_process_commits_is_told_once
                each_process_is_told_of_all
                a_conflict_is_no_news
                all_processes_read_one_log
                many_commits_at_once_are_all_told
                rows_that_are_deleted_are_missed
                all_processes_know_the_same_readers
            }
        }
        $crate::clause_tests! {
            $make; [];
            loading {
                a_key_has_its_record_past_its_retention_too
                a_key_is_found_for_its_user_and_route_alone
                a_key_of_nobody_has_its_record
                an_account_is_a_user_and_their_wallet
                a_token_has_its_queue_lapsed_or_ended
                a_place_without_a_concert_is_in_the_default_queue
                a_place_for_a_concert_is_in_its_queue
                an_unknown_concert_has_no_place
                a_place_has_the_users_token_until_it_has_ended
                a_line_counts_all_and_has_the_foremost_who_wait
                a_line_has_the_lapsed_the_earliest_first
                a_line_in_which_nobody_waits_counts_nobody
                lines_have_each_at_most_so_many_of_either_sort
                a_line_is_found_with_the_key_of_an_admission
                a_line_has_offers_if_it_is_a_concerts_own_and_somebody_waits
                a_line_without_a_concert_has_no_offers
                an_offer_has_seats_if_one_is_free_or_may_be_again
                a_line_has_offers_of_all_schedules_of_its_concerts
                a_line_has_offers_of_all_its_concerts
                a_queue_is_found_by_its_id
                a_concert_has_all_of_its_schedules
                a_concert_has_its_schedules_by_start
                a_schedule_has_its_concert
                a_concert_is_in_use_while_something_is_held
                a_concert_is_in_use_while_users_wait_for_it
                seats_are_found_by_their_numbers
                seats_have_the_holds_on_them_lapsed_or_not
                seats_have_no_holds_that_are_paid_or_given_back
                seats_are_found_by_their_labels_letter_by_letter
                a_reservation_has_its_schedule_concert_and_seats_lapsed_or_not
                a_reservation_has_its_seats_whoever_has_them_by_now
                a_token_has_its_holds_lapsed_or_not
                a_token_has_no_holds_that_are_paid
                a_user_owns_what_they_hold_and_bought_of_the_concert
                a_payment_has_its_reservation_and_the_payers_wallet
                lapsed_holds_come_the_earliest_first
                holds_of_cancelled_schedules_come_after_the_lapsed
                what_is_sold_or_given_back_never_lapses
                needs_find_the_same_alone_and_together
                a_row_is_found_by_every_need_that_is_about_it
                the_needs_of_a_payment_are_found_by_their_own_names
                the_needs_of_a_hold_are_found_whichever_are_missing
                a_large_batch_of_needs_is_answered
                now_is_the_stores_clock
                no_needs_find_the_time_alone
                all_rows_are_read_at_one_instant
            }
            committing {
                a_failing_change_keeps_no_other_from_being_committed
                each_change_of_a_group_has_its_own_result
                a_large_group_is_committed
                groups_at_once_are_both_committed
                another_version_of_a_row_is_a_conflict
                a_row_is_written_once_under_a_version
                an_insert_of_what_exists_is_a_conflict
                an_update_of_what_does_not_exist_is_a_conflict
                another_version_of_a_checked_row_is_a_conflict
                a_checked_row_keeps_its_version
                of_a_group_one_writes_what_another_relies_on
                of_a_group_one_adds_to_what_another_wants_empty
                another_admission_version_is_a_conflict
                only_a_tick_bumps_the_admission_version
                a_join_beside_a_live_token_is_a_conflict
                a_join_beyond_the_limit_of_its_line_is_a_conflict
                of_a_group_as_many_join_as_there_is_room_for
                each_join_of_a_group_has_its_own_limit
                who_leaves_or_is_let_in_makes_room_again
                room_is_counted_in_the_order_of_a_group
                joins_at_once_fill_a_line_to_its_limit
                a_change_past_its_deadline_is_a_conflict
                a_decision_does_not_outlive_what_it_relied_on
                a_record_past_its_retention_is_replaced
                a_record_that_was_pruned_meanwhile_is_a_conflict
                a_key_is_unique_within_user_and_route
                keys_are_kept_as_they_were_sent
                numbers_count_from_1_in_the_order_of_commits
                numbers_follow_the_order_of_a_group
                each_queue_counts_on_its_own
                a_conflicting_join_takes_no_number
                an_ended_tokens_number_is_not_given_again
                numbers_are_gapless_when_many_join_at_once
                a_queue_that_is_changed_keeps_its_numbers_and_admission_version
                a_purchase_is_written_whole_at_every_step
                every_ending_is_written_whole
                records_come_back_long_after
                a_change_with_one_failing_guard_is_not_written_at_all
                a_first_write_with_one_failing_guard_is_not_written_at_all
                an_entry_is_never_written_over
                a_wallet_entrys_id_is_used_once
                nothing_to_commit_is_committed
            }
            races {
                of_two_joins_of_one_user_one_wins
                of_two_joins_that_end_one_lapsed_token_one_wins
                of_a_join_and_a_tick_that_end_one_token_one_wins
                of_two_ticks_one_wins
                ticks_of_different_queues_both_win
                of_a_hold_and_a_hasty_tick_one_wins
                of_a_late_hold_and_a_tick_the_tick_wins
                of_a_tick_and_a_leave_one_wins
                of_a_claim_and_a_leave_one_wins
                of_a_payment_and_a_release_one_wins
                of_two_payments_of_one_hold_one_wins
                of_one_payment_sent_twice_one_has_an_effect
                of_a_late_payment_and_a_sweep_the_sweep_wins
                of_a_payment_and_a_hasty_sweep_one_wins
                of_two_charges_of_one_wallet_one_wins
                of_a_charge_and_a_payment_one_wins
                of_two_refunds_one_wins
                of_two_first_writes_of_one_user_one_wins
                of_two_uses_of_a_forgotten_key_one_wins
                of_two_holds_of_one_seat_one_wins
                of_two_holds_that_end_one_lapsed_hold_one_wins
                of_a_takeover_and_a_sweep_one_wins
                of_two_holds_under_one_token_one_wins
                of_a_hold_and_a_leave_one_wins
                of_the_same_hold_again_and_its_release_one_wins
                of_one_key_twice_one_has_an_effect
                a_record_alone_lets_one_win
                holds_of_different_seats_both_win
                of_two_exchanges_for_one_seat_one_wins
                of_an_exchange_and_a_hold_of_its_seat_one_wins
                of_an_exchange_and_a_payment_one_wins
                of_two_who_want_each_others_seats_nobody_loses_theirs
            }
            reading {
                a_booking_is_found_by_its_id
                a_lapsed_hold_is_told_as_its_row_says
                bookings_come_in_pages_the_highest_id_first
                the_default_queue_is_there_from_the_start
                an_empty_store_has_nothing_on
                what_is_put_on_is_on_offer
                every_part_of_a_programme_is_kept
                concerts_come_in_pages_by_id
                schedules_come_by_start_then_id
                concerts_are_found_by_their_queue
                schedules_are_found_by_their_ids
                schedules_and_seats_are_their_owns
                seats_come_by_number
                a_user_is_there_once_they_register_or_write
                a_wallet_is_there_with_its_user
                entries_come_in_pages_the_newest_first
                a_token_is_found_whether_ended_or_not
                live_tokens_come_by_number
            }
            orders {
                what_operators_make_is_there_whole_and_sold
                what_is_there_is_not_made_again
                what_operators_change_is_written_once_under_a_version
                who_relied_on_what_operators_change_has_a_conflict
                a_concerts_queue_does_not_change_under_a_live_hold
                a_concerts_queue_does_not_change_under_a_live_token
                of_a_cancellation_and_an_addition_one_is_decided_by_the_other
                a_cancellation_is_kept_with_its_reason
                of_a_payment_and_a_cancellation_the_first_counts
                a_hold_of_a_cancelled_schedule_is_no_more
                seats_are_blocked_and_laid_out
                a_hall_of_50000_seats_is_laid_out
                of_two_maps_with_one_label_one_is_laid_out
                two_halls_of_50000_seats_are_made_at_once
                an_audit_entry_is_kept_as_it_was_done
                what_was_not_done_is_no_audit_entry
                an_audit_entry_is_never_overwritten
                audit_entries_come_in_pages_the_latest_first
                queue_totals_count_admissions_and_no_shows
                revenue_is_what_was_paid_for
                live_reservations_are_those_that_have_seats
                users_are_found_by_any_word_of_their_names
                a_users_tokens_are_the_live_ones_and_those_with_reservations
            }
            log {
                every_event_is_told_once_in_the_order_of_commits
                every_fact_is_told_as_it_was_decided
                an_event_has_the_instant_of_its_commit
                pages_of_any_size_tell_each_event_once
                a_reader_goes_on_from_any_position
                what_is_not_committed_is_not_told
                a_reader_that_reads_along_misses_nothing
                the_extent_of_a_log_goes_up_to_its_last_event
                what_a_log_extends_to_can_be_read_in_the_store
                after_the_end_of_a_log_there_is_nothing
                a_reader_is_kept_where_it_has_read
                readers_come_by_name
                a_reader_is_forgotten_by_its_name
                no_more_readers_are_kept_than_there_may_be
            }
            health_check {
                a_store_that_lives_answers_whoever_else_asks
            }
            secrets {
                the_first_secret_is_kept
                of_many_first_secrets_one_is_kept
            }
            housekeeping {
                records_are_forgotten_at_the_end_of_their_retention
                no_more_is_forgotten_than_asked_for
                pruning_ends_when_nothing_is_left
                each_sort_is_forgotten_on_its_own
                nothing_else_is_forgotten
                the_log_is_forgotten_by_the_instant_of_its_commits
                the_log_is_forgotten_from_its_start
                a_forgotten_position_is_not_given_again
                what_a_reader_has_not_passed_is_kept
                what_is_unread_for_too_long_is_forgotten
                a_reader_amid_a_commit_goes_on_after_pruning
                a_clock_that_was_set_back_makes_no_hole_in_the_log
                ended_tokens_are_forgotten_by_the_instant_of_their_end
                a_live_token_is_never_forgotten
                a_token_that_a_reservation_names_is_kept
                no_more_tokens_are_forgotten_than_asked_for
                a_forgotten_tokens_number_is_not_given_again
            }
            audit {
                an_honest_store_keeps_every_promise
                a_broken_promise_is_refused_or_found
                money_that_appears_or_vanishes_is_drift
            }
            crowds {
                of_64_holds_of_one_seat_one_is_made
                of_16_payments_of_one_hold_one_is_made
                one_payment_sent_16_times_has_one_effect
                all_of_32_charges_of_one_wallet_are_in_it
                a_crowd_that_joins_is_numbered_once_each
                ticks_at_once_keep_to_the_capacity
                forgetting_tokens_disturbs_nobody
                nobody_pays_after_a_cancellation
            }
            rooms {
                a_room_answers_what_a_count_over_the_rows_would
            }
            model {
                random_requests_come_to_the_same_as_in_memory
            }
        }
    };
}

/// The tests of groups of clauses, with the attributes that they share.
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

/// The test of a clause.
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
