// A hall: the seats of a layout in arrays, by index, with their places and statuses.

/** @typedef {import('../types.js').Layout} Layout */
/** @typedef {Layout['sections'][number]} Section */
/** @typedef {Section['rows'][number]} Row */
/** @typedef {[number, number]} Point */
/** @typedef {{ name: string, rows: { name: string, seats: number[] }[], outline: Point[], centre: Point, seats: number }} HallSection */

export const [AVAILABLE, HELD, RESERVED, BLOCKED] = [0, 1, 2, 3];
const NAMES = ['AVAILABLE', 'HELD', 'RESERVED', 'BLOCKED'];
/** The kinds of seats. */
export const [REGULAR, ACCESSIBLE, COMPANION] = [0, 1, 2];
/** The distance between two neighbouring seats of a generated layout. */
export const SEAT = 10;

export class Hall {
  /** @param {Layout} layout */
  constructor(layout) {
    this.layout = layout;
    this.hash = layout.hash;
    this.categories = layout.categories;
    const rows = layout.sections.flatMap((section, index) => section.rows.map(row => ({ row, section: index })));
    // The index of a seat is its place in the order of all numbers, and the numbers of a row are consecutive.
    rows.sort((one, other) => one.row.from - other.row.from);
    const size = rows.reduce((sum, { row }) => sum + row.to - row.from + 1, 0);
    this.size = size;
    this.x = new Float32Array(size);
    this.y = new Float32Array(size);
    this.number = new Uint32Array(size);
    this.place = new Uint32Array(size);
    this.category = new Uint16Array(size);
    this.section = new Uint16Array(size);
    this.kind = new Uint8Array(size);
    // Until they are known, none is offered.
    this.status = new Uint8Array(size).fill(BLOCKED);
    /** @type {Row[]} */
    this.rowOf = new Array(size);
    const categories = new Map(layout.categories.map(({ id }, index) => [id, index]));
    let index = 0;
    for (const { row, section } of rows) {
      const length = row.to - row.from + 1;
      const kind = row.accessible ? ACCESSIBLE : row.companion ? COMPANION : REGULAR;
      for (let seat = 0; seat < length; seat += 1, index += 1) {
        const [x, y] = along(/** @type {Point[]} */ (row.curve), length === 1 ? 0.5 : seat / (length - 1));
        this.x[index] = x;
        this.y[index] = y;
        this.number[index] = row.from + seat;
        this.place[index] = row.first_place + seat;
        this.category[index] = categories.get(row.category) ?? 0;
        this.section[index] = section;
        this.kind[index] = kind;
        this.rowOf[index] = row;
      }
    }
    this.sections = layout.sections.map(section => this.#section(section));
    this.stage = /** @type {Point[]} */ (layout.stage);
    this.bounds = boundsOf([...this.sections.flatMap(({ outline }) => outline), ...this.stage]);
    this.cells = new Cells(this);
  }

  /** @param {Section} section @returns {HallSection} */
  #section(section) {
    /** @type {Map<string, number[]>} */
    const rows = new Map();
    let seats = 0;
    for (const row of section.rows) {
      const first = this.find(row.from);
      const indexes = rows.get(row.name) ?? [];
      for (let index = first; index <= first + row.to - row.from; index += 1) indexes.push(index);
      rows.set(row.name, indexes);
      seats += row.to - row.from + 1;
    }
    const outline = /** @type {Point[]} */ (section.outline);
    const { left, right, top, bottom } = boundsOf(outline);
    return { name: section.name, rows: [...rows].map(([name, indexes]) => ({ name, seats: indexes })), outline, centre: [(left + right) / 2, (top + bottom) / 2], seats };
  }

  /** @param {number} number returns the index of the seat with this number, or -1 */
  find(number) {
    let [low, high] = [0, this.size - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = /** @type {number} */ (this.number[middle]);
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** @param {number} index returns the label of a seat, as on the ticket */
  label(index) {
    const row = /** @type {Row} */ (this.rowOf[index]);
    const section = this.sections[this.section[index] ?? 0]?.name ?? '';
    const template = row.label ?? '{section} {row} {place}';
    const values = { section, row: row.name, place: String(this.place[index]), number: String(this.number[index]) };
    return template.replace(/\{(section|row|place|number)\}/g, (_, name) => values[/** @type {keyof typeof values} */ (name)]);
  }

  /** @param {number} index */
  price(index) {
    return /** @type {Hall['categories'][number]} */ (this.categories[this.category[index] ?? 0]).price;
  }

  /**
   * Takes the statuses of an availability over, and returns the indexes of the seats that have changed; nothing if all may have.
   * @param {{ bits?: string, changes?: Partial<Record<string, string>> }} availability
   * @returns {number[] | undefined}
   */
  apply({ bits, changes }) {
    if (bits !== undefined) {
      const bytes = bytesOf(bits);
      for (let index = 0; index < this.size; index += 1) this.status[index] = ((bytes[index >> 2] ?? 0) >> (2 * (index & 3))) & 3;
      return undefined;
    }
    /** @type {number[]} */
    const changed = [];
    for (const [name, gaps] of Object.entries(changes ?? {})) {
      const status = NAMES.indexOf(name);
      let index = -1;
      for (const gap of leb128(bytesOf(gaps ?? ''))) {
        index += gap + 1;
        this.status[index] = status;
        changed.push(index);
      }
    }
    return changed;
  }

  /** Returns the number of available seats of each section, and of each category. */
  count() {
    const sections = new Uint32Array(this.sections.length);
    const categories = new Uint32Array(this.categories.length);
    for (let index = 0; index < this.size; index += 1) {
      if (this.status[index] !== AVAILABLE) continue;
      sections[/** @type {number} */ (this.section[index])] = (sections[this.section[index] ?? 0] ?? 0) + 1;
      categories[/** @type {number} */ (this.category[index])] = (categories[this.category[index] ?? 0] ?? 0) + 1;
    }
    return { sections, categories };
  }
}

/** The width of a cell. */
const CELL = 64;

/** The seats by the square cell in which they are, to find those near a point or in a rectangle. */
class Cells {
  /** @type {number} */
  left;
  /** @type {number} */
  top;
  /** @type {number} */
  columns;
  /** @type {number} */
  rows;

  /** @param {Hall} hall */
  constructor(hall) {
    const { left, top, right, bottom } = hall.bounds;
    this.left = left;
    this.top = top;
    this.columns = Math.floor((right - left) / CELL) + 1;
    this.rows = Math.floor((bottom - top) / CELL) + 1;
    const cellOf = (/** @type {number} */ index) => this.#cell(hall.x[index] ?? 0, hall.y[index] ?? 0);
    // Counted, then placed: the seats of cell c are those from starts[c] to starts[c + 1].
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let index = 0; index < hall.size; index += 1) this.starts[cellOf(index) + 1] = (this.starts[cellOf(index) + 1] ?? 0) + 1;
    for (let cell = 1; cell < this.starts.length; cell += 1) this.starts[cell] = (this.starts[cell] ?? 0) + (this.starts[cell - 1] ?? 0);
    this.seats = new Uint32Array(hall.size);
    const next = this.starts.slice();
    for (let index = 0; index < hall.size; index += 1) {
      const cell = cellOf(index);
      this.seats[next[cell] ?? 0] = index;
      next[cell] = (next[cell] ?? 0) + 1;
    }
  }

  /** @param {number} x @param {number} y */
  #cell(x, y) {
    return this.#column(x) + this.#row(y) * this.columns;
  }

  /** @param {number} x */
  #column(x) {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.left) / CELL)));
  }

  /** @param {number} y */
  #row(y) {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.top) / CELL)));
  }

  /**
   * Calls `visit` with each seat in the cells of a rectangle.
   * @param {{ left: number, right: number, top: number, bottom: number }} area
   * @param {(index: number) => void} visit
   */
  within({ left, right, top, bottom }, visit) {
    for (let row = this.#row(top); row <= this.#row(bottom); row += 1) {
      const first = row * this.columns;
      const from = this.starts[first + this.#column(left)] ?? 0;
      const to = this.starts[first + this.#column(right) + 1] ?? 0;
      for (let at = from; at < to; at += 1) visit(/** @type {number} */ (this.seats[at]));
    }
  }
}

/** @param {Point[]} points @param {number} t returns the point of a line, or of a quadratic Bézier curve @returns {Point} */
export function along(points, t) {
  const [a, b, c] = /** @type {[Point, Point, Point?]} */ (/** @type {unknown} */ (points));
  const between = (/** @type {Point} */ p, /** @type {Point} */ q) => /** @type {Point} */ ([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
  return c ? between(between(a, b), between(b, c)) : between(a, b);
}

/** @param {Point[]} points */
export function boundsOf(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** @param {string} base64 */
const bytesOf = base64 => Uint8Array.from(atob(base64), character => character.charCodeAt(0));

/** @param {Uint8Array} bytes */
function* leb128(bytes) {
  let [number, shift] = [0, 0];
  for (const byte of bytes) {
    number += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) {
      yield number;
      [number, shift] = [0, 0];
    }
  }
}
