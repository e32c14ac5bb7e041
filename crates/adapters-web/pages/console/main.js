// The console: its pages by address, and the sign-in before all of them.
import { navigate, start, update } from '../shared/router.js';
import { session } from '../shared/session.js';
import { access, signInWithCode } from './access.js';
import { frame } from './frame.js';
import { checkIn } from './views/check-in.js';
import { concert } from './views/concert.js';
import { create } from './views/create.js';
import { health } from './views/health.js';
import { log } from './views/log.js';
import { orders } from './views/orders.js';
import { overview } from './views/overview.js';
import { queues } from './views/queues.js';
import { seats } from './views/seats.js';
import { user } from './views/user.js';
import { users } from './views/users.js';

// The texts are English, whatever the language of dates and numbers.
document.documentElement.lang = 'en';

/** @param {(context: import('../shared/router.js').Context) => import('../shared/router.js').View} open shows a page to operators only */
const guarded = open => (/** @type {import('../shared/router.js').Context} */ context) => {
  if (access.state === 'granted') return open(context);
  return { title: () => 'Sign in', template: () => access.template() };
};

const run = () => start({
  root: /** @type {HTMLElement} */ (document.getElementById('app')),
  titleSuffix: 'Frontrow console',
  frame,
  routes: [
    { pattern: /^\/console\/?$/, open: guarded(overview) },
    { pattern: /^\/console\/concerts\/new$/, open: guarded(create) },
    { pattern: /^\/console\/concerts\/([^/]+)$/, open: guarded(concert) },
    { pattern: /^\/console\/concerts\/([^/]+)\/seats$/, open: guarded(seats) },
    { pattern: /^\/console\/concerts\/([^/]+)\/orders$/, open: guarded(orders) },
    { pattern: /^\/console\/queues$/, open: guarded(queues) },
    { pattern: /^\/console\/users$/, open: guarded(users) },
    { pattern: /^\/console\/users\/([^/]+)$/, open: guarded(user) },
    { pattern: /^\/console\/check-in$/, open: guarded(checkIn) },
    { pattern: /^\/console\/log$/, open: guarded(log) },
    { pattern: /^\/console\/health$/, open: guarded(health) },
  ],
});

access.addEventListener('change', () => navigate(location.pathname + location.search, { replace: true }));
session.addEventListener('change', () => { if (!session.isSignedIn) access.revoke(); });

const code = new URLSearchParams(location.hash.slice(1)).get('code');
if (code !== null) history.replaceState(null, '', location.pathname + location.search);
run();
await (code === null ? access.check() : signInWithCode(code));
update();
