// The last hour of a sale: what happened in each bucket is asked for once, and then only what is new. What was sold, held, free and waiting
// at each time follows from what is now, and from what has happened since.
import { get } from '../shared/api.js';

/** @typedef {import('./types.js').SaleHistory} SaleHistory */
/** @typedef {Record<string, (number | null)[]>} Lines */
/** @typedef {{ sold: number, held: number, free: number, waiting: number, active: number }} Now */

/** The buckets of an hour. */
const ALL = 360;
/** The buckets that are asked for again: events may be committed late. */
const RECENT = 12;
/** The buckets of a minute. */
const MINUTE = 6;

export class History {
  /** @type {SaleHistory | undefined} */
  #known;

  /** @param {string} concert */
  constructor(concert) {
    this.path = `/v1/admin/concerts/${concert}/history`;
  }

  /** @param {AbortSignal} signal asks for what is new */
  async read(signal) {
    for (;;) {
      const seconds = this.#known ? (Date.now() - Date.parse(this.#known.from)) / 1000 : Infinity;
      const gap = this.#known ? Math.ceil(seconds / this.#known.bucket_seconds) - ALL + RECENT : ALL;
      // The device's clock only decides how much is asked for: a wrong one means a whole hour.
      const buckets = this.#known?.is_current && gap > 0 && gap < ALL ? gap : ALL;
      /** @type {SaleHistory} */
      const read = await get(`${this.path}?buckets=${buckets}`, { signal });
      this.#known = this.#known ? merged(this.#known, read) : read;
      if (read.is_current) return;
    }
  }

  /** The end of each bucket in Unix time, in seconds. */
  get times() {
    const known = this.#known;
    if (!known) return [];
    const start = Date.parse(known.from) / 1000;
    return known.sales.sold.map((_, index) => start + (index + 1) * known.bucket_seconds);
  }

  /** @param {Now} now returns the values at the end of each bucket @returns {Lines} */
  lines(now) {
    const known = this.#known;
    if (!known) return {};
    const { sales, queue, instance, bucket_seconds: seconds } = known;
    const start = Date.parse(known.from);
    const first = Math.max(0, Math.ceil((Date.parse(known.complete_from) - start) / 1000 / seconds));
    const complete = (/** @type {(number | null)[]} */ values) => values.map((value, index) => (index < first ? null : value));
    const before = (/** @type {number} */ value, /** @type {(index: number) => number} */ change) => {
      const values = new Array(sales.sold.length).fill(value);
      for (let index = values.length - 2; index >= 0; index -= 1) values[index] = Math.max(0, values[index + 1] - change(index + 1));
      return complete(values);
    };
    const at = (/** @type {number[]} */ list, /** @type {number} */ index) => list[index] ?? 0;
    const sold = (/** @type {number} */ index) => at(sales.sold, index) - at(sales.refunded, index);
    const held = (/** @type {number} */ index) => at(sales.held, index) - at(sales.ended, index) - at(sales.sold, index);
    const minute = (/** @type {number[]} */ list) => complete(list.map((_, index) => list.slice(Math.max(0, index - MINUTE + 1), index + 1).reduce((sum, value) => sum + value, 0)));
    return {
      sold: before(now.sold, sold),
      held: before(now.held, held),
      free: before(now.free, index => -sold(index) - held(index)),
      waiting: before(now.waiting, index => at(queue.joined, index) - at(queue.admitted, index) - at(queue.left, index)),
      active: before(now.active, index => at(queue.admitted, index) - at(queue.finished, index)),
      revenue: minute(sales.revenue),
      refunds: minute(sales.refunds),
      admitted: minute(queue.admitted).map(value => (value === null ? null : value / 60)),
      joins: minute(queue.joined).map(value => (value === null ? null : value / 60)),
      p50: queue.wait_p50_seconds,
      p99: queue.wait_p99_seconds,
      conflicts: minute(instance.conflicts),
      unavailable: minute(instance.unavailable),
    };
  }
}

/** @param {SaleHistory} known @param {SaleHistory} read returns the last hour of both */
function merged(known, read) {
  const shift = Math.round((Date.parse(read.from) - Date.parse(known.from)) / 1000 / read.bucket_seconds);
  const length = known.sales.sold.length;
  if (read.sales.sold.length >= ALL || shift < 0 || shift > length) return read;
  const drop = Math.max(0, shift + read.sales.sold.length - ALL);
  /** @template {Record<string, any[]>} T @param {T} older @param {T} newer @returns {T} */
  const columns = (older, newer) => /** @type {T} */ (Object.fromEntries(Object.entries(newer).map(([name, values]) => [name, [...(older[name] ?? []).slice(drop, shift), ...values]])));
  const from = new Date(Date.parse(known.from) + drop * read.bucket_seconds * 1000).toISOString();
  // The server's lists begin later: it knows nothing about what was complete before.
  const complete = Date.parse(known.complete_from) > Date.parse(from) ? known.complete_from : from;
  return { ...read, from, complete_from: complete, sales: columns(known.sales, read.sales), queue: columns(known.queue, read.queue), instance: columns(known.instance, read.instance) };
}
