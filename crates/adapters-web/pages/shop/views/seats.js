// The choice of seats: the map, the list, and the best available seats are equal ways to the same order.
import { html, nothing } from '../../shared/html.js';
import { ActionKey, ProblemError, get, post } from '../../shared/api.js';
import { dateAndTime, money, shortDate } from '../../shared/format.js';
import { session } from '../../shared/session.js';
import { countdown, everySecond, secondsUntil } from '../../shared/time.js';
import { announce, loading, problemNotice } from '../frame.js';
import { Choice } from '../choice.js';
import { deadlineOf, endTurn, endedReason, join } from '../purchase.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Concert} Concert */
/** @typedef {import('../../shared/types.js').Schedule} Schedule */

/** The user is warned when this many seconds are left. */
const WARNING_SECONDS = 60;

/** @param {import('../../shared/router.js').Context} context */
export function seats({ update, signal, navigate, parameter: id, query }) {
  /** @type {Concert | undefined} */
  let concert;
  /** @type {string | undefined} */
  let token;
  /** @type {Schedule[] | undefined} */
  let schedules;
  /** @type {Choice | undefined} */
  let choice;
  /** @type {number | undefined} */
  let deadline;
  /** @type {unknown} */
  let problem;
  let isBusy = false;
  /** Whether the title announces the turn: it began while the tab was hidden, and the user has not returned yet. */
  let isNews = document.hidden;
  const key = new ActionKey();
  let isWarned = false;

  async function enter() {
    if (endedReason(id) || !(await session.accessToken())) return navigate(`/queue/${id}`, { replace: true });
    concert = await get(`/v1/concerts/${encodeURIComponent(id)}`);
    const joined = await join(id);
    if (joined.status !== 'ACTIVE') return navigate(`/queue/${id}`, { replace: true });
    token = joined.token;
    // This request claims the turn.
    schedules = (await get(`/v1/concerts/${id}/schedules?bookable=true&page_size=100`, { queueToken: joined.token })).items;
    deadline = deadlineOf(await get(`/v1/queue-tokens/${joined.token}`));
    const wanted = schedules?.find(schedule => schedule.id === query.get('schedule')) ?? schedules?.find(({ available }) => available > 0) ?? schedules?.[0];
    if (wanted) await open(wanted.id);
    update();
  }

  /** @param {string} schedule @param {string} [hash] the layout, if it is known */
  async function open(schedule, hash = '') {
    choice?.end();
    choice = undefined;
    update();
    const queueToken = /** @type {string} */ (token);
    const layout = await get(`/v1/schedules/${schedule}/${hash ? `layouts/${hash}` : 'layout'}`);
    if (signal.aborted) return;
    choice = new Choice({ schedule, layout, queueToken, update, announce, signal, refuse, replaced: newest => void open(schedule, newest).catch(refuse) });
  }

  /** @param {unknown} error */
  function refuse(error) {
    if (signal.aborted) return;
    if (error instanceof ProblemError) {
      if (error.code === 'HOLD_EXISTS') return navigate(`/orders/${error.problem['reservation_id']}`);
      if (error.code?.startsWith('QUEUE_')) {
        endTurn(id, error.problem['expired_reason'] ?? 'TIMED_OUT');
        return navigate(`/queue/${id}`, { replace: true });
      }
      if (error.code === 'SEAT_UNAVAILABLE') choice?.giveUp((error.problem['conflicts'] ?? []).map((/** @type {{ seat_number: number }} */ conflict) => conflict.seat_number));
    }
    problem = error;
    update();
  }

  /** @param {Record<string, unknown>} wish holds the seats */
  async function hold(wish) {
    if (!choice || isBusy) return;
    const body = { schedule_id: choice.schedule, ...wish };
    isBusy = true;
    problem = undefined;
    update();
    try {
      const held = await post('/v1/reservations', { body, key: key.for(body), queueToken: /** @type {string} */ (token) });
      key.end();
      navigate(`/orders/${held.id}`, { replace: true });
    } catch (error) {
      key.end(error);
      refuse(error);
    } finally {
      isBusy = false;
      if (!signal.aborted) update();
    }
  }

  everySecond(() => {
    if (deadline !== undefined && secondsUntil(deadline) === 0) {
      deadline = undefined;
      endTurn(id, 'TIMED_OUT');
      navigate(`/queue/${id}`, { replace: true });
    } else if (deadline !== undefined) {
      if (secondsUntil(deadline) <= WARNING_SECONDS && !isWarned) {
        isWarned = true;
        announce(t('seats.warning'));
      }
      update();
    }
  }, signal);
  document.addEventListener('visibilitychange', () => {
    isNews = false;
    update();
    // Clocks may stand still while a device sleeps.
    if (!document.hidden && token) get(`/v1/queue-tokens/${token}`).then(state => { deadline = deadlineOf(state); update(); }, () => undefined);
  }, { signal });
  enter().catch(refuse);

  return {
    drawn: () => choice?.attach(),
    title: () => (isNews ? t('queue.yourTurn') : concert ? `${t('seats.title')} · ${concert.name}` : t('seats.title')),
    template: () => html`
      <div class="row between compact">
        <div class="stack"><p class="quiet">${concert?.name ?? ''}</p><h1 tabindex="-1">${t('seats.title')}</h1></div>
        ${deadline === undefined ? nothing : html`<p class="badge accent numbers">${t('seats.timeLeft')} ${countdown(secondsUntil(deadline))}</p>`}
      </div>
      ${problemNotice(problem)}
      ${schedules?.length === 0 ? html`<p class="empty">${t('seats.noSchedule')}</p>` : nothing}
      ${choice && concert && schedules ? body(choice, concert, schedules) : problem || schedules?.length === 0 ? nothing : loading()}`,
  };

  /** @param {Choice} choice @param {Concert} concert @param {Schedule[]} schedules */
  function body(choice, concert, schedules) {
    const { hall, available } = choice;
    const chosen = choice.selected;
    const total = chosen.reduce((sum, seat) => sum + hall.price(seat).amount, 0);
    const currency = hall.categories[0]?.price.currency ?? 'KRW';
    return html`<div class="hall">
      <div class="stack">
        <div class="row between">
          <div class="tabs" role="group" aria-label=${t('seats.title')}>
            ${['map', 'list'].map(name => html`<button id=${`tab-${name}`} aria-pressed=${choice.tab === name} @click=${() => choice.show(name)}>${t(`seats.${name}`)}</button>`)}
          </div>
          <p class="quiet small" id="free">${available === undefined ? '' : t('seats.free', { count: available, seats: hall.size })}</p>
        </div>
        ${choice.legend()}
        <div class="map" ?hidden=${choice.tab !== 'map'}>
          ${choice.canvas()}
          <div class="tools" role="group" aria-label=${t('seats.map')} @keydown=${(/** @type {KeyboardEvent} */ event) => choice.pan(event)}>
            <button aria-label=${t('seats.zoomIn')} title=${t('seats.zoomIn')} @click=${() => choice.map?.zoom(1.7)}>+</button>
            <button aria-label=${t('seats.zoomOut')} title=${t('seats.zoomOut')} @click=${() => choice.map?.zoom(1 / 1.7)}>−</button>
            <button aria-label=${t('seats.whole')} title=${t('seats.whole')} @click=${() => choice.map?.fit()}>⤢</button>
          </div>
          ${choice.tip()}
        </div>
        <div class="card stack" ?hidden=${choice.tab !== 'list'}>${choice.tab === 'list' ? choice.listTemplate() : nothing}</div>
      </div>
      <aside class="panel">
        ${schedules.length < 2 ? html`<p class="quiet">${dateAndTime(schedules[0]?.starts_at ?? '', concert.venue?.zone)}</p>` : html`
          <label class="field">${t('seats.date')}<select @change=${(/** @type {Event} */ event) => open(/** @type {HTMLSelectElement} */ (event.target).value).catch(refuse)}>
            ${schedules.map(({ id, starts_at: starts, available }) => html`<option value=${id} ?selected=${id === choice.schedule}>${t('seats.dateFree', { date: shortDate(starts, concert.venue?.zone), count: available })}</option>`)}
          </select></label>`}
        <form class="card stack" @submit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); void hold({ best_available: wish(/** @type {HTMLFormElement} */ (event.target)) }); }}>
          <h2>${t('seats.best')}</h2>
          <div class="row">
            <label class="field">${t('seats.count')}<select name="count">${[1, 2, 3, 4].map(count => html`<option ?selected=${count === 2}>${count}</option>`)}</select></label>
            <label class="field">${t('seats.category')}<select name="category"><option value="">${t('seats.any')}</option>
              ${hall.categories.map(({ id, name, price }) => html`<option value=${id}>${name} · ${money(price)}</option>`)}</select></label>
          </div>
          <label class="check"><input type="checkbox" name="together" checked> ${t('seats.together')}</label>
          ${choice.hasAccessible ? html`<label class="check"><input type="checkbox" name="accessible"> ${t('seats.wheelchair')}</label>` : nothing}
          <button class=${chosen.length === 0 ? 'primary' : ''} id="find" ?disabled=${isBusy}>${t('seats.find')}</button>
        </form>
        <section class="card stack" aria-label=${t('seats.chosen')}>
          <h2 id="chosen" tabindex="-1">${t('seats.chosen')}</h2>
          ${choice.lost.map(label => html`<p class="notice warn small">${t('seats.taken', { label })}</p>`)}
          ${chosen.length === 0 ? html`<p class="quiet">${t('seats.none')}</p>` : html`
            <ul class="chosen">${chosen.map(seat => html`<li><span>${hall.label(seat)}<br><span class="quiet small">${money(hall.price(seat))}</span></span>
              <button class="plain" aria-label=${t('seats.remove', { label: hall.label(seat) })} @click=${() => { choice.toggle(seat); document.getElementById('chosen')?.focus(); }}>×</button></li>`)}</ul>
            <p class="total"><span>${t('seats.total')}</span><span>${money({ amount: total, currency })}</span></p>
            <button class="primary" id="hold" ?disabled=${isBusy} @click=${() => hold({ seat_numbers: chosen.map(seat => hall.number[seat]) })}>${t('seats.hold', { count: chosen.length })}</button>`}
        </section>
      </aside>
    </div>`;
  }
}

/** @param {HTMLFormElement} form the wish for the best available seats */
function wish(form) {
  const data = new FormData(form);
  return {
    count: Number(data.get('count')),
    category: data.get('category') || null,
    together: data.has('together'),
    accessible: data.has('accessible'),
  };
}

