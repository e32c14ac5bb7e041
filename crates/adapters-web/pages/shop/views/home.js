// What is on.
import { html, nothing } from '../../shared/html.js';
import { list } from '../../shared/api.js';
import { day, money } from '../../shared/format.js';
import { loading, problemNotice } from '../frame.js';
import { poster } from '../poster.js';
import { saleCountdown, stateBadge } from '../concert-state.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Concert} Concert */

/** @param {import('../../shared/router.js').Context} context */
export function home({ update, signal }) {
  /** @type {Concert[] | undefined} */
  let concerts;
  let search = '';
  /** @type {unknown} */
  let problem;
  let reads = 0;
  const countdowns = saleCountdown(update, signal);

  async function read() {
    const read = ++reads;
    const query = search ? `&q=${encodeURIComponent(search)}` : '';
    try {
      const found = await list(`/v1/concerts?page_size=100${query}`);
      if (read === reads) [concerts, problem] = [found, undefined];
    } catch (error) {
      problem = error;
    }
    if (!signal.aborted) update();
  }

  void read();
  return {
    title: () => t('home.title'),
    template: () => html`
      <div class="row between">
        <h1 tabindex="-1">${t('home.title')}</h1>
        <search class="search"><input type="search" aria-label=${t('home.search')} placeholder=${t('home.search')} maxlength="100"
          @input=${(/** @type {Event} */ event) => { search = /** @type {HTMLInputElement} */ (event.target).value.trim(); void read(); }}></search>
      </div>
      ${problemNotice(problem)}
      ${concerts === undefined ? (problem ? nothing : loading()) : concerts.length === 0
        ? html`<p class="empty quiet">${t(search ? 'home.empty' : 'home.none')}</p>`
        : html`<ul class="grid">${concerts.map(concert => card(concert, countdowns))}</ul>`}`,
  };
}

/** @param {Concert} concert @param {(concert: Concert) => unknown} countdowns */
function card(concert, countdowns) {
  const { id, name, host, venue, first_schedule: first, last_schedule: last, next_schedule: next, price_range: prices } = concert;
  const zone = venue?.zone;
  const dates = first && last && first.id !== last.id ? t('concert.dates', { first: day(first.starts_at, zone), last: day(last.starts_at, zone) })
    : next ? day(next.starts_at, zone) : first ? day(first.starts_at, zone) : '';
  return html`<li class="concert">
    ${poster(concert)}
    <div class="text">
      <div class="row">${stateBadge(concert)}${countdowns(concert)}</div>
      <h2><a href=${`/concerts/${id}`}>${name}</a></h2>
      <p class="quiet">${dates}${venue ? ` · ${venue.name}, ${venue.city}` : ` · ${host}`}</p>
      ${prices ? html`<p class="small">${t('price.from', { price: money(prices.min) })}</p>` : nothing}
    </div>
  </li>`;
}
