// Check-in at the entrance: a code is scanned or typed, and the answer is large.
import { html, nothing } from '../../shared/html.js';
import { ProblemError, list, post } from '../../shared/api.js';
import { integer, shortDate } from '../../shared/format.js';
import { announce, heading, problemText } from '../frame.js';

/** @typedef {import('../types.js').ConcertReport} ConcertReport */
/** @typedef {{ isGood: boolean, title: string, detail: string, at: Date }} Scan */

const KEPT = 20;
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** @param {import('../../shared/router.js').Context} context */
export function checkIn({ update, signal }) {
  /** @type {ConcertReport[]} */
  let concerts = [];
  let schedule = '';
  /** @type {Scan[]} the last scans, the newest first */
  let scans = [];
  let [good, bad] = [0, 0];
  let isBusy = false;

  // A scanner types into what has the focus.
  setTimeout(() => document.querySelector('input')?.focus());
  list('/v1/admin/concerts?page_size=200').then(items => { concerts = items; if (!signal.aborted) update(); }, () => undefined);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem('code'));
    const code = field.value.replace(/\s+/g, '');
    if (code === '' || isBusy) return;
    isBusy = true;
    // The next code may be scanned meanwhile.
    field.value = '';
    update();
    const scan = await check(code);
    scans = [scan, ...scans].slice(0, KEPT);
    if (scan.isGood) good += 1;
    else bad += 1;
    announce(`${scan.title}. ${scan.detail}`);
    isBusy = false;
    if (signal.aborted) return;
    update();
    field.focus();
  }

  /** @param {string} code @returns {Promise<Scan>} */
  async function check(code) {
    const at = new Date();
    try {
      const ticket = await post('/v1/admin/tickets:check-in', { body: schedule ? { code, schedule_id: schedule } : { code }, attempts: 1 });
      return { isGood: true, title: ticket.seat.label, detail: `${ticket.schedule.concert.name}, ${shortDate(ticket.schedule.starts_at, ticket.schedule.zone)}`, at };
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'TICKET_USED') {
        const used = new Date(error.problem['used_at']);
        return { isGood: false, title: 'Already used', detail: `This ticket was checked in at ${time.format(used)}.`, at };
      }
      if (error instanceof ProblemError) return { isGood: false, title: error.code === 'NOT_FOUND' || error.code === 'VALIDATION_FAILED' ? 'Not a valid ticket' : error.title, detail: problemText(error), at };
      return { isGood: false, title: 'Not checked', detail: problemText(error), at };
    }
  }

  return {
    title: () => 'Check-in',
    template: () => {
      const [last] = scans;
      const upcoming = concerts.flatMap(concert => concert.schedules.filter(({ cancelled_at: cancelled }) => !cancelled).map(schedule => ({ concert, schedule })));
      return html`
      ${heading('Check-in', nothing, html`<p class="quiet numbers">${integer(good)} let in · ${integer(bad)} refused</p>`)}
      <form class="card filters" @submit=${submit}>
        <label class="field">Show<select @change=${(/** @type {Event} */ event) => { schedule = /** @type {HTMLSelectElement} */ (event.target).value; }}><option value="">Any show</option>
          ${upcoming.map(({ concert, schedule: { id, starts_at: starts, zone } }) => html`<option value=${id}>${concert.name} · ${shortDate(starts, zone)}</option>`)}</select></label>
        <label class="field grow">Ticket code<input name="code" class="mono" required maxlength="200" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        <button class="primary" ?disabled=${isBusy}>Check in</button>
      </form>
      <p class="small quiet">A scanner that types the code and Enter works here: the field stays in focus.</p>
      ${last ? html`<section class=${`scan ${last.isGood ? 'good' : 'bad'}`}><p class="scan-mark" aria-hidden="true">${last.isGood ? '✓' : '✗'}</p><div><h2>${last.title}</h2><p>${last.detail}</p></div></section>` : nothing}
      ${scans.length > 1 ? html`<section class="card stack"><h2>Last scans</h2><ul class="lines">${scans.slice(1).map(scan => html`<li><span>${scan.isGood ? '✓' : '✗'} ${scan.title} <span class="small quiet">${scan.detail}</span></span><span class="quiet numbers">${time.format(scan.at)}</span></li>`)}</ul></section>` : nothing}`;
    },
  };
}
