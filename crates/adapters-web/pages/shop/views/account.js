// The account: who is signed in, and on which devices.
import { html, nothing } from '../../shared/html.js';
import { get, remove } from '../../shared/api.js';
import { dateAndTime } from '../../shared/format.js';
import { session } from '../../shared/session.js';
import { loading, problemNotice, signIn } from '../frame.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Schemas['Session']} Device */

/** @param {import('../../shared/router.js').Context} context */
export function account({ update, navigate }) {
  /** @type {{ name: string | null } | undefined} */
  let user;
  /** @type {Device[] | undefined} */
  let devices;
  /** @type {unknown} */
  let problem;
  let isSignedIn = session.isSignedIn;

  async function read() {
    isSignedIn = (await session.accessToken()) !== undefined;
    if (isSignedIn) [user, devices] = await Promise.all([get('/v1/users/me'), get('/v1/sessions').then(({ items }) => items)]);
    update();
  }

  async function signOut() {
    try {
      await session.end();
      navigate('/');
    } catch (error) {
      problem = error;
      update();
    }
  }

  /** @param {Device} device */
  async function revoke({ id }) {
    await remove(`/v1/sessions/${id}`).catch(error => { problem = error; });
    await read().catch(error => { problem = error; });
    update();
  }

  read().catch(error => {
    problem = error;
    update();
  });

  return {
    title: () => t('account.title'),
    template: () => html`
      <h1 tabindex="-1">${t('account.title')}</h1>
      ${problemNotice(problem)}
      ${!isSignedIn ? html`<div class="empty"><p class="quiet">${t('account.signedOut')}</p><button class="primary" @click=${async () => { if (await signIn()) read().catch(error => { problem = error; update(); }); }}>${t('account.signIn')}</button></div>`
        : !user || !devices ? (problem ? nothing : loading())
        : html`
          <section class="card row between"><p>${user.name ? t('account.signedInAs', { name: user.name }) : t('account.anonymous')}</p><button id="sign-out" @click=${signOut}>${t('account.signOut')}</button></section>
          <section class="card stack"><div><h2>${t('account.sessions')}</h2><p class="quiet small">${t('account.sessionsHint')}</p></div>
            <ul class="lines">${devices.map(device => html`<li>
              <span><strong>${device.device ?? '–'}</strong> ${device.current ? html`<span class="badge accent">${t('account.current')}</span>` : nothing}<br>
                <span class="quiet small">${t('account.lastUsed', { date: dateAndTime(device.last_used_at, undefined) })}</span></span>
              ${device.current ? nothing : html`<button class="small-button" @click=${() => revoke(device)}>${t('account.revoke')}</button>`}</li>`)}</ul></section>`}`,
  };
}
