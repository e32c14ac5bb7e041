// Who may use the console: operators, who sign in by a one-time code or by an access token.
import { html, nothing } from '../shared/html.js';
import { ProblemError, get } from '../shared/api.js';
import { update } from '../shared/router.js';
import { session } from '../shared/session.js';

class Access extends EventTarget {
  /** @type {'checking' | 'signed-out' | 'forbidden' | 'granted'} */
  state = 'checking';
  /** @type {string | undefined} */
  problem;
  isBusy = false;

  /** Checks whether the user is an operator. */
  async check() {
    try {
      if (!(await session.accessToken())) return this.#become('signed-out');
      await get('/v1/admin/queues');
      this.#become('granted');
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'FORBIDDEN') return this.#become('forbidden');
      this.fail(error);
    }
  }

  /** @param {unknown} error */
  fail(error) {
    this.problem = error instanceof ProblemError ? `${error.title}. ${error.message}` : 'The server can’t be reached.';
    this.#become('signed-out');
  }

  /** The session has ended. */
  revoke() {
    if (this.state !== 'checking') this.#become('signed-out');
  }

  /** @param {Access['state']} state */
  #become(state) {
    if (this.state === state) return update();
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const field = /** @type {HTMLTextAreaElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem('token'));
    this.problem = undefined;
    this.isBusy = true;
    update();
    try {
      await session.startWithToken(field.value.trim().replace(/^Bearer\s+/i, ''));
      field.value = '';
      await this.check();
    } catch (error) {
      this.fail(error);
    } finally {
      this.isBusy = false;
      update();
    }
  }

  async #leave() {
    await session.end();
    this.problem = undefined;
    this.#become('signed-out');
  }

  template() {
    if (this.state === 'checking') return html`<p class="empty quiet" role="status">Signing in …</p>`;
    if (this.state === 'forbidden') {
      return html`<section class="card stack gate">
        <h1 tabindex="-1">Operators only</h1>
        <p>You are signed in, but your access token doesn’t have the role <code>operator</code>. Nothing in the console is available without it.</p>
        <p class="quiet">Create a token with <code>frontrow token --role operator</code>, or ask for the role at your identity provider.</p>
        <div class="row"><button class="primary" @click=${() => this.#leave()}>Sign in with another token</button><a class="button" href="/">To the shop</a></div>
      </section>`;
    }
    return html`<form class="card stack gate" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
      <h1 tabindex="-1">Sign in to the console</h1>
      <p class="quiet">Paste an operator’s access token. <code>frontrow token --role operator</code> prints one.</p>
      <label class="field">Access token<textarea name="token" rows="4" required autocomplete="off" autocapitalize="off" spellcheck="false"></textarea></label>
      ${this.problem ? html`<p class="notice bad" role="alert">${this.problem}</p>` : nothing}
      <div><button class="primary" ?disabled=${this.isBusy}>Sign in</button></div>
    </form>`;
  }
}

export const access = new Access();

/** @param {string} code signs in with a one-time code */
export async function signInWithCode(code) {
  try {
    await session.startWithCode(code);
    await access.check();
  } catch (error) {
    access.fail(error);
  }
}
