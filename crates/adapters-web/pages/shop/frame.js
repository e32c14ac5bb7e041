// What surrounds every page: navigation, announcements, the choice of a language, and the sign-in.
import { html, nothing } from '../shared/html.js';
import { LANGUAGES, choose, language } from '../shared/language.js';
import { ActionKey, ProblemError } from '../shared/api.js';
import { session } from '../shared/session.js';
import { t } from './texts.js';

/** @typedef {import('../shared/html.js').Template} Template */

const NAMES = { en: 'English', ko: '한국어' };
const LINKS = [['/', 'nav.home'], ['/tickets', 'nav.tickets'], ['/wallet', 'nav.wallet'], ['/account', 'nav.account']];

/** @param {Template} content @param {string} path */
export function frame(content, path) {
  const links = session.isSignedIn ? LINKS : LINKS.slice(0, 1);
  return html`
    <a class="skip" href="#content">${t('nav.skip')}</a>
    <header class="top"><div>
      <a class="brand" href="/" aria-label="Frontrow"><svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><rect x="3" y="3" width="18" height="4" rx="2"></rect><circle cx="5" cy="12" r="2"></circle><circle cx="12" cy="12" r="2"></circle><circle cx="19" cy="12" r="2"></circle><circle cx="5" cy="19" r="2" opacity=".5"></circle><circle cx="12" cy="19" r="2" opacity=".5"></circle><circle cx="19" cy="19" r="2" opacity=".5"></circle></svg><span>Frontrow</span></a>
      <nav aria-label="Frontrow">${links.map(([to, name]) => html`<a href=${/** @type {string} */ (to)} aria-current=${to === path ? 'page' : nothing}>${t(/** @type {string} */ (name))}</a>`)}</nav>
    </div></header>
    <main id="content" class="page" tabindex="-1">${content}</main>
    <footer class="bottom">
      <span>${t('footer.about')}</span>
      <label><span class="visually-hidden">${t('nav.language')}</span>
        <select @change=${(/** @type {Event} */ event) => choose(/** @type {any} */ (event.target).value)}>
          ${LANGUAGES.map(tag => html`<option value=${tag} lang=${tag} ?selected=${tag === language}>${NAMES[tag]}</option>`)}
        </select></label>
    </footer>`;
}

/** @param {unknown} error shows a problem in the words of the API, which are written for buyers */
export function problemNotice(error) {
  if (error === undefined) return nothing;
  const isProblem = error instanceof ProblemError && error.title !== '';
  if (!isProblem) console.warn(error);
  const [title, detail] = isProblem ? [error.title, error.message] : [t('failed.title'), t('failed.detail')];
  return html`<div class="notice bad" role="alert"><p><strong>${title}</strong> ${detail === title ? '' : detail}</p></div>`;
}

export const loading = () => html`<p class="empty quiet" role="status">${t('loading')}</p>`;

/** @param {string} text tells users of assistive technology about a change */
export function announce(text) {
  const region = document.getElementById('announcements');
  if (!region) return;
  // The same text twice is two announcements.
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/**
 * Asks a user who isn't signed in for a name, and returns whether the user is signed in then.
 * @returns {Promise<boolean>}
 */
export async function signIn() {
  if (await session.accessToken()) return true;
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('sign-in'));
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  const [title, hint, label] = /** @type {[Element, Element, Element]} */ (['h2', 'p', 'label span'].map(name => /** @type {Element} */ (form.querySelector(name))));
  const [action, cancel] = /** @type {[HTMLButtonElement, HTMLButtonElement]} */ ([...form.querySelectorAll('button')]);
  const problem = /** @type {HTMLElement} */ (form.querySelector('[role="alert"]'));
  const name = /** @type {HTMLInputElement} */ (form.querySelector('input'));
  [title.textContent, hint.textContent, label.textContent, action.textContent, cancel.textContent] = [t('signIn.title'), t('signIn.hint'), t('signIn.name'), t('signIn.action'), t('cancel')];
  problem.hidden = true;
  const key = new ActionKey();
  return new Promise(resolve => {
    cancel.onclick = () => dialog.close();
    dialog.onclose = () => resolve(false);
    form.onsubmit = async event => {
      event.preventDefault();
      action.disabled = true;
      try {
        await session.register(name.value.trim(), key.for(name.value.trim()));
        resolve(true);
        dialog.close();
      } catch (error) {
        problem.textContent = error instanceof ProblemError ? `${error.title} ${error.message}` : t('failed.title');
        problem.hidden = false;
      } finally {
        action.disabled = false;
      }
    };
    dialog.showModal();
  });
}
