// The question before an action: what it does, in numbers, and why.
import { html, nothing, render } from '../shared/html.js';

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {unknown} effect what the action does
 * @property {string} action the name of the action
 * @property {boolean} [danger] whether it can't be undone
 * @property {'required' | 'optional'} [reason] whether a reason is recorded in the audit log
 */

/**
 * Asks before an action. Returns the reason, which may be empty; nothing if the operator doesn't want it.
 * @param {Question} question
 * @returns {Promise<string | undefined>}
 */
export function ask({ title, effect, action, danger = false, reason }) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('ask'));
  return new Promise(resolve => {
    /** @type {string | undefined} */
    let answer;
    dialog.onclose = () => {
      render(nothing, dialog);
      resolve(answer);
    };
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      answer = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('reason') ?? '').trim();
      if (reason === 'required' && answer === '') return;
      dialog.close();
    };
    render(html`<form class="stack" @submit=${submit}>
      <h2 id="ask-title">${title}</h2>
      <div class="stack tight">${effect}</div>
      ${reason ? html`<label class="field">${reason === 'required' ? 'Reason' : 'Reason (optional)'}
        <input name="reason" maxlength="1000" ?required=${reason === 'required'} autocomplete="off">
        <span class="small quiet">It appears in the audit log.</span></label>` : html`<p class="small quiet">It appears in the audit log.</p>`}
      <div class="row"><button class=${danger ? 'danger-fill' : 'primary'}>${action}</button><button type="button" class="plain" @click=${() => dialog.close()}>Cancel</button></div>
    </form>`, dialog);
    dialog.showModal();
  });
}
