// The map of a plan while it is edited.
import { html } from '../shared/html.js';
import { Hall } from '../shared/seats/hall.js';
import { SeatMap } from '../shared/seats/map.js';

export class Preview {
  /** @type {Hall | undefined} */
  #hall;
  /** @type {SeatMap | undefined} */
  #map;
  #stop = new AbortController();

  /** @param {AbortSignal} signal */
  constructor(signal) {
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
  }

  /** @param {import('../shared/types.js').Layout | undefined} layout */
  show(layout) {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#map = undefined;
    this.#hall = layout && layout.sections.length > 0 ? new Hall(layout) : undefined;
  }

  /** Attaches the map to the canvas, once it is in the page. */
  attach() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (document.getElementById('preview'));
    if (!canvas || !this.#hall || this.#map) return;
    const look = (/** @type {import('../shared/seats/map.js').Target} */ target) => {
      if (target && 'section' in target) this.#map?.showSection(target.section);
    };
    this.#map = new SeatMap(canvas, this.#hall, { choose: look, point: () => undefined }, this.#stop.signal);
  }

  template() {
    return html`<div class="map small-map" aria-hidden="true" ?hidden=${!this.#hall}><canvas id="preview" data-stage="STAGE"></canvas>
      <div class="tools"><button type="button" tabindex="-1" title="Whole hall" @click=${() => this.#map?.fit()}>⤢</button></div></div>
      ${this.#hall ? '' : html`<p class="empty quiet">There are no seats to show.</p>`}`;
  }
}
