// The seats of a sale as a bar: sold, held, free and blocked, by colour and pattern, with the numbers beside it.
import { html } from '../shared/html.js';
import { integer } from '../shared/format.js';

/** @typedef {import('./types.js').ScheduleReport} ScheduleReport */
/** @typedef {{ seats: number, available: number, held: number, reserved: number, blocked: number, revenue: import('./types.js').Money }} Figures */

/** @type {readonly [keyof Figures, string][]} */
const PARTS = [['reserved', 'sold'], ['held', 'held'], ['available', 'free'], ['blocked', 'blocked']];

/** @param {(Figures | null | undefined)[]} all @returns {Figures | undefined} */
export function sum(all) {
  const known = /** @type {Figures[]} */ (all.filter(Boolean));
  const first = known[0];
  if (!first) return undefined;
  const of = (/** @type {'seats' | 'available' | 'held' | 'reserved' | 'blocked'} */ name) => known.reduce((total, figures) => total + figures[name], 0);
  const amount = known.reduce((total, figures) => total + figures.revenue.amount, 0);
  return { seats: of('seats'), available: of('available'), held: of('held'), reserved: of('reserved'), blocked: of('blocked'), revenue: { ...first.revenue, amount } };
}

/** @param {Figures} figures */
export function bar(figures) {
  const text = PARTS.map(([part, name]) => `${integer(/** @type {number} */ (figures[part]))} ${name}`).join(', ');
  return html`<div class="stock" role="img" aria-label=${text} title=${text}>
    ${PARTS.map(([part, name]) => html`<i class=${name} .style=${`flex-grow:${/** @type {number} */ (figures[part])}`}></i>`)}</div>`;
}

export const barKey = () => html`<ul class="key">${PARTS.map(([, name]) => html`<li><i class=${`swatch ${name}`} aria-hidden="true"></i>${name}</li>`)}</ul>`;

/** @param {number} part @param {number} whole */
export function percent(part, whole) {
  if (whole === 0) return '–';
  const isExact = part === 0 || part === whole;
  const digits = !isExact && (part / whole < 0.1 || part / whole > 0.99) ? 1 : 0;
  return new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: digits }).format(part / whole);
}

const SALES = [[/** @type {const} */ ('cancelled'), 'Cancelled', 'bad'], ['started', 'Started', ''], ['before', 'Not yet on sale', 'accent'], ['after', 'Sale closed', ''], ['sold-out', 'Sold out', 'warn'], ['open', 'On sale', 'good']];

/** @param {ScheduleReport} schedule */
export function saleState(schedule) {
  const now = Date.now();
  const state = schedule.cancelled_at ? 'cancelled'
    : Date.parse(schedule.starts_at) <= now ? 'started'
      : now < Date.parse(schedule.sale_opens_at) ? 'before'
        : now >= Date.parse(schedule.sale_closes_at) ? 'after'
          : schedule.figures && schedule.figures.seats > 0 && schedule.figures.available === 0 && schedule.figures.held === 0 ? 'sold-out' : 'open';
  const [, name, tone] = /** @type {string[]} */ (SALES.find(([known]) => known === state));
  return html`<span class=${`badge ${tone}`}>${name}</span>`;
}
