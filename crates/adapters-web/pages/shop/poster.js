// The image of a concert; without one, stage lights whose colours depend on its id.
import { html, nothing, svg } from '../shared/html.js';

/** @typedef {import('../shared/types.js').Concert} Concert */

/** @param {Pick<Concert, 'id' | 'image_url'>} concert */
export function poster({ id, image_url: image }) {
  return html`<div class="poster" aria-hidden="true">${lights(id)}${image ? html`<img src=${image} alt="" loading="lazy" @error=${(/** @type {Event} */ event) => { /** @type {HTMLElement} */ (event.target).hidden = true; }}>` : nothing}</div>`;
}

/** @param {string} concert */
function lights(concert) {
  let seed = [...concert].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) >>> 0, 7);
  const next = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  // From blue to red: the colours of stage lights.
  const hue = Math.round(195 + next() * 145);
  const beams = Array.from({ length: 8 }, (_, index) => ({ from: 40 + index * 80 + (next() - 0.5) * 30, to: 20 + next() * 600, width: 16 + next() * 40, hue: hue - 45 + next() * 90 }));
  const crowd = Array.from({ length: 40 }, (_, index) => ({ x: index * 16.5 + next() * 8, y: 343 - next() * 14, r: 11 + next() * 6 }));
  const id = `glow-${hue}-${Math.round(next() * 1e6)}`;
  return html`<svg viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice">
    <defs><radialGradient id=${id} cx="0.5" cy="1" r="1.05">
      <stop offset="0" stop-color=${`hsl(${hue + 25} 75% 42%)`}></stop><stop offset="0.55" stop-color=${`hsl(${hue} 60% 20%)`}></stop><stop offset="1" stop-color=${`hsl(${hue - 15} 55% 9%)`}></stop>
    </radialGradient></defs>
    <rect width="640" height="360" fill=${`url(#${id})`}></rect>
    ${beams.map(({ from, to, width, hue: tint }) => svg`<path d=${`M${from} -10 L${to - width} 330 L${to + width} 330 Z`} fill=${`hsl(${tint} 85% 66%)`} opacity="0.22"></path>`)}
    ${beams.map(({ from, hue: tint }) => svg`<circle cx=${from} cy="6" r="7" fill=${`hsl(${tint} 95% 88%)`}></circle>`)}
    ${crowd.map(({ x, y, r }) => svg`<circle cx=${x} cy=${y} r=${r} fill=${`hsl(${hue} 45% 6%)`}></circle>`)}
    <rect y="340" width="640" height="30" fill=${`hsl(${hue} 45% 6%)`}></rect>
  </svg>`;
}
