// The pages of one concert.
import { html, nothing } from '../shared/html.js';

const TABS = [['sale', 'Sale', ''], ['seats', 'Seats', '/seats'], ['orders', 'Orders', '/orders']];

/** @param {string} concert @param {string} current */
export const tabs = (concert, current) => html`<nav class="pages" aria-label="Concert">${TABS.map(([key, name, path]) => html`<a href=${`/console/concerts/${concert}${path}`} aria-current=${key === current ? 'page' : nothing}>${name}</a>`)}</nav>`;
