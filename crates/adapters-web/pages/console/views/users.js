// Users, found by name or id.
import { html, nothing } from '../../shared/html.js';
import { moment } from '../../shared/format.js';
import { navigate } from '../../shared/router.js';
import { heading, loading, problemNotice } from '../frame.js';
import { Pager } from '../pager.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param {import('../../shared/router.js').Context} context */
export function users({ update, signal }) {
  const pager = new Pager(update, signal);
  let wanted = '';

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    wanted = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('name') ?? '').trim();
    if (ID.test(wanted)) return navigate(`/console/users/${wanted.toLowerCase()}`);
    void pager.open(`/v1/admin/users${wanted ? `?name=${encodeURIComponent(wanted)}` : ''}`);
  }

  void pager.open('/v1/admin/users');
  return {
    title: () => 'Users',
    template: () => html`
      ${heading('Users')}
      <form class="card filters" role="search" @submit=${submit}>
        <label class="field grow">Name begins with, or user id<input name="name" maxlength="100" autocomplete="off"></label><button class="primary">Find</button></form>
      ${problemNotice(pager.problem)}
      ${pager.items === undefined ? pager.problem ? nothing : loading() : pager.items.length === 0 ? html`<p class="empty quiet">${wanted ? 'No user has this name.' : 'There are no users yet.'}</p>` : html`
        <div class="card flush scroll"><table class="rows">
          <thead><tr><th scope="col">Name</th><th scope="col">Since</th><th scope="col">Id</th></tr></thead>
          <tbody>${pager.items.map(user => html`<tr><th scope="row"><a class="row-link" href=${`/console/users/${user.id}`}>${user.name ?? 'Unnamed user'}</a></th><td class="numbers">${moment(user.created_at)}</td><td class="mono small quiet">${user.id}</td></tr>`)}</tbody></table></div>
        ${pager.more()}`}`,
  };
}
