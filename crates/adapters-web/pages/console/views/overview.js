// All concerts with their sales.
import { html, nothing } from '../../shared/html.js';
import { list } from '../../shared/api.js';
import { integer, money, shortDate } from '../../shared/format.js';
import { figure, heading, loading, problemNotice } from '../frame.js';
import { keepReading } from '../live.js';
import { bar, barKey, percent, saleState, sum } from '../stock.js';

/** @typedef {import('../types.js').ConcertReport} ConcertReport */
/** @typedef {import('../types.js').QueueReport} QueueReport */

const MAX_CONCERTS = 1_000;

/** @param {import('../../shared/router.js').Context} context */
export function overview({ update, signal }) {
  /** @type {ConcertReport[] | undefined} */
  let concerts;
  /** @type {QueueReport[]} */
  let queues = [];
  /** @type {unknown} */
  let problem;
  let wanted = '';

  keepReading(5_000, signal, async () => {
    [concerts, queues] = await Promise.all([list('/v1/admin/concerts?page_size=200', MAX_CONCERTS), list('/v1/admin/queues')]);
  }, error => { problem = error; update(); });

  return {
    title: () => 'Concerts',
    template: () => html`
      ${heading('Concerts', nothing, html`<a class="button primary" href="/console/concerts/new">New concert</a>`)}
      ${problemNotice(problem)}
      ${concerts ? body(concerts) : problem ? nothing : loading()}`,
  };

  /** @param {ConcertReport[]} concerts */
  function body(concerts) {
    const all = sum(concerts.flatMap(({ schedules }) => schedules.map(({ figures }) => figures)));
    const waiting = queues.reduce((total, { figures }) => total + figures.waiting, 0);
    const active = queues.reduce((total, { figures }) => total + figures.active, 0);
    const shown = concerts.filter(({ name, host }) => `${name} ${host}`.toLowerCase().includes(wanted));
    return html`
      <dl class="figures">
        ${figure('Revenue', all ? money(all.revenue) : '–')}
        ${figure('Sold', all ? integer(all.reserved) : '–', all ? `${percent(all.reserved, all.seats - all.blocked)} of ${integer(all.seats - all.blocked)} seats` : '')}
        ${figure('Held', all ? integer(all.held) : '–')}
        ${figure('Free', all ? integer(all.available) : '–')}
        ${figure('Waiting', integer(waiting), `in ${integer(queues.length)} queues`)}
        ${figure('Active', integer(active))}
      </dl>
      ${concerts.length === 0 ? html`<div class="card empty"><h2>There are no concerts yet</h2><p class="quiet">Create the first one from a template, by sections, or from a file.</p><a class="button primary" href="/console/concerts/new">New concert</a></div>` : html`
      <div class="row between">
        <label class="search"><span class="visually-hidden">Find a concert</span><input type="search" placeholder="Find a concert" @input=${(/** @type {Event} */ event) => { wanted = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase(); update(); }}></label>
        ${barKey()}
      </div>
      <div class="card flush scroll"><table class="rows">
        <thead><tr><th scope="col">Concert</th><th scope="col">Next date</th><th scope="col">Sale</th><th scope="col" class="wide-column">Seats</th><th scope="col" class="right">Sold</th><th scope="col" class="right">Revenue</th><th scope="col" class="right">Waiting</th></tr></thead>
        <tbody>${shown.map(row)}</tbody>
      </table>
      ${shown.length === 0 ? html`<p class="empty quiet">No concert has this name.</p>` : nothing}</div>`}`;
  }

  /** @param {ConcertReport} concert */
  function row(concert) {
    const { id, name, host, schedules, queue_id: queueId, venue } = concert;
    const figures = sum(schedules.map(schedule => schedule.figures));
    const next = schedules.find(({ starts_at: starts, cancelled_at: cancelled }) => !cancelled && Date.parse(starts) > Date.now()) ?? schedules.at(-1);
    const queue = queues.find(queue => queue.id === queueId);
    return html`<tr>
      <th scope="row"><a class="row-link" href=${`/console/concerts/${id}`}>${name}</a><span class="small quiet">${[host, venue?.city].filter(Boolean).join(' · ')}</span></th>
      <td>${next ? html`${shortDate(next.starts_at, next.zone)}${schedules.length > 1 ? html`<span class="small quiet">${integer(schedules.length)} dates</span>` : nothing}` : html`<span class="quiet">none</span>`}</td>
      <td>${isDraft(concert) ? html`<span class="badge accent">Draft</span>` : next ? saleState(next) : nothing}</td>
      <td class="wide-column">${figures && figures.seats > 0 ? bar(figures) : html`<span class="quiet">no seats</span>`}</td>
      <td class="right numbers">${figures ? html`${integer(figures.reserved)}<span class="small quiet">${percent(figures.reserved, figures.seats - figures.blocked)}</span>` : '–'}</td>
      <td class="right numbers">${figures ? money(figures.revenue) : '–'}</td>
      <td class="right numbers">${queue ? html`${integer(queue.figures.waiting)}${queue.state === 'OPEN' ? nothing : html` <span class="badge warn">${queue.state.toLowerCase()}</span>`}` : '–'}</td>
    </tr>`;
  }
}

/** @param {ConcertReport} concert */
export const isDraft = ({ publishes_at: at }) => at !== null && at !== undefined && Date.parse(at) > Date.now();
