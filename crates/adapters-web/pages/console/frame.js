// What surrounds every page of the console: navigation, notifications, and what several pages show.
import { html, nothing } from '../shared/html.js';
import { ProblemError } from '../shared/api.js';
import { session } from '../shared/session.js';
import { access } from './access.js';

/** @typedef {import('../shared/html.js').Template} Template */

const LINKS = [
  ['/console', 'Concerts', /^\/console(\/concerts.*)?\/?$/],
  ['/console/queues', 'Queues', /^\/console\/queues/],
  ['/console/users', 'Users', /^\/console\/users/],
  ['/console/check-in', 'Check-in', /^\/console\/check-in/],
  ['/console/log', 'Audit log', /^\/console\/log/],
  ['/console/health', 'Health', /^\/console\/health/],
];

const BRAND = html`<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><rect x="3" y="3" width="18" height="4" rx="2"></rect><circle cx="5" cy="12" r="2"></circle><circle cx="12" cy="12" r="2"></circle><circle cx="19" cy="12" r="2"></circle><circle cx="5" cy="19" r="2" opacity=".5"></circle><circle cx="12" cy="19" r="2" opacity=".5"></circle><circle cx="19" cy="19" r="2" opacity=".5"></circle></svg>`;

/** @param {Template} content @param {string} path */
export function frame(content, path) {
  const isIn = access.state === 'granted';
  return html`
    <a class="skip" href="#content">Skip to the content</a>
    <div class=${isIn ? 'console' : 'console console-out'}>
      <header class="side">
        <a class="brand" href="/console" aria-label="Frontrow console">${BRAND}<span>Frontrow <span class="quiet">console</span></span></a>
        ${isIn ? html`
          <nav aria-label="Console">${LINKS.map(([to, name, pattern]) => html`<a href=${/** @type {string} */ (to)} aria-current=${/** @type {RegExp} */ (pattern).test(path) ? 'page' : nothing}>${name}</a>`)}</nav>
          <button class="plain small-button sign-out" @click=${() => session.end()}>Sign out</button>` : nothing}
      </header>
      <main id="content" class="content" tabindex="-1">${content}</main>
    </div>`;
}

export const loading = () => html`<p class="empty quiet" role="status">Loading …</p>`;

/** @param {unknown} error shows a problem in the words of the API */
export function problemNotice(error) {
  if (error === undefined) return nothing;
  return html`<div class="notice bad" role="alert"><p>${problemText(error)}</p></div>`;
}

/** @param {unknown} error */
export function problemText(error) {
  if (error instanceof ProblemError && error.title !== '') {
    const fields = /** @type {{ pointer: string, message: string }[]} */ (error.problem['errors'] ?? []);
    const details = fields.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
    return `${error.title}. ${details || error.message}`;
  }
  console.warn(error);
  return 'The server can’t be reached.';
}

/** @param {string} text tells users of assistive technology about a change */
export function announce(text) {
  const region = document.getElementById('announcements');
  if (region && region.textContent !== text) region.textContent = text;
}

/** @param {string} text reports what was done, for some seconds @param {'good' | 'bad'} [tone] */
export function toast(text, tone = 'good') {
  const list = document.getElementById('toasts');
  const item = document.createElement('p');
  item.className = `toast ${tone}`;
  item.textContent = text;
  list?.append(item);
  setTimeout(() => item.remove(), tone === 'bad' ? 12_000 : 6_000);
}

/** @param {string} title @param {unknown} content @param {unknown} [aside] the head of a page */
export const heading = (title, content = nothing, aside = nothing) => html`
  <div class="row between head"><div class="stack tight"><h1 tabindex="-1">${title}</h1>${content === nothing ? nothing : html`<div class="row quiet">${content}</div>`}</div>${aside === nothing ? nothing : html`<div class="row">${aside}</div>`}</div>`;

/** @param {string} name @param {unknown} value @param {unknown} [detail] a figure with its name */
export const figure = (name, value, detail = nothing) => html`<div class="figure"><dt>${name}</dt><dd class="numbers">${value}</dd>${detail === nothing ? nothing : html`<dd class="small quiet numbers">${detail}</dd>`}</div>`;
