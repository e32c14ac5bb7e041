// The sale of a concert at a glance: figures, the last hour, the queue and its controls, the dates.
import { html, nothing } from '../../shared/html.js';
import { get } from '../../shared/api.js';
import { about, integer, money, shortDate } from '../../shared/format.js';
import { Chart } from '../chart.js';
import { cancelConcert, cancelSchedule, refundSchedule } from '../cancellation.js';
import { figure, heading, loading, problemNotice } from '../frame.js';
import { History } from '../history.js';
import { keepReading } from '../live.js';
import { seconds } from '../seconds.js';
import { QueueControls, stateBadge } from '../queue-controls.js';
import { ledger } from '../ledger.js';
import { bar, barKey, percent, saleState, sum } from '../stock.js';
import { tabs } from '../tabs.js';
import { isDraft } from './overview.js';

/** @typedef {import('../types.js').ConcertReport} ConcertReport */
/** @typedef {import('../types.js').ScheduleReport} ScheduleReport */
/** @typedef {import('../types.js').QueueReport} QueueReport */

/** @param {import('../../shared/router.js').Context} context */
export function concert({ update, signal, parameter: id }) {
  /** @type {ConcertReport | undefined} */
  let found;
  /** @type {QueueReport | undefined} */
  let queue;
  /** @type {ScheduleReport | undefined} the date whose categories are shown */
  let detail;
  /** @type {string | undefined} */
  let chosen;
  /** @type {import('../history.js').Lines} */
  let lines = {};
  /** @type {unknown} */
  let problem;
  const history = new History(id);
  const currency = () => found?.schedules.find(({ figures }) => figures)?.figures?.revenue.currency ?? 'KRW';
  const amount = (/** @type {number} */ value) => money({ amount: Math.round(value), currency: currency() });
  const whole = (/** @type {number} */ value) => integer(Math.round(value));
  const rate = (/** @type {number} */ value) => (value >= 10 || value === 0 ? integer(Math.round(value)) : value.toFixed(value >= 1 ? 1 : 2));
  const charts = [
    new Chart({ title: 'Seats', format: whole, least: 4, lines: [{ key: 'sold', name: 'Sold', colour: '--series-1', fill: true }, { key: 'held', name: 'Held', colour: '--series-2', dash: [6, 3] }, { key: 'free', name: 'Free', colour: '--series-3', isText: true }] }, update, signal),
    new Chart({ title: 'Revenue per minute', format: amount, lines: [{ key: 'revenue', name: 'Payments', colour: '--series-1', fill: true }, { key: 'refunds', name: 'Refunds', colour: '--series-4', dash: [6, 3] }] }, update, signal),
    new Chart({ title: 'Queue', format: whole, least: 4, lines: [{ key: 'waiting', name: 'Waiting', colour: '--series-2', fill: true }, { key: 'active', name: 'Active', colour: '--series-1', dash: [6, 3] }] }, update, signal),
    new Chart({ title: 'Arrivals and admissions per second', format: rate, least: 0.5, lines: [{ key: 'admitted', name: 'Admitted', colour: '--series-1' }, { key: 'joins', name: 'Joined', colour: '--series-2', dash: [6, 3] }] }, update, signal),
    new Chart({ title: 'Wait until admission', format: seconds, least: 2, steps: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 18_000, 36_000], lines: [{ key: 'p50', name: 'Median', colour: '--series-1', spans: true }, { key: 'p99', name: '99 %', colour: '--series-4', dash: [6, 3], spans: true }] }, update, signal),
    new Chart({ title: 'Conflicts and 503s per minute', format: whole, least: 4, lines: [{ key: 'conflicts', name: 'Conflicts', colour: '--series-2' }, { key: 'unavailable', name: '503s', colour: '--series-4', dash: [6, 3] }] }, update, signal),
  ];
  const ledgerCheck = ledger(update, signal);

  const refresh = keepReading(3_000, signal, async () => {
    found = /** @type {ConcertReport} */ (await get(`/v1/admin/concerts/${id}`, { signal }));
    const schedule = found.schedules.find(schedule => schedule.id === chosen) ?? found.schedules.find(({ cancelled_at: cancelled }) => !cancelled) ?? found.schedules[0];
    [queue, detail] = await Promise.all([get(`/v1/admin/queues/${found.queue_id}`, { signal }), schedule ? get(`/v1/admin/schedules/${schedule.id}`, { signal }) : undefined]);
    await history.read(signal);
    controls.receive(/** @type {QueueReport} */ (queue));
    const figures = current(found);
    const now = { sold: figures?.reserved ?? 0, held: figures?.held ?? 0, free: figures?.available ?? 0, waiting: queue?.figures.waiting ?? 0, active: queue?.figures.active ?? 0 };
    lines = history.lines(now);
    const times = history.times;
    for (const chart of charts) chart.show(times, lines);
  }, error => { problem = error; update(); });
  const controls = new QueueControls(update, refresh);

  return {
    drawn: () => { for (const chart of charts) chart.attach(); },
    title: () => found?.name ?? 'Concert',
    template: () => (found ? html`
      ${heading(found.name, html`${isDraft(found) ? html`<span class="badge accent">Draft until ${shortDate(found.publishes_at ?? '', undefined)}</span>` : nothing}${found.cancelled_at ? html`<span class="badge bad">Cancelled</span>` : nothing}<span>${[found.host, found.venue?.name, found.venue?.city].filter(Boolean).join(' · ')}</span>`,
        html`<a class="button small-button" href=${`/concerts/${id}`}>In the shop</a>${found.cancelled_at ? nothing : html`<button class="danger small-button" @click=${() => found && cancelConcert(found).then(refresh)}>Cancel the concert</button>`}`)}
      ${tabs(id, 'sale')}
      ${problemNotice(problem)}
      ${body(found)}` : html`${problemNotice(problem)}${problem ? html`<p><a href="/console">All concerts</a></p>` : loading()}`),
  };

  /** @param {ConcertReport} concert the figures of the dates that aren’t cancelled, or of all */
  function current({ schedules }) {
    const open = schedules.filter(({ cancelled_at: cancelled }) => !cancelled);
    return sum((open.length > 0 ? open : schedules).map(({ figures }) => figures));
  }

  /** @param {ConcertReport} concert */
  function body(concert) {
    const figures = current(concert);
    const last = (/** @type {string} */ key) => lines[key]?.findLast(value => value !== null) ?? undefined;
    const [admitted, p50, p99] = ['admitted', 'p50', 'p99'].map(last);
    return html`
      <dl class="figures eight">
        ${figure('Revenue', figures ? money(figures.revenue) : '–')}
        ${figure('Sold', figures ? integer(figures.reserved) : '–', figures ? `${percent(figures.reserved, figures.seats - figures.blocked)} of ${integer(figures.seats - figures.blocked)}` : '')}
        ${figure('Held', figures ? integer(figures.held) : '–', figures ? `${integer(figures.blocked)} blocked` : '')}
        ${figure('Free', figures ? integer(figures.available) : '–', figures ? percent(figures.available, figures.seats) : '')}
        ${figure('Waiting', queue ? integer(queue.figures.waiting) : '–', queue?.figures.estimated_wait.known ? `about ${about(queue.figures.estimated_wait.p50_seconds ?? 0)} for newcomers` : 'no estimate yet')}
        ${figure('Active', queue ? integer(queue.figures.active) : '–', queue ? `of ${integer(queue.policy.capacity)} at once` : '')}
        ${figure('Admissions', admitted === undefined ? '–' : `${rate(admitted)}/s`, p50 === undefined ? '' : `waited ${seconds(p50)}, 99 %: ${seconds(p99 ?? p50)}`)}
        ${ledgerCheck.figure()}
      </dl>
      <div class="charts">${charts.map(chart => chart.template())}</div>
      <div class="halves">
        ${queue ? controls.template(html`<h2>Queue ${stateBadge(queue)}</h2>`) : nothing}
        <section class="card stack"><div class="row between"><h2>Dates</h2>${barKey()}</div>${concert.schedules.length === 0 ? html`<p class="quiet">This concert has no dates.</p>` : html`<ul class="dates">${concert.schedules.map(schedule => date(schedule))}</ul>`}
          ${detail?.categories?.length ? categories(detail) : nothing}</section>
      </div>`;
  }

  /** @param {ScheduleReport} schedule */
  function date(schedule) {
    const { id: scheduleId, starts_at: starts, zone, figures, cancelled_at: cancelled } = schedule;
    const left = figures ? figures.reserved : 0;
    return html`<li class="stack tight">
      <div class="row between"><div class="row"><button class="link" aria-pressed=${detail?.id === scheduleId} @click=${() => { chosen = scheduleId; refresh(); }}>${shortDate(starts, zone)}</button>${saleState(schedule)}</div>
        <div class="row"><a class="button small-button" href=${`/console/concerts/${id}/seats?schedule=${scheduleId}`}>Seats</a>
          ${cancelled ? left > 0 ? html`<button class="small-button" @click=${() => refundSchedule(schedule, refresh)}>Refund ${integer(left)} seats</button>` : nothing
            : html`<button class="danger small-button" @click=${() => cancelSchedule(schedule, refresh)}>Cancel</button>`}</div></div>
      ${figures && figures.seats > 0 ? html`${bar(figures)}<p class="small quiet numbers">${integer(figures.reserved)} sold · ${integer(figures.held)} held · ${integer(figures.available)} free · ${integer(figures.blocked)} blocked · ${money(figures.revenue)}</p>` : html`<p class="small quiet">No seats yet</p>`}
    </li>`;
  }

  /** @param {ScheduleReport} schedule */
  function categories(schedule) {
    return html`<h3>Categories on ${shortDate(schedule.starts_at, schedule.zone)}</h3>
      <div class="scroll"><table class="small-table">
        <thead><tr><th scope="col">Category</th><th scope="col" class="right">Price</th><th scope="col" class="right">Sold</th><th scope="col" class="right">Held</th><th scope="col" class="right">Free</th><th scope="col" class="right">Revenue</th></tr></thead>
        <tbody>${(schedule.categories ?? []).map(category => html`<tr><th scope="row">${category.name}</th><td class="right numbers">${money(category.price)}</td><td class="right numbers">${integer(category.reserved)}</td><td class="right numbers">${integer(category.held)}</td><td class="right numbers">${integer(category.available)}</td><td class="right numbers">${money(category.revenue)}</td></tr>`)}</tbody>
      </table></div>`;
  }
}
