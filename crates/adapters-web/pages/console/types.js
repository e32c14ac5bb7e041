/** @typedef {import('../shared/types.js').Schemas} Schemas */
/** @typedef {Schemas['ConcertReport']} ConcertReport */
/** @typedef {Schemas['ScheduleReport']} ScheduleReport */
/** @typedef {Schemas['QueueReport']} QueueReport */
/** @typedef {Schemas['ReservationReport']} ReservationReport */
/** @typedef {Schemas['AuditEntry']} AuditEntry */
/** @typedef {Schemas['SeatPlan']} SeatPlan */
/** @typedef {Schemas['Money']} Money */
/**
 * The history of a sale, in buckets: each list has one item for each bucket.
 * @typedef {object} SaleHistory
 * @property {string} from the start of the first bucket
 * @property {number} bucket_seconds
 * @property {string} complete_from
 * @property {boolean} is_current
 * @property {Record<'held' | 'ended' | 'sold' | 'refunded' | 'revenue' | 'refunds', number[]>} sales
 * @property {Record<'joined' | 'admitted' | 'left' | 'finished', number[]> & Record<'wait_p50_seconds' | 'wait_p99_seconds', (number | null)[]>} queue
 * @property {Record<'conflicts' | 'unavailable', number[]>} instance
 */
export {};
