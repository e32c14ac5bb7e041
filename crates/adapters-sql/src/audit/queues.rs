//! P5: numbers are gapless except for those of pruned tokens, and admission is in their order. P6: a user has at most one live token in a
//! queue.

use application::ports::Invariant;

pub(super) const INVARIANTS: &[(Invariant, &str)] = &[
    (
        Invariant::QueueNumbersAreGapless,
        "SELECT count(*) AS violations FROM queues q
              LEFT JOIN queue_counters c ON c.queue_id = q.id
              LEFT JOIN (SELECT queue_id, count(*) AS tokens, max(number) AS last FROM queue_tokens GROUP BY queue_id) t
                  ON t.queue_id = q.id
              WHERE c.last_number IS DISTINCT FROM coalesce(t.tokens, 0) + coalesce(c.pruned, 0)
                 OR coalesce(t.last, 0) > c.last_number",
    ),
    (
        Invariant::AdmissionIsInOrderOfNumber,
        "SELECT count(*) AS violations FROM queue_tokens w
              JOIN (SELECT queue_id, max(number) AS last FROM queue_tokens WHERE activated_at IS NOT NULL GROUP BY queue_id) a
                  ON a.queue_id = w.queue_id
              WHERE w.state = 'WAITING' AND w.number < a.last",
    ),
    (
        Invariant::LastAdmittedNumberIsRecorded,
        "SELECT count(*) AS violations FROM queue_tokens t LEFT JOIN queue_admissions a ON a.queue_id = t.queue_id
              WHERE a.queue_id IS NULL
                 OR t.activated_at IS NOT NULL AND t.number > a.last_admitted
                 OR t.state = 'WAITING' AND t.number <= a.last_admitted",
    ),
    (
        Invariant::AdmissionsAreCounted,
        "SELECT count(*) AS violations FROM queues q
              LEFT JOIN queue_admissions a ON a.queue_id = q.id
              LEFT JOIN queue_counters c ON c.queue_id = q.id
              LEFT JOIN (SELECT queue_id, count(activated_at) AS admitted, sum(CASE reason WHEN 'UNCLAIMED' THEN 1 ELSE 0 END) AS no_shows
                         FROM queue_tokens GROUP BY queue_id) t
                  ON t.queue_id = q.id
              WHERE NOT coalesce(a.admitted - coalesce(t.admitted, 0) BETWEEN 0 AND c.pruned
                                 AND c.no_shows - coalesce(t.no_shows, 0) BETWEEN 0 AND c.pruned, FALSE)",
    ),
    (
        Invariant::WaitingAreCounted,
        "SELECT count(*) AS violations FROM queues q
              LEFT JOIN queue_counters c ON c.queue_id = q.id
              WHERE c.waiting IS DISTINCT FROM (SELECT count(*) FROM queue_tokens t WHERE t.queue_id = q.id AND t.state = 'WAITING')",
    ),
    (
        Invariant::UserHasAtMostOneLiveToken,
        "SELECT count(*) AS violations FROM (
                  SELECT 1 FROM queue_tokens WHERE state <> 'EXPIRED' GROUP BY queue_id, user_id HAVING count(*) > 1) doubled",
    ),
];
