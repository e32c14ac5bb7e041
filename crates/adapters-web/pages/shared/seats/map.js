// The map of a hall on a canvas: an overview that can be zoomed and moved by wheel, pinch and drag. It is for the eye only: the list of
// seats beside it is for assistive technology and the keyboard.
import { ACCESSIBLE, AVAILABLE, BLOCKED, COMPANION, HELD, REGULAR, RESERVED, SEAT } from './hall.js';

/** @typedef {import('./hall.js').Hall} Hall */
/** @typedef {{ x: number, y: number, scale: number }} Camera the point in the middle, and pixels per unit */
/** @typedef {{ seat: number } | { section: number } | undefined} Target what is under the pointer */
/**
 * @typedef {object} Handlers
 * @property {(target: Target) => void} choose a click on a seat or a section
 * @property {(target: Target, x: number, y: number) => void} point the pointer moves over a seat or a section, at this place of the canvas
 * @property {boolean} [showsStatuses] whether seats that aren't available differ by their status, for operators
 */

/** From this distance between seats on, in pixels, seats can be told apart and chosen. */
const DETAIL = 9;
/** From this distance on, seats show their places. */
const LABELS = 19;
const MAX_SEAT_PIXELS = 44;
const MARGIN_PIXELS = 12;
/** A movement of the pointer up to this distance is a click. */
const CLICK_PIXELS = 6;
const ANIMATION_MILLISECONDS = 260;
/** The radius of a seat, as a part of the distance to the next. */
const RADIUS = 0.41;

const COLOURS = ['stage', 'stage-text', 'section', 'section-line', 'section-text', 'taken', 'selected', 'selected-text', 'sold', 'held', 'blocked'];

/** The colours of statuses, for operators. */
const STATUS_COLOURS = { [HELD]: 'held', [RESERVED]: 'sold', [BLOCKED]: 'blocked' };

export class SeatMap {
  /** @type {Camera} */
  #camera = { x: 0, y: 0, scale: 1 };
  /** @type {Set<number>} */
  #selected = new Set();
  /** @type {number | undefined} */
  #category;
  /** @type {Map<number, { x: number, y: number }>} */
  #pointers = new Map();
  #moved = 0;
  #frame = 0;
  #animation = 0;
  #width = 0;
  #height = 0;
  #isFitted = true;
  /** By category: whether its colour needs dark text. @type {boolean[]} */
  #isLight;
  /** @type {Record<string, string>} */
  #colours = {};

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Hall} hall
   * @param {Handlers} handlers
   * @param {AbortSignal} signal ends it
   */
  constructor(canvas, hall, handlers, signal) {
    this.canvas = canvas;
    this.hall = hall;
    this.handlers = handlers;
    const pen = canvas.getContext('2d', { alpha: false });
    if (!pen) throw new Error('the browser has no canvas');
    this.pen = pen;
    this.#isLight = hall.categories.map(({ colour }) => isLight(colour));
    const options = { signal };
    canvas.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false });
    canvas.addEventListener('pointerdown', event => this.#down(event), options);
    canvas.addEventListener('pointermove', event => this.#move(event), options);
    canvas.addEventListener('pointerup', event => this.#up(event), options);
    canvas.addEventListener('pointercancel', event => this.#release(event), options);
    canvas.addEventListener('pointerleave', () => handlers.point(undefined, 0, 0), options);
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#readColours(), options);
    signal.addEventListener('abort', () => {
      resized.disconnect();
      cancelAnimationFrame(this.#frame);
      cancelAnimationFrame(this.#animation);
    }, { once: true });
    this.#readColours();
    this.#resize();
  }

  /** Whether seats can be told apart. */
  get isDetailed() {
    return this.#camera.scale * SEAT >= DETAIL;
  }

  /** @param {Iterable<number>} seats */
  select(seats) {
    this.#selected = new Set(seats);
    this.redraw();
  }

  /** @param {number | undefined} category shows the seats of this category only, or all */
  filter(category) {
    this.#category = category;
    this.redraw();
  }

  /** @param {number[] | undefined} seats draws these seats again after a change of their status, or all */
  changed(seats) {
    if (seats === undefined || this.isDetailed || this.#frame !== 0) this.redraw();
    else for (const seat of seats) this.#drawSmall(seat);
  }

  /** Draws everything again in the next frame. */
  redraw() {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }
  }

  /** Shows the whole hall. */
  fit() {
    this.#isFitted = true;
    this.#fly(this.#fitted());
  }

  /** @param {number} factor zooms around the middle */
  zoom(factor) {
    this.#fly(this.#bounded({ ...this.#camera, scale: this.#camera.scale * factor }));
  }

  /** @param {number} section shows a section */
  showSection(section) {
    const found = this.hall.sections[section];
    if (!found) return;
    const xs = found.outline.map(([x]) => x);
    const ys = found.outline.map(([, y]) => y);
    this.#show(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys), 1.15);
  }

  /** @param {number[]} seats shows these seats and their surroundings */
  showSeats(seats) {
    const xs = seats.map(seat => this.hall.x[seat] ?? 0);
    const ys = seats.map(seat => this.hall.y[seat] ?? 0);
    if (seats.length > 0) this.#show(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys), 1, 220);
  }

  /** @param {number} left @param {number} right @param {number} top @param {number} bottom @param {number} margin @param {number} [around] */
  #show(left, right, top, bottom, margin, around = 0) {
    const width = (right - left) * margin + around;
    const height = (bottom - top) * margin + around;
    const scale = Math.max(Math.min(this.#width / width, this.#height / height), (DETAIL + 2) / SEAT);
    this.#fly(this.#bounded({ x: (left + right) / 2, y: (top + bottom) / 2, scale }));
  }

  /** @returns {Camera} */
  #fitted() {
    const { left, right, top, bottom } = this.hall.bounds;
    const scale = Math.min((this.#width - 2 * MARGIN_PIXELS) / (right - left || 1), (this.#height - 2 * MARGIN_PIXELS) / (bottom - top || 1), MAX_SEAT_PIXELS / SEAT);
    return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(scale, 0.001) };
  }

  /** @param {Camera} camera keeps the hall in view @returns {Camera} */
  #bounded({ x, y, scale }) {
    const fitted = this.#fitted();
    const { left, right, top, bottom } = this.hall.bounds;
    const bounded = Math.min(Math.max(scale, fitted.scale), MAX_SEAT_PIXELS / SEAT);
    this.#isFitted = bounded <= fitted.scale * 1.01;
    if (this.#isFitted) return fitted;
    return { x: Math.min(Math.max(x, left), right), y: Math.min(Math.max(y, top), bottom), scale: bounded };
  }

  /** @param {Camera} to */
  #fly(to) {
    cancelAnimationFrame(this.#animation);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#camera = to;
      this.redraw();
      return;
    }
    const [from, start] = [this.#camera, performance.now()];
    this.canvas.dataset['moving'] = 'true';
    const step = (/** @type {number} */ now) => {
      const t = Math.min(1, Math.max(0, (now - start) / ANIMATION_MILLISECONDS));
      const eased = 1 - (1 - t) ** 3;
      this.#camera = {
        x: from.x + (to.x - from.x) * eased,
        y: from.y + (to.y - from.y) * eased,
        scale: from.scale * (to.scale / from.scale) ** eased,
      };
      this.redraw();
      this.canvas.dataset['moving'] = String(t < 1);
      if (t < 1) this.#animation = requestAnimationFrame(step);
    };
    this.#animation = requestAnimationFrame(step);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    [this.#width, this.#height] = [clientWidth, clientHeight];
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#camera = this.#isFitted ? this.#fitted() : this.#bounded(this.#camera);
    // At once: a canvas that was resized is empty.
    this.#draw();
  }

  #readColours() {
    const style = getComputedStyle(this.canvas);
    this.#colours = Object.fromEntries(COLOURS.map(name => [name, style.getPropertyValue(`--hall-${name}`).trim()]));
    this.#colours['background'] = style.getPropertyValue('--surface').trim();
    this.redraw();
  }

  /** @param {string} name @returns {string} */
  #colour(name) {
    return this.#colours[name] ?? '#888';
  }

  /** @param {number} x @returns {number} */
  #px(x) {
    return (x - this.#camera.x) * this.#camera.scale + this.#width / 2;
  }

  /** @param {number} y @returns {number} */
  #py(y) {
    return (y - this.#camera.y) * this.#camera.scale + this.#height / 2;
  }

  #draw() {
    const { pen } = this;
    this.canvas.dataset['detailed'] = String(this.isDetailed);
    pen.globalAlpha = 1;
    pen.fillStyle = this.#colour('background');
    pen.fillRect(0, 0, this.#width, this.#height);
    this.#drawStage();
    for (const { outline } of this.hall.sections) this.#shape(outline, this.#colour('section'), this.#colour('section-line'));
    if (this.isDetailed) this.#drawSeats();
    else this.#drawOverview();
    this.#drawNames();
  }

  /** @param {[number, number][]} corners @param {string} fill @param {string} [line] */
  #shape(corners, fill, line) {
    const { pen } = this;
    pen.beginPath();
    for (const [x, y] of corners) pen.lineTo(this.#px(x), this.#py(y));
    pen.closePath();
    pen.fillStyle = fill;
    pen.fill();
    if (line) {
      pen.strokeStyle = line;
      pen.lineWidth = 1;
      pen.stroke();
    }
  }

  #drawStage() {
    const { stage } = this.hall;
    this.#shape(stage, this.#colour('stage'));
    const [xs, ys] = [stage.map(([x]) => x), stage.map(([, y]) => y)];
    const width = (Math.max(...xs) - Math.min(...xs)) * this.#camera.scale;
    const height = (Math.max(...ys) - Math.min(...ys)) * this.#camera.scale;
    if (height < 9 || width < 40) return;
    this.#text(this.canvas.dataset['stage'] ?? '', (Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2, Math.min(16, height * 0.6), 'stage-text');
  }

  /** @param {string} text @param {number} x @param {number} y @param {number} size @param {string} colour */
  #text(text, x, y, size, colour) {
    const { pen } = this;
    pen.font = `600 ${size}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillStyle = this.#colour(colour);
    pen.fillText(text, this.#px(x), this.#py(y));
  }

  /** The names of the sections, in the overview, where there is room. */
  #drawNames() {
    const { pen, hall } = this;
    if (this.isDetailed || hall.sections.length > 200) return;
    for (const section of hall.sections) {
      const xs = section.outline.map(([x]) => x);
      const width = (Math.max(...xs) - Math.min(...xs)) * this.#camera.scale;
      const size = Math.min(15, Math.max(9, width / 7));
      pen.font = `600 ${size}px system-ui, sans-serif`;
      const textWidth = pen.measureText(section.name).width;
      if (width < textWidth + 6) continue;
      const [x, y] = section.centre;
      pen.globalAlpha = 0.88;
      pen.fillStyle = this.#colour('background');
      pen.beginPath();
      pen.roundRect(this.#px(x) - textWidth / 2 - 6, this.#py(y) - size * 0.85, textWidth + 12, size * 1.7, size);
      pen.fill();
      pen.globalAlpha = 1;
      this.#text(section.name, x, y, size, 'section-text');
    }
  }

  /** @param {number} seat whether it is shown as one that can be chosen */
  #isOffered(seat) {
    return this.hall.status[seat] === AVAILABLE && (this.#category === undefined || this.hall.category[seat] === this.#category);
  }

  /** @param {number} seat @returns {string} */
  #fill(seat) {
    if (this.#selected.has(seat)) return this.#colour('selected');
    const status = this.hall.status[seat] ?? AVAILABLE;
    if (this.handlers.showsStatuses && status !== AVAILABLE) return this.#colour(STATUS_COLOURS[status] ?? 'taken');
    if (!this.#isOffered(seat)) return this.#colour('taken');
    return this.hall.categories[this.hall.category[seat] ?? 0]?.colour ?? '#888';
  }

  /** All seats as small squares, one colour after the other. */
  #drawOverview() {
    const { hall, pen } = this;
    const size = this.#smallSize();
    /** @type {Map<string, number[]>} */
    const byColour = new Map();
    for (let seat = 0; seat < hall.size; seat += 1) {
      const colour = this.#fill(seat);
      const seats = byColour.get(colour);
      if (seats) seats.push(seat);
      else byColour.set(colour, [seat]);
    }
    const { x, y, scale } = this.#camera;
    const [left, top] = [this.#width / 2 - x * scale - size / 2, this.#height / 2 - y * scale - size / 2];
    const taken = this.#colour('taken');
    for (const [colour, seats] of byColour) {
      pen.fillStyle = colour;
      const side = colour === taken ? size * 0.7 : size;
      for (const seat of seats) pen.fillRect((hall.x[seat] ?? 0) * scale + left, (hall.y[seat] ?? 0) * scale + top, side, side);
    }
  }

  #smallSize() {
    return Math.max(1.2, this.#camera.scale * SEAT * 0.78);
  }

  /** @param {number} seat draws one seat of the overview again */
  #drawSmall(seat) {
    const { hall, pen } = this;
    const size = this.#smallSize();
    const [left, top] = [this.#px(hall.x[seat] ?? 0) - size / 2, this.#py(hall.y[seat] ?? 0) - size / 2];
    pen.fillStyle = this.#colour('section');
    pen.fillRect(left, top, size, size);
    pen.fillStyle = this.#fill(seat);
    const side = this.#isOffered(seat) || this.#selected.has(seat) ? size : size * 0.7;
    pen.fillRect(left, top, side, side);
  }

  /** The visible seats: circles, squares for wheelchair users; taken ones are small, and those that others hold are hollow. */
  #drawSeats() {
    const { hall, pen } = this;
    const scale = this.#camera.scale;
    const radius = Math.min(scale * SEAT * RADIUS, 16);
    const [halfWidth, halfHeight] = [this.#width / 2 / scale + SEAT, this.#height / 2 / scale + SEAT];
    const { x, y } = this.#camera;
    const area = { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
    /** @type {Map<string, number[]>} */
    const byColour = new Map();
    /** @type {number[]} */
    const held = [];
    hall.cells.within(area, seat => {
      if (hall.status[seat] === HELD && !this.#selected.has(seat)) {
        held.push(seat);
        return;
      }
      const colour = this.#fill(seat);
      const seats = byColour.get(colour);
      if (seats) seats.push(seat);
      else byColour.set(colour, [seat]);
    });
    const taken = this.#colour('taken');
    for (const [colour, seats] of byColour) {
      pen.fillStyle = colour;
      pen.beginPath();
      for (const seat of seats) this.#outline(seat, colour === taken ? radius * 0.5 : radius);
      pen.fill();
    }
    pen.strokeStyle = this.handlers.showsStatuses ? this.#colour('held') : taken;
    pen.lineWidth = Math.max(1, radius * 0.25);
    pen.beginPath();
    for (const seat of held) this.#outline(seat, radius * 0.6);
    pen.stroke();
    if (this.handlers.showsStatuses) this.#drawBlocked(area, radius * 0.5);
    this.#drawMarks(area, radius);
  }

  /** @param {{ left: number, right: number, top: number, bottom: number }} area @param {number} reach crosses out the blocked seats */
  #drawBlocked(area, reach) {
    const { hall, pen } = this;
    pen.strokeStyle = this.#colour('background');
    pen.lineWidth = Math.max(1, reach * 0.4);
    pen.beginPath();
    hall.cells.within(area, seat => {
      if (hall.status[seat] !== BLOCKED || this.#selected.has(seat)) return;
      const [x, y] = [this.#px(hall.x[seat] ?? 0), this.#py(hall.y[seat] ?? 0)];
      pen.moveTo(x - reach, y - reach);
      pen.lineTo(x + reach, y + reach);
      pen.moveTo(x + reach, y - reach);
      pen.lineTo(x - reach, y + reach);
    });
    pen.stroke();
  }

  /** @param {number} seat @param {number} radius */
  #outline(seat, radius) {
    const [x, y] = [this.#px(this.hall.x[seat] ?? 0), this.#py(this.hall.y[seat] ?? 0)];
    if (this.hall.kind[seat] === REGULAR) {
      this.pen.moveTo(x + radius, y);
      this.pen.arc(x, y, radius, 0, 2 * Math.PI);
    } else {
      this.pen.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.3);
    }
  }

  /** @param {{ left: number, right: number, top: number, bottom: number }} area @param {number} radius */
  #drawMarks(area, radius) {
    const { hall, pen } = this;
    for (const seat of this.#selected) {
      const [x, y] = [this.#px(hall.x[seat] ?? 0), this.#py(hall.y[seat] ?? 0)];
      pen.strokeStyle = this.#colour('selected-text');
      pen.lineWidth = Math.max(1.5, radius * 0.22);
      pen.beginPath();
      pen.moveTo(x - radius * 0.42, y + radius * 0.02);
      pen.lineTo(x - radius * 0.1, y + radius * 0.36);
      pen.lineTo(x + radius * 0.46, y - radius * 0.34);
      pen.stroke();
    }
    if (this.#camera.scale * SEAT < LABELS) return;
    pen.font = `600 ${Math.round(radius * 0.95)}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    hall.cells.within(area, seat => {
      if (!this.#isOffered(seat) || this.#selected.has(seat)) return;
      pen.fillStyle = this.#isLight[hall.category[seat] ?? 0] ? '#15171c' : '#ffffff';
      const text = hall.kind[seat] === ACCESSIBLE ? '♿' : hall.kind[seat] === COMPANION ? '+' : String(hall.place[seat]);
      pen.fillText(text, this.#px(hall.x[seat] ?? 0), this.#py(hall.y[seat] ?? 0) + radius * 0.06);
    });
  }

  /** @param {number} px @param {number} py @returns {Target} what is at this place of the canvas */
  #at(px, py) {
    const { hall } = this;
    const scale = this.#camera.scale;
    const x = (px - this.#width / 2) / scale + this.#camera.x;
    const y = (py - this.#height / 2) / scale + this.#camera.y;
    if (this.isDetailed) {
      const reach = Math.max(SEAT * 0.6, 12 / scale);
      let [best, distance] = [-1, reach * reach];
      hall.cells.within({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }, seat => {
        const d = ((hall.x[seat] ?? 0) - x) ** 2 + ((hall.y[seat] ?? 0) - y) ** 2;
        if (d < distance) [best, distance] = [seat, d];
      });
      if (best >= 0) return { seat: best };
    }
    const section = hall.sections.findIndex(({ outline }) => contains(outline, x, y));
    return section >= 0 ? { section } : undefined;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    this.#zoomAt(event.offsetX, event.offsetY, Math.exp(-pixels * 0.0022));
  }

  /** @param {number} px @param {number} py @param {number} factor keeps the point under the pointer */
  #zoomAt(px, py, factor) {
    cancelAnimationFrame(this.#animation);
    const before = this.#camera;
    const scale = Math.min(Math.max(before.scale * factor, this.#fitted().scale), MAX_SEAT_PIXELS / SEAT);
    const [dx, dy] = [px - this.#width / 2, py - this.#height / 2];
    this.#camera = this.#bounded({ x: before.x + dx / before.scale - dx / scale, y: before.y + dy / before.scale - dy / scale, scale });
    this.redraw();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (this.#pointers.size === 1) this.#moved = 0;
    else this.#moved = Number.POSITIVE_INFINITY;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) {
      this.handlers.point(this.#at(event.offsetX, event.offsetY), event.offsetX, event.offsetY);
      return;
    }
    const [dx, dy] = [event.offsetX - pointer.x, event.offsetY - pointer.y];
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const distance = (/** @type {{ x: number, y: number }} */ { x, y }) => Math.hypot(x - other.x, y - other.y);
      const factor = distance({ x: event.offsetX, y: event.offsetY }) / Math.max(1, distance(pointer));
      this.#zoomAt((event.offsetX + other.x) / 2, (event.offsetY + other.y) / 2, factor);
      this.pan(dx / 2, dy / 2);
    } else {
      this.#moved += Math.hypot(dx, dy);
      if (this.#moved > CLICK_PIXELS) this.pan(dx, dy);
    }
    pointer.x = event.offsetX;
    pointer.y = event.offsetY;
  }

  /** @param {number} dx @param {number} dy moves the map, in pixels */
  pan(dx, dy) {
    cancelAnimationFrame(this.#animation);
    const { x, y, scale } = this.#camera;
    this.#camera = this.#bounded({ x: x - dx / scale, y: y - dy / scale, scale });
    this.redraw();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const wasClick = this.#pointers.size === 1 && this.#moved <= CLICK_PIXELS;
    this.#release(event);
    if (wasClick) this.handlers.choose(this.#at(event.offsetX, event.offsetY));
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#pointers.delete(event.pointerId);
  }
}

/** @param {[number, number][]} corners @param {number} x @param {number} y whether the point is inside the polygon */
function contains(corners, x, y) {
  let inside = false;
  for (let at = 0, before = corners.length - 1; at < corners.length; before = at, at += 1) {
    const [[ax, ay], [bx, by]] = /** @type {[[number, number], [number, number]]} */ ([corners[at], corners[before]]);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** @param {string} colour a colour such as `#1a2b3c`: whether black is more readable on it than white */
function isLight(colour) {
  const [red, green, blue] = /** @type {[number, number, number]} */ ([1, 3, 5].map(at => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}
