// The hall of one schedule while its seats are chosen: live statuses, the selection, the map and the list.
import { html, nothing } from '../shared/html.js';
import { follow } from '../shared/events.js';
import { integer, money } from '../shared/format.js';
import { ACCESSIBLE, AVAILABLE, COMPANION, Hall } from '../shared/seats/hall.js';
import { SeatList } from '../shared/seats/list.js';
import { SeatMap } from '../shared/seats/map.js';
import { t } from './texts.js';

/** @typedef {import('../shared/seats/map.js').Target} Target */
/**
 * @typedef {object} Settings
 * @property {string} schedule
 * @property {import('../shared/types.js').Layout} layout
 * @property {string} queueToken
 * @property {() => void} update draws the page again
 * @property {(text: string) => void} announce
 * @property {(error: unknown) => void} refuse
 * @property {(layout: string) => void} replaced the schedule has another layout now
 * @property {AbortSignal} signal
 */

const STATUSES = ['AVAILABLE', 'HELD', 'RESERVED', 'BLOCKED'];

export class Choice {
  /** @type {SeatMap | undefined} */
  map;
  /** @type {number | undefined} the number of available seats, when it is known */
  available;
  /** @type {string} */
  tab = 'map';
  /** @type {number[]} */
  selected = [];
  /** @type {string[]} the labels of seats that others have taken since the last choice */
  lost = [];
  #stop = new AbortController();
  /** @type {{ target: Target, x: number, y: number } | undefined} */
  #pointed;
  /** @type {number | undefined} */
  #category;
  /** @type {{ sections: Uint32Array, categories: Uint32Array }} */
  #counts;
  #counted = 0;

  /** @param {Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.schedule = settings.schedule;
    this.hall = new Hall(settings.layout);
    this.hasAccessible = this.hall.kind.includes(ACCESSIBLE);
    this.list = new SeatList(this.hall, {
      toggle: seat => this.toggle(seat),
      isSelected: seat => this.selected.includes(seat),
      describe: seat => this.describe(seat),
      update: settings.update,
    });
    this.#counts = this.hall.count();
    settings.signal.addEventListener('abort', () => this.end(), { once: true });
    const { schedule, queueToken } = settings;
    follow(`/v1/schedules/${schedule}/availability/events`, {
      queueToken,
      signal: this.#stop.signal,
      receive: ({ data }) => this.#receive(data),
    }).catch(settings.refuse);
  }

  /** Ends the stream and the map. */
  end() {
    this.#stop.abort();
  }

  /** @param {{ available: number, layout?: string, bits?: string, changes?: Record<string, string> }} availability */
  #receive(availability) {
    const { settings } = this;
    if (this.#stop.signal.aborted) return;
    // The operators have changed the seats: the choice starts again.
    if (availability.layout && availability.layout !== this.hall.hash) return settings.replaced(availability.layout);
    const changed = this.hall.apply(availability);
    this.available = availability.available;
    const taken = this.selected.filter(seat => this.hall.status[seat] !== AVAILABLE);
    if (taken.length > 0) this.#lose(taken);
    this.map?.changed(changed);
    // Counting 50,000 seats takes longer than drawing a change.
    if (changed === undefined || performance.now() - this.#counted > 2_000) {
      this.#counts = this.hall.count();
      this.#counted = performance.now();
    }
    settings.update();
  }

  /** @param {number[]} numbers gives seats up that others have taken */
  giveUp(numbers) {
    this.#lose(numbers.map(number => this.hall.find(number)).filter(seat => this.selected.includes(seat)));
  }

  /** @param {number[]} seats */
  #lose(seats) {
    this.lost = seats.map(seat => this.hall.label(seat));
    if (seats.length > 0) this.settings.announce(this.lost.map(label => t('seats.taken', { label })).join(' '));
    this.#select(this.selected.filter(seat => !seats.includes(seat)));
  }

  /** @param {number} seat */
  toggle(seat) {
    this.lost = [];
    this.#select(this.selected.includes(seat) ? this.selected.filter(other => other !== seat) : [...this.selected, seat]);
  }

  /** @param {number[]} seats */
  #select(seats) {
    this.selected = seats;
    this.map?.select(seats);
    this.settings.update();
  }

  /** @param {KeyboardEvent} event moves the map by arrow keys */
  pan(event) {
    const [x, y] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    this.map?.pan((x ?? 0) * 80, (y ?? 0) * 80);
  }

  /** @param {string} tab */
  show(tab) {
    this.tab = tab;
    this.settings.update();
  }

  /** @param {number} seat a seat in words: place, price, status */
  describe(seat) {
    const { hall } = this;
    const kind = hall.kind[seat] === ACCESSIBLE ? `, ${t('seats.accessible')}` : hall.kind[seat] === COMPANION ? `, ${t('seats.companion')}` : '';
    const status = this.selected.includes(seat) ? t('seats.selected') : t(`seats.${STATUSES[hall.status[seat] ?? 0]}`);
    return t('seats.seat', { label: hall.label(seat) + kind, price: money(hall.price(seat)), status });
  }

  canvas() {
    const { left, right, top, bottom } = this.hall.bounds;
    return html`<canvas id="hall" aria-hidden="true" data-stage=${t('seats.stage')} .style=${`--shape:${right - left}/${bottom - top}`}></canvas>`;
  }

  /** Attaches the map to the canvas, once it is in the page. */
  attach() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (document.getElementById('hall'));
    if (!canvas || this.map?.canvas === canvas) return;
    this.map = new SeatMap(canvas, this.hall, { choose: target => this.#choose(target), point: (target, x, y) => this.#point(target, x, y) }, this.#stop.signal);
    this.map.select(this.selected);
  }

  /** @param {Target} target */
  #choose(target) {
    if (target === undefined) return;
    if ('section' in target) {
      this.list.section = target.section;
      this.map?.showSection(target.section);
    } else if (!this.map?.isDetailed) {
      this.map?.showSeats([target.seat]);
    } else if (this.hall.status[target.seat] === AVAILABLE || this.selected.includes(target.seat)) {
      this.toggle(target.seat);
    }
  }

  /** @param {Target} target @param {number} x @param {number} y */
  #point(target, x, y) {
    const before = this.#pointed?.target;
    this.#pointed = target && { target, x, y };
    if (target || before) this.settings.update();
  }

  tip() {
    if (!this.#pointed?.target) return nothing;
    const { target, x, y } = this.#pointed;
    const style = `--x:${x}px;--y:${y}px`;
    if ('seat' in target) {
      const { hall } = this;
      return html`<div class="tip" .style=${style}><strong>${hall.label(target.seat)}</strong>${money(hall.price(target.seat))} · ${t(`seats.${STATUSES[hall.status[target.seat] ?? 0]}`)}</div>`;
    }
    return html`<div class="tip" .style=${style}><strong>${this.hall.sections[target.section]?.name}</strong>${t('seats.sectionFree', { section: '', count: this.#counts.sections[target.section] ?? 0 }).replace(/^ · /, '')}</div>`;
  }

  legend() {
    return html`<div class="legend" role="group" aria-label=${t('seats.filter')}>
      ${this.hall.categories.map(({ name, colour, price }, index) => html`
        <button aria-pressed=${this.#category === index} @click=${() => this.#filter(index)}><i .style=${`--category:${colour}`}></i>${name} · ${money(price)}
          <span class="quiet numbers">${integer(this.#counts.categories[index] ?? 0)}</span></button>`)}
    </div>`;
  }

  /** @param {number} category */
  #filter(category) {
    this.#category = this.#category === category ? undefined : category;
    this.map?.filter(this.#category);
    this.settings.update();
  }

  listTemplate() {
    const { hall, list } = this;
    const name = hall.sections[list.section]?.name ?? '';
    return html`
      <label class="field">${t('seats.section')}<select id="section" @change=${(/** @type {Event} */ event) => list.open(Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
        ${hall.sections.map((section, index) => html`<option value=${index} ?selected=${index === list.section}>${t('seats.sectionFree', { section: section.name, count: this.#counts.sections[index] ?? 0 })}</option>`)}
      </select></label>
      ${list.template(t('seats.grid', { section: name }))}`;
  }
}
