// A chart over the last hour: lines on a canvas, the values under the pointer in the legend, and the same as a table.
import { html, nothing } from '../shared/html.js';

/**
 * @typedef {object} Line
 * @property {string} key the name of its values
 * @property {string} name
 * @property {string} colour a custom property
 * @property {number[]} [dash] so that lines differ by more than their colour
 * @property {boolean} [fill]
 * @property {boolean} [spans] whether it continues where values are missing
 * @property {boolean} [isText] whether only its value is shown, because it would hide the others
 */
/**
 * @typedef {object} Settings
 * @property {string} title
 * @property {Line[]} lines
 * @property {(value: number) => string} format
 * @property {number} [least] the upper end of the scale is at least this
 * @property {number[]} [steps] the possible distances between two values of the scale
 */

/** @type {any} */
const { uPlot } = globalThis;
const HEIGHT = 150;
/** In the table, one row for five minutes. */
const TABLE_STEP = 30;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
let count = 0;

export class Chart {
  /** @type {any} */
  #plot;
  /** @type {number[]} */
  #times = [];
  /** @type {import('./history.js').Lines} */
  #values = {};
  /** @type {number | null} */
  #index = null;
  #isTable = false;

  /** @param {Settings} settings @param {() => void} update @param {AbortSignal} signal */
  constructor(settings, update, signal) {
    this.settings = settings;
    this.update = update;
    this.id = `chart-${(count += 1)}`;
    const resized = new ResizeObserver(() => this.#resize());
    this.resized = resized;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { this.#end(); update(); }, { signal });
    signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  /** @param {number[]} times @param {import('./history.js').Lines} values */
  show(times, values) {
    this.#times = times;
    this.#values = values;
    this.#plot?.setData(this.#data());
  }

  #data() {
    return [this.#times, ...this.settings.lines.map(({ key }) => this.#values[key] ?? [])];
  }

  /** Draws the chart, once its place is in the page. */
  attach() {
    const place = document.getElementById(this.id);
    if (!place) return this.#end();
    if (this.#plot?.root.parentElement === place || this.#times.length === 0 || place.clientWidth === 0) return;
    this.#end();
    const style = getComputedStyle(place);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const { lines, format, least = 1, steps } = this.settings;
    const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
    this.#plot = new uPlot({
      width: place.clientWidth,
      height: HEIGHT,
      padding: [10, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: 'hour' } },
      scales: { y: { range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number | null} */ high) => [0, Math.max(least, (high ?? 0) * 1.08)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 26, space: 70, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(split => clock.format(split * 1000)) },
        { ...axis, ...(steps ? { incrs: steps } : {}), size: 54, space: 34, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(split => (split >= 10_000 ? compact.format(split) : format(split))) },
      ],
      series: [{}, ...lines.map(line => ({
        stroke: colour(line.colour),
        width: 1.75,
        dash: line.dash,
        spanGaps: line.spans ?? false,
        fill: line.fill ? `color-mix(in srgb, ${colour(line.colour)} 12%, transparent)` : undefined,
        points: { show: false },
        show: !line.isText,
      }))],
      hooks: { setCursor: [(/** @type {any} */ plot) => this.#point(plot.cursor.idx ?? null)] },
    }, this.#data(), place);
    this.resized.observe(place);
  }

  #resize() {
    const place = document.getElementById(this.id);
    if (place && this.#plot && place.clientWidth > 0) this.#plot.setSize({ width: place.clientWidth, height: HEIGHT });
  }

  #end() {
    this.resized.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  /** @param {number | null} index */
  #point(index) {
    if (index === this.#index) return;
    this.#index = index;
    this.update();
  }

  /** @param {string} key @param {number | null} index */
  #value(key, index) {
    const values = this.#values[key] ?? [];
    const value = index === null ? values.findLast(value => value !== null) : values[index];
    return value === null || value === undefined ? '–' : this.settings.format(value);
  }

  template() {
    const { title, lines } = this.settings;
    const at = this.#index === null ? 'now' : clock.format((this.#times[this.#index] ?? 0) * 1000);
    return html`<section class="card chart" aria-labelledby=${`${this.id}-title`}>
      <div class="row between">
        <h2 id=${`${this.id}-title`}>${title}</h2>
        <button class="plain tiny" aria-pressed=${this.#isTable} @click=${() => { this.#isTable = !this.#isTable; this.update(); }}>Table</button>
      </div>
      <ul class="key">${lines.map(line => html`<li>${line.isText ? nothing : html`<svg width="18" height="8" aria-hidden="true"><line x1="0" x2="18" y1="4" y2="4" stroke-width="2.5" stroke=${`var(${line.colour})`} stroke-dasharray=${line.dash?.join(' ') ?? nothing}></line></svg>`}
        <span class="quiet">${line.name}</span> <strong class="numbers">${this.#value(line.key, this.#index)}</strong></li>`)}<li class="quiet at">${at}</li></ul>
      ${this.#isTable ? this.#table() : html`<div class="plot" id=${this.id} aria-hidden="true"></div>`}
    </section>`;
  }

  #table() {
    const rows = this.#times.map((_, index) => index).filter(index => (this.#times.length - 1 - index) % TABLE_STEP === 0).reverse();
    return html`<div class="scroll"><table>
      <thead><tr><th scope="col">Time</th>${this.settings.lines.map(({ name }) => html`<th scope="col" class="right">${name}</th>`)}</tr></thead>
      <tbody>${rows.map(index => html`<tr><th scope="row">${clock.format((this.#times[index] ?? 0) * 1000)}</th>
        ${this.settings.lines.map(({ key }) => html`<td class="right numbers">${this.#value(key, index)}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }
}
