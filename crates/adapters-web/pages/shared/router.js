// One page per address: the view of the address is started, and the former one is stopped.
import { render } from './html.js';

/** @typedef {import('./html.js').Template} Template */
/**
 * A page: its title, its template, and what follows each time it was drawn.
 * @typedef {{ title: () => string, template: () => Template, drawn?: () => void }} View
 */
/**
 * What a page gets: a signal that ends it, and `navigate`, which does nothing after that.
 * @typedef {{ signal: AbortSignal, update: () => void, navigate: typeof navigate, parameter: string, query: URLSearchParams }} Context
 */
/** @typedef {{ pattern: RegExp, open: (context: Context) => View }} Route */

/** @type {{ view?: View, stop?: AbortController, path: string, isScheduled: boolean, needsFocus: boolean }} */
const current = { path: '', isScheduled: false, needsFocus: false };
/** @type {{ routes: Route[], frame: (content: Template, path: string) => Template, root: HTMLElement, titleSuffix: string }} */
let app;

/**
 * Starts an application of these routes; `frame` surrounds the content of each.
 * @param {typeof app} settings
 */
export function start(settings) {
  app = settings;
  // A link within the page is no other page.
  addEventListener('popstate', () => {
    if (location.pathname + location.search === current.path) return;
    current.needsFocus = true;
    open();
  });
  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.origin !== location.origin || link.target || link.hash || !routeOf(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
  open();
}

/** @param {string} path */
const isEmbeddable = path => path.startsWith('/queue/');
/** @param {string} path */
const routeOf = path => app.routes.find(({ pattern }) => pattern.test(path));

/**
 * Goes to another page of the application.
 * @param {string} path
 * @param {{ replace?: boolean }} [options]
 */
export function navigate(path, { replace = false } = {}) {
  // In a frame of a shop, only the queue is shown.
  if (window.top !== window && !isEmbeddable(path)) {
    window.open(path, '_top');
    return;
  }
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  scrollTo({ top: 0 });
  current.needsFocus = true;
  open();
}

function open() {
  current.stop?.abort();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  const stop = new AbortController();
  const route = routeOf(location.pathname) ?? app.routes[0];
  if (!route) throw new Error('there are no routes');
  const parameter = decoded(route.pattern.exec(location.pathname)?.[1] ?? '');
  current.stop = stop;
  current.path = location.pathname + location.search;
  /** @type {typeof navigate} */
  const goOn = (path, options) => { if (!stop.signal.aborted) navigate(path, options); };
  const context = { signal: stop.signal, update, navigate: goOn, parameter, query: new URLSearchParams(location.search) };
  current.view = route.open(context);
  draw();
}

/** @param {string} text a part of an address */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Draws the current page again, once for all changes that are made together. */
export function update() {
  if (current.isScheduled) return;
  current.isScheduled = true;
  queueMicrotask(() => {
    current.isScheduled = false;
    draw();
  });
}

function draw() {
  const { view } = current;
  if (!view) return;
  document.title = `${view.title()} · ${app.titleSuffix}`;
  render(app.frame(view.template(), location.pathname), app.root);
  view.drawn?.();
  // Screen readers continue with the heading of the new page, once there is one.
  const heading = current.needsFocus ? app.root.querySelector('h1') : null;
  if (heading) {
    current.needsFocus = false;
    heading.focus({ preventScroll: true });
  }
}
