// The seats of a date on the map: what they are, who has them, and blocking.
import { html, nothing } from '../../shared/html.js';
import { get } from '../../shared/api.js';
import { shortDate } from '../../shared/format.js';
import { announce, heading, loading, problemNotice } from '../frame.js';
import { keepReading } from '../live.js';
import { layoutOf as layoutOfPlan } from '../plan.js';
import { SeatControls } from '../seat-controls.js';
import { tabs } from '../tabs.js';
import { isDraft } from './overview.js';

/** @typedef {import('../types.js').ConcertReport} ConcertReport */

/** @param {import('../../shared/router.js').Context} context */
export function seats({ update, signal, parameter: id, query }) {
  /** @type {ConcertReport | undefined} */
  let concert;
  /** @type {string | undefined} */
  let schedule = query.get('schedule') ?? undefined;
  /** @type {SeatControls | undefined} */
  let controls;
  /** @type {unknown} */
  let problem;

  async function open() {
    const wanted = schedule;
    if (!wanted) return;
    controls?.end();
    controls = undefined;
    update();
    const layout = await layoutOf(wanted);
    if (schedule !== wanted || signal.aborted) return;
    controls = new SeatControls({ schedule: wanted, layout, update, announce, signal, refresh: () => refresh() });
  }

  /** @param {string} id the layout of a date; of a draft, which has no public one, it is made of its seat map */
  async function layoutOf(id) {
    if (!concert || !isDraft(concert)) return get(`/v1/schedules/${id}/layout`, { signal });
    const currency = concert.schedules.find(({ figures }) => figures)?.figures?.revenue.currency ?? 'KRW';
    return layoutOfPlan(await get(`/v1/admin/schedules/${id}/seat-map`, { signal }), currency);
  }

  const refresh = keepReading(2_000, signal, async () => {
    concert ??= /** @type {ConcertReport} */ (await get(`/v1/admin/concerts/${id}`, { signal }));
    schedule ??= (concert.schedules.find(({ cancelled_at: cancelled }) => !cancelled) ?? concert.schedules[0])?.id;
    if (!controls) await open();
    await controls?.read();
  }, error => { problem = error; update(); });

  /** @param {Event} event */
  function choose(event) {
    schedule = /** @type {HTMLSelectElement} */ (event.target).value;
    history.replaceState(null, '', `${location.pathname}?schedule=${schedule}`);
    open().then(refresh, error => { problem = error; update(); });
  }

  return {
    drawn: () => controls?.attach(),
    title: () => (concert ? `Seats · ${concert.name}` : 'Seats'),
    template: () => (concert ? html`
      ${heading(concert.name, nothing, concert.schedules.length < 2 ? nothing : html`<label class="field"><span class="visually-hidden">Date</span><select @change=${choose}>
        ${concert.schedules.map(({ id: key, starts_at: starts, zone }) => html`<option value=${key} ?selected=${key === schedule}>${shortDate(starts, zone)}</option>`)}</select></label>`)}
      ${tabs(id, 'seats')}
      ${problemNotice(problem)}
      ${controls ? controls.template() : concert.schedules.length === 0 ? html`<p class="empty quiet">This concert has no dates.</p>` : problem ? nothing : loading()}` : html`${problemNotice(problem)}${problem ? nothing : loading()}`),
  };
}

