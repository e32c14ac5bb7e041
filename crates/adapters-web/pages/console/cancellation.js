// Cancellations and the refunds that follow, with their progress.
import { html, render } from '../shared/html.js';
import { get, post } from '../shared/api.js';
import { integer, money, shortDate } from '../shared/format.js';
import { ask } from './ask.js';
import { problemText, toast } from './frame.js';
import { sum } from './stock.js';

/** @typedef {import('./types.js').ConcertReport} ConcertReport */
/** @typedef {import('./types.js').ScheduleReport} ScheduleReport */

/** The number of reservations that one request ends. */
const BATCH = 50;

/** @param {ScheduleReport[]} schedules what the cancellation of these dates does */
function effect(schedules) {
  const figures = sum(schedules.map(({ figures }) => figures));
  return html`
    <p>${schedules.length === 1 ? html`<strong>${shortDate(schedules[0]?.starts_at ?? '', schedules[0]?.zone)}</strong> will be cancelled.` : html`<strong>${integer(schedules.length)} dates</strong> will be cancelled.`} This can’t be undone.</p>
    <ul class="effects">
      <li><strong class="numbers">${integer(figures?.held ?? 0)}</strong> held seats are released at once.</li>
      <li><strong class="numbers">${integer(figures?.reserved ?? 0)}</strong> sold seats become void; their payments of <strong class="numbers">${figures ? money(figures.revenue) : '0'}</strong> are refunded right after.</li>
      <li>Nothing of ${schedules.length === 1 ? 'this date' : 'these dates'} can be bought any more.</li>
    </ul>`;
}

/** @param {ScheduleReport} shown cancels a date, then refunds its payments @param {() => void} refresh */
export async function cancelSchedule(shown, refresh) {
  try {
    /** @type {ScheduleReport} */
    const schedule = await get(`/v1/admin/schedules/${shown.id}`);
    const reason = await ask({ title: 'Cancel this date?', effect: effect([schedule]), action: 'Cancel the date and refund', danger: true, reason: 'required' });
    if (reason === undefined) return;
    await post(`/v1/admin/schedules/${schedule.id}:cancel`, { body: { reason } });
    refresh();
    await refundAll([schedule], reason);
  } catch (error) {
    toast(problemText(error), 'bad');
  }
  refresh();
}

/** @param {ScheduleReport} schedule continues the refunds of a cancelled date @param {() => void} refresh */
export async function refundSchedule(schedule, refresh) {
  const figures = schedule.figures;
  const text = html`<p>The payments for <strong class="numbers">${integer(figures?.reserved ?? 0)}</strong> seats, <strong class="numbers">${figures ? money(figures.revenue) : ''}</strong>, are refunded to the buyers’ wallets.</p>`;
  const reason = await ask({ title: 'Refund this date?', effect: text, action: 'Refund', reason: 'optional' });
  if (reason === undefined) return;
  await refundAll([schedule], reason);
  refresh();
}

/** @param {ConcertReport} shown cancels a concert, then refunds its payments */
export async function cancelConcert(shown) {
  try {
    /** @type {ConcertReport} */
    const concert = await get(`/v1/admin/concerts/${shown.id}`);
    const schedules = concert.schedules.filter(({ cancelled_at: cancelled }) => !cancelled);
    const reason = await ask({ title: `Cancel ${concert.name}?`, effect: effect(schedules), action: 'Cancel the concert and refund', danger: true, reason: 'required' });
    if (reason === undefined) return;
    await post(`/v1/admin/concerts/${concert.id}:cancel`, { body: { reason } });
    await refundAll(schedules, reason);
  } catch (error) {
    toast(problemText(error), 'bad');
  }
}

/**
 * Refunds all payments of cancelled dates, and shows the progress. It can be stopped and continued later.
 * @param {ScheduleReport[]} schedules
 * @param {string} reason
 */
async function refundAll(schedules, reason) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('ask'));
  let isStopped = false;
  const done = { released: 0, refunded: 0, remaining: -1 };
  /** @type {string | undefined} */
  let problem;
  let isDone = false;
  const draw = () => {
    const all = done.released + done.refunded + Math.max(0, done.remaining);
    const part = done.remaining < 0 ? 0 : all === 0 ? 100 : ((all - done.remaining) / all) * 100;
    render(html`<div class="stack">
      <h2 id="ask-title">${isDone ? 'Everything is refunded' : problem ? 'The refunds have stopped' : 'Refunding …'}</h2>
      <div class="progress" role="progressbar" aria-label="Refunds" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(part)}><div .style=${`--part:${part}%`}></div></div>
      <p class="numbers" aria-live="polite">${integer(done.refunded)} ${done.refunded === 1 ? 'payment' : 'payments'} refunded, ${integer(done.released)} ${done.released === 1 ? 'hold' : 'holds'} released${done.remaining > 0 ? `, ${integer(done.remaining)} to go` : ''}.</p>
      ${problem ? html`<p class="notice bad" role="alert">${problem}</p>` : ''}
      <div class="row"><button class=${isDone ? 'primary' : ''} @click=${() => { isStopped = true; dialog.close(); }}>${isDone ? 'Close' : problem ? 'Continue later' : 'Stop, continue later'}</button></div>
    </div>`, dialog);
  };
  draw();
  if (!dialog.open) dialog.showModal();
  dialog.onclose = () => { isStopped = true; };
  try {
    for (const { id } of schedules) {
      do {
        const batch = await post(`/v1/admin/schedules/${id}:refund-all`, { body: reason ? { at_most: BATCH, reason } : { at_most: BATCH } });
        done.released += batch.released;
        done.refunded += batch.refunded;
        done.remaining = batch.remaining;
        if (!isStopped) draw();
      } while (done.remaining > 0 && !isStopped);
      if (isStopped) return;
    }
    isDone = true;
  } catch (error) {
    problem = problemText(error);
  }
  if (!isStopped) draw();
}
