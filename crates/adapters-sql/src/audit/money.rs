//! P2: no money appears or vanishes.

use application::ports::Invariant;

pub(super) const DRIFT: &str = "SELECT CAST(
        (SELECT coalesce(sum(balance), 0) FROM wallets)
        + (SELECT coalesce(sum(amount), 0) FROM payments WHERE state = 'COMPLETED')
        - (SELECT coalesce(sum(amount), 0) FROM wallet_entries WHERE kind = 'CHARGE') AS bigint) AS drift";

pub(super) const INVARIANTS: &[(Invariant, &str)] = &[
    (
        Invariant::BalanceIsSumOfEntries,
        "SELECT (SELECT count(*) FROM wallets w WHERE w.balance <> (
                          SELECT coalesce(sum(CASE e.kind WHEN 'PAYMENT' THEN -e.amount ELSE e.amount END), 0)
                          FROM wallet_entries e WHERE e.user_id = w.user_id))
                   + (SELECT count(*) FROM wallet_entries e WHERE NOT EXISTS (SELECT 1 FROM wallets w WHERE w.user_id = e.user_id))
                     AS violations",
    ),
    (
        Invariant::BalanceIsNeverNegative,
        "SELECT (SELECT count(*) FROM wallets WHERE balance < 0) + (SELECT count(*) FROM wallet_entries WHERE balance < 0)
                     AS violations",
    ),
    (
        Invariant::EntrySequenceIsGapless,
        "SELECT count(*) AS violations FROM wallets w
              LEFT JOIN (SELECT user_id, count(*) AS entries, max(sequence) AS last FROM wallet_entries GROUP BY user_id) e
                  ON e.user_id = w.user_id
              WHERE coalesce(e.entries, 0) <> w.last_sequence OR coalesce(e.last, 0) <> w.last_sequence",
    ),
    (
        Invariant::EntryBalanceIsRunningSum,
        "SELECT count(*) AS violations FROM (
                  SELECT balance, sum(CASE kind WHEN 'PAYMENT' THEN -amount ELSE amount END)
                                  OVER (PARTITION BY user_id ORDER BY sequence) AS running
                  FROM wallet_entries) entries
              WHERE balance <> running",
    ),
    (
        Invariant::ChargesAreBalancesAndCompletedPayments,
        "SELECT CASE (SELECT coalesce(sum(amount), 0) FROM wallet_entries WHERE kind = 'CHARGE')
                     WHEN (SELECT coalesce(sum(balance), 0) FROM wallets)
                        + (SELECT coalesce(sum(amount), 0) FROM payments WHERE state = 'COMPLETED') THEN 0 ELSE 1 END AS violations",
    ),
];
