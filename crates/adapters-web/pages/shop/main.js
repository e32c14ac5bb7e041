// The shop: its pages by address.
import { start, update } from '../shared/router.js';
import { session } from '../shared/session.js';
import { frame } from './frame.js';
import { account } from './views/account.js';
import { concert } from './views/concert.js';
import { home } from './views/home.js';
import { order } from './views/order.js';
import { queue } from './views/queue.js';
import { seats } from './views/seats.js';
import { tickets } from './views/tickets.js';
import { wallet } from './views/wallet.js';

// A shop's back end signs a buyer in with a code in the fragment, which is never sent to a server. A user who is signed in stays signed in.
const code = new URLSearchParams(location.hash.slice(1)).get('code');
if (code) {
  history.replaceState(null, '', location.pathname + location.search);
  if (!session.isSignedIn) await session.startWithCode(code).catch(error => console.warn(error));
}
session.addEventListener('change', update);
start({
  root: /** @type {HTMLElement} */ (document.getElementById('app')),
  titleSuffix: 'Frontrow',
  frame,
  routes: [
    { pattern: /^\/$/, open: home },
    { pattern: /^\/concerts\/([^/]+)$/, open: concert },
    { pattern: /^\/queue\/([^/]+)$/, open: queue },
    { pattern: /^\/seats\/([^/]+)$/, open: seats },
    { pattern: /^\/orders\/([^/]+)$/, open: order },
    { pattern: /^\/tickets$/, open: tickets },
    { pattern: /^\/wallet$/, open: wallet },
    { pattern: /^\/account$/, open: account },
  ],
});
