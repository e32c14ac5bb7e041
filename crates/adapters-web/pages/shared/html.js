// The template library.
export { html, nothing, render, svg } from '../vendor/lit-html.js';

/** @typedef {import('../vendor/lit-html.js').TemplateResult<1> | import('../vendor/lit-html.js').TemplateResult<2>} Template */
