// A concert: what, when, where, for how much; and the way into the queue.
import { html, nothing } from '../../shared/html.js';
import { get } from '../../shared/api.js';
import { dateAndTime, day, money } from '../../shared/format.js';
import { prepareSound } from '../../shared/sound.js';
import { countdown, everySecond } from '../../shared/time.js';
import { secondsToSale, stateBadge } from '../concert-state.js';
import { loading, problemNotice, signIn } from '../frame.js';
import { wantTurn } from '../purchase.js';
import { poster } from '../poster.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Concert} Concert */

/** @param {import('../../shared/router.js').Context} context */
export function concert({ update, signal, navigate, parameter: id }) {
  /** @type {Concert | undefined} */
  let found;
  /** @type {unknown} */
  let problem;
  let nextRead = 0;

  async function read() {
    try {
      found = await get(`/v1/concerts/${encodeURIComponent(id)}`);
    } catch (error) {
      problem = error;
    }
    if (!signal.aborted) update();
  }

  async function enter() {
    prepareSound();
    try {
      if (!(await signIn())) return;
      wantTurn(id);
      navigate(`/queue/${id}`);
    } catch (error) {
      problem = error;
      update();
    }
  }

  everySecond(() => {
    if (!found) return;
    const seconds = secondsToSale(found);
    if (seconds !== undefined) update();
    // The sale opens now: the state follows. Devices' clocks differ, and so many users don't ask at the same time.
    if (seconds === 0 && performance.now() > nextRead) {
      nextRead = performance.now() + 5_000 + Math.random() * 5_000;
      void read();
    }
  }, signal);
  void read();

  return {
    title: () => found?.name ?? t('loading'),
    template: () => {
      if (!found) return html`${problemNotice(problem)}${problem ? html`<p><a href="/">${t('back')}</a></p>` : loading()}`;
      const { name, description, host, venue, first_schedule: first, last_schedule: last, price_range: prices, cancellation_reason: reason } = found;
      const several = first && last && first.id !== last.id;
      return html`
        ${problemNotice(problem)}
        <article class="hero">
          ${poster(found)}
          <div class="stack">
            <div class="row">${stateBadge(found)}</div>
            <h1 tabindex="-1">${name}</h1>
            <dl class="facts">
              ${first && last ? fact('concert.when', several ? t('concert.dates', { first: day(first.starts_at, venue?.zone), last: day(last.starts_at, venue?.zone) }) : dateAndTime(first.starts_at, venue?.zone)) : nothing}
              ${venue ? fact('concert.where', `${venue.name}, ${venue.city}`) : nothing}
              ${prices ? fact('concert.price', prices.min.amount === prices.max.amount ? money(prices.min) : `${money(prices.min)} – ${money(prices.max)}`) : nothing}
              ${fact('concert.host', host)}
            </dl>
            ${action(found)}
          </div>
        </article>
        ${reason ? html`<p class="notice bad">${reason}</p>` : nothing}
        ${description ? html`<p class="prose">${description}</p>` : nothing}`;
    },
  };

  /** @param {Concert} concert */
  function action(concert) {
    const seconds = secondsToSale(concert);
    switch (concert.state) {
      case 'ANNOUNCED':
        return seconds === undefined || !concert.sale_opens_at ? nothing : html`<div class="card stack">
          ${seconds > 86_400 ? nothing : html`<p><span class="quiet small">${t('concert.opens')}</span><br><span class="countdown">${countdown(seconds)}</span></p>`}
          <p class="quiet">${t('concert.opensAt', { date: dateAndTime(concert.sale_opens_at, concert.venue?.zone) })}</p></div>`;
      case 'CANCELLED':
        return html`<p class="notice bad">${t('concert.cancelled')}</p>`;
      case 'ENDED':
        return nothing;
      default:
        return html`<div class="stack">
          <button class="primary" @click=${enter}>${t('concert.tickets')}</button>
          <p class="quiet small">${t('concert.queueHint')}</p></div>`;
    }
  }
}

/** @param {string} name @param {string} value */
const fact = (name, value) => html`<div><dt>${t(name)}</dt><dd>${value}</dd></div>`;
