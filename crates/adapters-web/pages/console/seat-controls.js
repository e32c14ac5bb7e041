// The hall of one date for operators: live statuses, a selection, who has a seat, blocking and releasing.
import { html, nothing } from '../shared/html.js';
import { get, list, post } from '../shared/api.js';
import { integer, money } from '../shared/format.js';
import { AVAILABLE, BLOCKED, HELD, Hall, RESERVED } from '../shared/seats/hall.js';
import { SeatList } from '../shared/seats/list.js';
import { SeatMap } from '../shared/seats/map.js';
import { ask } from './ask.js';
import { problemText, toast } from './frame.js';
import { UNKNOWN_HASH } from './plan.js';
import { reservationCard } from './reservation-card.js';

/** @typedef {import('../shared/seats/map.js').Target} Target */
/** @typedef {import('./types.js').ReservationReport} ReservationReport */

const NAMES = ['free', 'held', 'sold', 'blocked'];
const MARKS = [undefined, '◔', '●', '×'];
/** The API accepts so many seats at once. */
const MAX_SEATS = 10_000;

export class SeatControls {
  /** @type {SeatMap | undefined} */
  map;
  /** @type {Set<number>} */
  selected = new Set();
  tab = 'map';
  #stop = new AbortController();
  /** @type {string | undefined} */
  #version;
  /** @type {{ target: Target, x: number, y: number } | undefined} */
  #pointed;
  /** @type {number | undefined} the last chosen seat */
  #last;
  /** @type {{ seat: number, reservations: ReservationReport[] | undefined } | undefined} */
  #holder;
  #isBusy = false;
  #counts = [0, 0, 0, 0];

  /**
   * @param {{ schedule: string, layout: import('../shared/types.js').Layout, update: () => void, announce: (text: string) => void, signal: AbortSignal, refresh: () => void }} settings
   */
  constructor(settings) {
    this.settings = settings;
    this.hall = new Hall(settings.layout);
    this.list = new SeatList(this.hall, {
      toggle: seat => this.toggle(seat),
      isSelected: seat => this.selected.has(seat),
      describe: seat => this.describe(seat),
      update: settings.update,
      canChoose: () => true,
      mark: seat => MARKS[this.hall.status[seat] ?? AVAILABLE],
    });
    settings.signal.addEventListener('abort', () => this.end(), { once: true });
  }

  end() {
    this.#stop.abort();
  }

  /** Reads the statuses that have changed. */
  async read() {
    const since = this.#version ? `?since=${this.#version}` : '';
    const availability = await get(`/v1/admin/schedules/${this.settings.schedule}/availability${since}`);
    if (this.#stop.signal.aborted) return;
    // The seats have been changed: the page starts again.
    if (this.hall.hash === UNKNOWN_HASH) this.hall.hash = availability.layout;
    if (availability.layout && availability.layout !== this.hall.hash) return location.reload();
    const isFirst = this.#version === undefined;
    this.#version = availability.version;
    const changed = this.hall.apply(availability);
    if (changed?.length === 0) return;
    this.#counts = [0, 0, 0, 0];
    for (const status of this.hall.status) this.#counts[status] = (this.#counts[status] ?? 0) + 1;
    this.map?.changed(changed);
    if (!isFirst && this.#holder && changed?.includes(this.#holder.seat)) void this.#find(this.#holder.seat);
  }

  /** @param {number} seat */
  describe(seat) {
    return `${this.hall.label(seat)}, ${money(this.hall.price(seat))}, ${this.selected.has(seat) ? 'selected, ' : ''}${NAMES[this.hall.status[seat] ?? AVAILABLE]}`;
  }

  /** @param {number} seat @param {boolean} [extend] from the last chosen seat on, within its row */
  toggle(seat, extend = false) {
    const { hall, selected } = this;
    const row = this.#rowOf(seat);
    if (extend && this.#last !== undefined && row.includes(this.#last)) {
      const [from, to] = [row.indexOf(this.#last), row.indexOf(seat)].sort((one, other) => one - other);
      for (const between of row.slice(from, (to ?? 0) + 1)) selected.add(between);
    } else if (selected.has(seat)) selected.delete(seat);
    else selected.add(seat);
    this.#last = seat;
    this.settings.announce(`${hall.label(seat)} ${selected.has(seat) ? 'selected' : 'no longer selected'}, ${integer(selected.size)} in all`);
    this.#selectionChanged();
  }

  /** @param {Iterable<number>} seats */
  select(seats) {
    for (const seat of seats) this.selected.add(seat);
    this.#selectionChanged();
  }

  clear() {
    this.selected.clear();
    this.#selectionChanged();
  }

  #selectionChanged() {
    this.map?.select(this.selected);
    const [only, second] = this.selected;
    if (only !== undefined && second === undefined) void this.#find(only);
    else this.#holder = undefined;
    this.settings.update();
  }

  /** @param {number} seat @returns {number[]} the seats of the same row */
  #rowOf(seat) {
    const section = this.hall.sections[this.hall.section[seat] ?? 0];
    return section?.rows.find(({ seats }) => seats.includes(seat))?.seats ?? [];
  }

  /** @param {number} seat finds who has a seat, or had it */
  async #find(seat) {
    this.#holder = { seat, reservations: undefined };
    try {
      const path = `/v1/admin/schedules/${this.settings.schedule}/reservations?seat=${this.hall.number[seat]}`;
      const reservations = await list(path, 20);
      if (this.#holder?.seat === seat) this.#holder = { seat, reservations };
    } catch (error) {
      toast(problemText(error), 'bad');
    }
    this.settings.update();
  }

  /** @param {'block' | 'unblock'} step */
  async #change(step) {
    const { hall } = this;
    const from = step === 'block' ? AVAILABLE : BLOCKED;
    const seats = [...this.selected].filter(seat => hall.status[seat] === from).slice(0, MAX_SEATS);
    const skipped = this.selected.size - seats.length;
    const value = seats.reduce((sum, seat) => sum + hall.price(seat).amount, 0);
    const currency = hall.categories[0]?.price.currency ?? 'KRW';
    const effect = html`<ul class="effects">
      <li><strong class="numbers">${integer(seats.length)}</strong> ${seats.length === 1 ? 'seat' : 'seats'}${seats.length <= 4 ? `: ${seats.map(seat => hall.label(seat)).join(', ')}` : ''}, worth <strong class="numbers">${money({ amount: value, currency })}</strong>, ${step === 'block' ? 'can’t be bought until they are unblocked.' : 'can be bought again at once.'}</li>
      ${skipped > 0 ? html`<li><strong class="numbers">${integer(skipped)}</strong> of the selected seats ${step === 'block' ? 'are not free and stay as they are.' : 'are not blocked and stay as they are.'}</li>` : nothing}</ul>`;
    const reason = await ask({ title: step === 'block' ? 'Block seats?' : 'Unblock seats?', effect, action: step === 'block' ? `Block ${integer(seats.length)}` : `Unblock ${integer(seats.length)}`, reason: 'required' });
    if (reason === undefined) return;
    this.#isBusy = true;
    this.settings.update();
    try {
      const numbers = seats.map(seat => hall.number[seat]);
      const { changed } = await post(`/v1/admin/schedules/${this.settings.schedule}/seats:${step}`, { body: { seat_numbers: numbers, reason } });
      toast(`${integer(changed)} ${changed === 1 ? 'seat is' : 'seats are'} ${step === 'block' ? 'blocked' : 'free again'}.`);
      this.clear();
    } catch (error) {
      toast(problemText(error), 'bad');
    } finally {
      this.#isBusy = false;
      this.settings.refresh();
      this.settings.update();
    }
  }

  /** Attaches the map to the canvas, once it is in the page. */
  attach() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (document.getElementById('hall'));
    if (!canvas || this.map?.canvas === canvas) return;
    let extend = false;
    canvas.addEventListener('pointerup', event => { extend = event.shiftKey; }, { signal: this.#stop.signal, capture: true });
    this.map = new SeatMap(canvas, this.hall, {
      choose: target => this.#choose(target, extend),
      point: (target, x, y) => this.#point(target, x, y),
      showsStatuses: true,
    }, this.#stop.signal);
    this.map.select(this.selected);
  }

  /** @param {Target} target @param {boolean} extend */
  #choose(target, extend) {
    if (target === undefined) return;
    if ('section' in target) {
      this.list.section = target.section;
      this.map?.showSection(target.section);
      this.settings.update();
    } else if (!this.map?.isDetailed) this.map?.showSeats([target.seat]);
    else this.toggle(target.seat, extend);
  }

  /** @param {Target} target @param {number} x @param {number} y */
  #point(target, x, y) {
    const before = this.#pointed?.target;
    this.#pointed = target && { target, x, y };
    if (target || before) this.settings.update();
  }

  #tip() {
    if (!this.#pointed?.target) return nothing;
    const { target, x, y } = this.#pointed;
    const style = `--x:${x}px;--y:${y}px`;
    if ('seat' in target) return html`<div class="tip" .style=${style}><strong>${this.hall.label(target.seat)}</strong>${money(this.hall.price(target.seat))} · ${NAMES[this.hall.status[target.seat] ?? AVAILABLE]}</div>`;
    return html`<div class="tip" .style=${style}><strong>${this.hall.sections[target.section]?.name}</strong>${integer(this.hall.sections[target.section]?.seats ?? 0)} seats</div>`;
  }

  template() {
    const { hall, tab } = this;
    const section = hall.sections[this.list.section];
    return html`<div class="hall">
      <div class="stack">
        <div class="row between">
          <div class="tabs" role="group" aria-label="View">
            ${[['map', 'Map'], ['list', 'List']].map(([key, name]) => html`<button aria-pressed=${tab === key} id=${`view-${key}`} @click=${() => { this.tab = key ?? 'map'; this.settings.update(); }}>${name}</button>`)}
          </div>
          <ul class="key numbers">${[AVAILABLE, HELD, RESERVED, BLOCKED].map(status => html`<li><i class=${`swatch ${NAMES[status]}`} aria-hidden="true"></i>${integer(this.#counts[status] ?? 0)} ${NAMES[status]}</li>`)}</ul>
        </div>
        <ul class="key">${hall.categories.map(({ name, colour, price }) => html`<li><i class="swatch" aria-hidden="true" .style=${`background:${colour}`}></i>${name} · ${money(price)}</li>`)}</ul>
        <div class="map" ?hidden=${tab !== 'map'} aria-hidden="true"><canvas id="hall" data-stage="STAGE"></canvas>
          <div class="tools"><button tabindex="-1" title="Zoom in" @click=${() => this.map?.zoom(1.7)}>+</button><button tabindex="-1" title="Zoom out" @click=${() => this.map?.zoom(1 / 1.7)}>−</button><button tabindex="-1" title="Whole hall" @click=${() => this.map?.fit()}>⤢</button></div>
          ${this.#tip()}</div>
        <div class="card stack" ?hidden=${tab !== 'list'}>${tab === 'list' && section ? html`
          <label class="field">Section<select @change=${(/** @type {Event} */ event) => this.list.open(Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
            ${hall.sections.map(({ name, seats }, index) => html`<option value=${index} ?selected=${index === this.list.section}>${name} · ${integer(seats)} seats</option>`)}</select></label>
          ${this.list.template(`Seats of ${section.name}`)}` : nothing}</div>
        <p class="small quiet">Click a section, then seats. Shift-click selects up to a seat of the same row.</p>
      </div>
      <aside class="panel">${this.#selection()}${this.#holder ? this.#holderCard(this.#holder) : nothing}</aside>
    </div>`;
  }

  #selection() {
    const { hall, selected } = this;
    if (selected.size === 0) return html`<section class="card stack"><h2>Selection</h2><p class="quiet">Select a seat to see who has it; select several to block or unblock them.</p>
      <div class="row">${this.#sectionButton()}</div></section>`;
    const counts = [0, 0, 0, 0];
    for (const seat of selected) counts[hall.status[seat] ?? 0] = (counts[hall.status[seat] ?? 0] ?? 0) + 1;
    const free = counts[AVAILABLE] ?? 0;
    const blocked = counts[BLOCKED] ?? 0;
    const last = this.#last;
    return html`<section class="card stack">
      <div class="row between"><h2>${selected.size === 1 ? hall.label([...selected][0] ?? 0) : `${integer(selected.size)} seats`}</h2><button class="plain small-button" @click=${() => this.clear()}>Clear</button></div>
      <p class="quiet numbers">${counts.map((count, status) => (count > 0 ? `${integer(count)} ${NAMES[status]}` : '')).filter(Boolean).join(' · ')}</p>
      <div class="row">
        <button class="primary" id="block" ?disabled=${this.#isBusy || free === 0} @click=${() => this.#change('block')}>Block ${integer(free)}</button>
        <button id="unblock" ?disabled=${this.#isBusy || blocked === 0} @click=${() => this.#change('unblock')}>Unblock ${integer(blocked)}</button>
      </div>
      <div class="row">${last === undefined ? nothing : html`<button class="small-button" @click=${() => this.select(this.#rowOf(last))}>Whole row</button>`}${this.#sectionButton()}</div>
    </section>`;
  }

  #sectionButton() {
    const index = this.#last === undefined ? this.list.section : this.hall.section[this.#last] ?? 0;
    const section = this.hall.sections[index];
    return section ? html`<button class="small-button" @click=${() => this.select(section.rows.flatMap(({ seats }) => seats))}>All of ${section.name}</button>` : nothing;
  }

  /** @param {{ seat: number, reservations: ReservationReport[] | undefined }} holder */
  #holderCard({ seat, reservations }) {
    const status = this.hall.status[seat] ?? AVAILABLE;
    const isLive = (/** @type {ReservationReport} */ { status }) => status !== 'CANCELLED';
    const [live, former] = [reservations?.filter(isLive) ?? [], reservations?.filter(reservation => !isLive(reservation)) ?? []];
    const done = () => { this.settings.refresh(); void this.#find(seat); };
    return html`<section class="card stack" id="holder"><h2>Who has this seat</h2>
      ${reservations === undefined ? html`<p class="quiet">Looking …</p>`
        : live.length > 0 ? live.map(reservation => reservationCard(reservation, done))
          : html`<p class="quiet">${status === BLOCKED ? 'No one: the seat is blocked.' : 'No one: the seat is free.'}</p>`}
      ${former.length > 0 ? html`<details><summary>${integer(former.length)} earlier</summary><div class="stack">${former.map(reservation => reservationCard(reservation, done))}</div></details>` : nothing}
    </section>`;
  }
}
