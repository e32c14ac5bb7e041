// The seats of one section as a grid that the keyboard and assistive technology can use.
import { html, nothing } from '../html.js';
import { ACCESSIBLE, AVAILABLE, COMPANION } from './hall.js';

/** @typedef {import('./hall.js').Hall} Hall */
/**
 * @typedef {object} ListHandlers
 * @property {(seat: number) => void} toggle the user chooses a seat, or gives it back
 * @property {(seat: number) => boolean} isSelected
 * @property {(seat: number) => string} describe a seat in words: place, price, status
 * @property {() => void} update draws the page again
 * @property {(seat: number) => boolean} [canChoose] whether a seat can be chosen; by default, whether it is available
 * @property {(seat: number) => string | undefined} [mark] what a seat shows instead of its place
 */

export class SeatList {
  section = 0;
  #active = -1;

  /** @param {Hall} hall @param {ListHandlers} handlers */
  constructor(hall, handlers) {
    this.hall = hall;
    this.handlers = handlers;
  }

  /** @param {number} section */
  open(section) {
    this.section = section;
    this.#active = -1;
    this.handlers.update();
  }

  /** @param {string} name the accessible name of the grid */
  template(name) {
    const section = this.hall.sections[this.section];
    if (!section) return nothing;
    const active = section.rows.some(({ seats }) => seats.includes(this.#active)) ? this.#active : this.#first();
    return html`
      <div class="seat-list" role="grid" aria-label=${name} aria-multiselectable="true" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)}>
        ${section.rows.map(row => html`
          <div role="row">
            <span role="rowheader">${row.name}</span>
            ${row.seats.map(seat => this.#cell(seat, seat === active))}
          </div>`)}
      </div>`;
  }

  /** @param {number} seat @param {boolean} isActive */
  #cell(seat, isActive) {
    const { hall, handlers } = this;
    const isAvailable = this.#canChoose(seat);
    const isSelected = handlers.isSelected(seat);
    const kind = handlers.mark?.(seat) ?? (hall.kind[seat] === ACCESSIBLE ? '♿' : hall.kind[seat] === COMPANION ? '+' : hall.place[seat]);
    const colour = hall.categories[hall.category[seat] ?? 0]?.colour ?? '';
    return html`<button role="gridcell" id=${`seat-${seat}`} tabindex=${isActive ? 0 : -1} aria-selected=${isSelected}
      aria-disabled=${isAvailable || isSelected ? nothing : 'true'} aria-label=${handlers.describe(seat)} .style=${`--category:${colour}`}
      @click=${() => this.#choose(seat)} @focus=${() => { this.#active = seat; }}>${isSelected ? '✓' : isAvailable ? kind : '×'}</button>`;
  }

  /** @param {number} seat */
  #canChoose(seat) {
    return this.handlers.canChoose?.(seat) ?? this.hall.status[seat] === AVAILABLE;
  }

  #first() {
    const rows = this.hall.sections[this.section]?.rows ?? [];
    const seats = rows.flatMap(({ seats }) => seats);
    return seats.find(seat => this.#canChoose(seat)) ?? seats[0] ?? -1;
  }

  /** @param {number} seat */
  #choose(seat) {
    this.#active = seat;
    if (this.#canChoose(seat) || this.handlers.isSelected(seat)) this.handlers.toggle(seat);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.hall.sections[this.section]?.rows ?? [];
    const row = rows.findIndex(({ seats }) => seats.includes(this.#active));
    const place = rows[row]?.seats.indexOf(this.#active) ?? -1;
    const to = target(event, rows.map(({ seats }) => seats), row, place);
    if (to === undefined) return;
    event.preventDefault();
    this.#active = to;
    this.handlers.update();
    queueMicrotask(() => document.getElementById(`seat-${to}`)?.focus());
  }
}

/**
 * Returns the seat to which a key moves the focus.
 * @param {KeyboardEvent} event
 * @param {number[][]} rows
 * @param {number} row
 * @param {number} place
 */
export function target({ key, ctrlKey }, rows, row, place) {
  const current = rows[row];
  if (!current) return undefined;
  // Rows of different length are centred: the seat in front is at the same part of the row.
  const across = (/** @type {number[] | undefined} */ other) => other?.[Math.round((place / Math.max(1, current.length - 1)) * (other.length - 1))];
  switch (key) {
    case 'ArrowLeft': return current[place - 1];
    case 'ArrowRight': return current[place + 1];
    case 'ArrowUp': return across(rows[row - 1]);
    case 'ArrowDown': return across(rows[row + 1]);
    case 'Home': return ctrlKey ? rows[0]?.[0] : current[0];
    case 'End': return ctrlKey ? rows.at(-1)?.at(-1) : current.at(-1);
    default: return undefined;
  }
}
