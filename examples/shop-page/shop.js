// The front end of a shop: it calls Frontrow from the browser, on another origin. README.md explains it.
const API = new URLSearchParams(location.search).get('api') ?? 'http://127.0.0.1:8080';
const $ = id => document.getElementById(id);
// The user's access token survives a reload. (A shop with accounts would use the JWTs of its own issuer.)
const accessToken = () => localStorage.getItem('accessToken');
// The purchase: a concert, a place in its queue and its event stream, the hall, the held seats, and when the turn or the hold ends.
let concert, queueToken, stream, layout, availability, reservation, deadline;

// Requests -------------------------------------------------------------------------------------------------------------------------
/** Sends a request; repeats it, with the same key, after a broken connection and after 429 and 503. */
async function send(method, path, { body, key, as = 'json' } = {}) {
  const headers = new Headers(body && { 'content-type': 'application/json' });
  if (accessToken()) headers.set('authorization', `Bearer ${accessToken()}`);
  if (queueToken) headers.set('queue-token', queueToken);
  if (key) headers.set('idempotency-key', key);
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
    if (response?.ok) return response.status === 204 ? null : response[as]();
    const again = !response || response.status === 429 || response.status === 503;
    if (!again || attempt === 6) throw Object.assign(new Error('refused'), { problem: await response?.json().catch(() => null) });
    await new Promise(resume => setTimeout(resume, 1000 * (response?.headers.get('retry-after') ?? 1)));
  }
}

/** Reads a public resource: without headers of the API, so it needs no preflight. */
const read = async path => (await fetch(API + path)).json();

/** Runs an action of the user. */
async function act(action, button = {}) {
  $('problem').hidden = button.disabled = true;
  await action().catch(error => refuse(error.problem ?? { title: 'The shop can’t be reached.', detail: 'Please try again.' }));
  button.disabled = false;
}

/** Shows a problem in the words of the API, which are written for buyers. */
function refuse({ code, title, detail }) {
  $('problem').replaceChildren(element('strong', title), ` ${detail}`);
  $('problem').hidden = false;
  if (code === 'UNAUTHENTICATED') localStorage.removeItem('accessToken');
  if (code === 'UNAUTHENTICATED' || code?.startsWith('QUEUE_')) whatsOn();
  if (code === 'RESERVATION_EXPIRED') choose();
}

// What's on: public ----------------------------------------------------------------------------------------------------------------
async function whatsOn() {
  stream?.close();
  queueToken = null;
  const { items } = await read('/v1/concerts?on_sale=true');
  $('whats-on').replaceChildren(element('h2', 'What’s on'), ...items.map(card));
  show('whats-on');
}

function card(item) {
  const { id, name, host, description, venue, next_schedule: next, price_range: prices } = item;
  return element('article', { style: `--hue: ${parseInt(id.slice(-4), 16) % 360}` }, element('h3', name),
    element('p', `${when(next.starts_at, venue?.zone)} · ${venue?.name ?? host}`),
    element('p', description?.split('\n')[0] ?? '', { className: 'quiet' }),
    element('footer', `from ${money(prices.min)}`, element('button', 'Get tickets', { onclick: () => ask(item) })));
}

function ask(item) {
  concert = item;
  for (const title of document.querySelectorAll('.concert')) title.textContent = concert.name;
  if (accessToken()) return act(join);
  // The key of this registration, however often it is sent.
  const [form, key] = [$('register').firstElementChild, crypto.randomUUID()];
  form.onsubmit = event => event.submitter.value && act(async () => {
    const { access_token } = await send('POST', '/v1/users', { body: { name: form.name.value }, key });
    localStorage.setItem('accessToken', access_token);
    await join();
  });
  $('register').showModal();
}

// The queue: EventSource can't send headers, so it opens the URL of a stream ticket --------------------------------------------------
async function join() {
  const token = await send('POST', '/v1/queue-tokens', { body: { concert_id: concert.id } });
  queueToken = token.token;
  show('queue');
  onToken(token);
  await follow();
}

async function follow() {
  const { url } = await send('POST', `/v1/queue-tokens/${queueToken}/stream-tickets`);
  const source = stream = new EventSource(API + url);
  for (const name of ['position', 'activated', 'extended', 'expired']) source.addEventListener(name, event => onToken(JSON.parse(event.data)));
  source.addEventListener('queue', event => {
    const { state, message } = JSON.parse(event.data);
    $('message').textContent = message ?? (state === 'PAUSED' ? 'The queue pauses. You keep your place.' : '');
  });
  // It reconnects by itself, unless the ticket has expired: then another one is needed.
  source.onerror = () => queueToken && source === stream && source.readyState === EventSource.CLOSED && setTimeout(() => act(follow), 2000);
}

function onToken({ status, position, estimated_wait: wait, expires_in_seconds, expired_reason }) {
  if (status === 'WAITING') {
    $('position').textContent = position?.toLocaleString() ?? '…';
    $('wait').textContent = wait.known ? `in the queue, for about ${Math.ceil(wait.p50_seconds / 60)} min` : 'in the queue';
  } else if (status === 'ACTIVE') {
    if (!reservation) deadline = Date.now() + expires_in_seconds * 1000;
    if ($('seats').hidden) act(enter);
  } else if (expired_reason !== 'PAID') {
    refuse({ code: 'QUEUE_TOKEN_EXPIRED', title: 'Your turn has ended.', detail: 'You can join again.' });
  }
}

// The seats ------------------------------------------------------------------------------------------------------------------------
async function enter() {
  show('seats');
  choose();
  const several = concert.first_schedule.id !== concert.last_schedule.id;
  const schedules = several ? (await send('GET', `/v1/concerts/${concert.id}/schedules?bookable=true`)).items : [concert.next_schedule];
  $('order').schedule.replaceChildren(...schedules.map(({ id, starts_at }) => element('option', when(starts_at, concert.venue?.zone), { value: id })));
  await openHall();
}

async function openHall() {
  layout = await read(`/v1/schedules/${$('order').schedule.value}/layout`);
  layout.places = placesOf(layout);
  const prices = layout.categories.map(({ id, price }) => element('option', money(price), { value: id }));
  $('order').category.replaceChildren(element('option', 'Any', { value: '' }), ...prices);
  const legend = [...layout.categories.map(({ colour, price }) => [colour, money(price)]), [TAKEN, 'taken'], [STAGE, 'stage']];
  $('legend').replaceChildren(...legend.map(([colour, text]) => element('li', element('i', { style: `background: ${colour}` }), text)));
  await refresh();
}

/** The URL is always the same, so that the browser caches the preflight, and gets 304 if nothing has changed. */
async function refresh() {
  availability = await send('GET', `/v1/schedules/${$('order').schedule.value}/availability`);
  $('free').textContent = `${availability.available.toLocaleString()} seats are free`;
  draw();
}

async function hold(key) {
  const { schedule, count, category } = $('order');
  const body = { schedule_id: schedule.value, best_available: { count: Number(count.value), category: category.value || null } };
  choose(await send('POST', '/v1/reservations', { body, key }));
  await refresh();
}

/** Shows the held seats, or if there are none, the choice. */
function choose(held) {
  reservation = held;
  $('choice').hidden = Boolean(held);
  $('held').hidden = !held;
  if (!held) return;
  deadline = Date.now() + held.expires_in_seconds * 1000;
  $('held').firstElementChild.replaceChildren(...held.seats.map(({ label, price }) => element('li', label, element('span', money(price)))));
  $('pay').textContent = `Pay ${money(held.amount)}`;
  // The keys of this order: pressing the button again doesn't pay again.
  const keys = { charge: crypto.randomUUID(), pay: crypto.randomUUID() };
  $('pay').onclick = () => act(() => pay(keys), $('pay'));
}

async function pay(keys) {
  // A demo's users charge their own wallets. In production, the shop's back end does so when its payment provider has the money.
  await send('POST', '/v1/wallet/charges', { body: { amount: reservation.amount }, key: keys.charge });
  await send('POST', '/v1/payments', { body: { reservation_id: reservation.id }, key: keys.pay });
  stream.close();
  queueToken = null;
  await myTickets();
}

// The map --------------------------------------------------------------------------------------------------------------------------
const [TAKEN, STAGE] = ['#3a4256', '#c9cfdd'];
const between = (a, b, t) => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
/** Returns the point of a line, or of a quadratic Bézier curve. */
const along = ([a, b, c], t) => c ? between(between(a, b, t), between(b, c, t), t) : between(a, b, t);

/** Returns the places of all seats, by number: those of a row are distributed evenly along its curve. */
function placesOf({ sections, categories }) {
  const colours = new Map(categories.map(({ id, colour }) => [id, colour]));
  const seats = sections.flatMap(({ rows }) => rows).flatMap(({ from, to, curve, category }) =>
    Array.from({ length: to - from + 1 }, (_, i) =>
      ({ number: from + i, at: along(curve, from === to ? 0.5 : i / (to - from)), colour: colours.get(category) })));
  return seats.sort((one, other) => one.number - other.number);
}

/** Draws the hall, or the surroundings of the held seats. The status of each seat is in two bits, in the order of the numbers. */
function draw() {
  const [canvas, { places, sections, stage }, bits] = [$('map'), layout, atob(availability.bits)];
  const pen = canvas.getContext('2d');
  const held = places.filter(({ number }) => reservation?.seats.some(seat => seat.number === number));
  const corners = [...sections.flatMap(({ outline }) => outline), ...stage];
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs) - 40, Math.max(...xs) + 40, Math.min(...ys) - 40, Math.max(...ys) + 40];
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.width * (bottom - top) / (right - left);
  const scale = canvas.width / (right - left) * (held.length ? Math.max(1, (right - left) / 600) : 1);
  const size = Math.max(8, 2.5 / scale);
  const [x, y] = held.length ? between(held[0].at, held.at(-1).at, 0.5) : [(left + right) / 2, (top + bottom) / 2];
  pen.setTransform(scale, 0, 0, scale, canvas.width / 2 - x * scale, canvas.height / 2 - y * scale);
  pen.fillStyle = STAGE;
  pen.fill(new Path2D(`M${stage.join('L')}Z`));
  places.forEach((place, index) => {
    const isAvailable = (bits.charCodeAt(index >> 2) >> 2 * (index & 3) & 3) === 0;
    pen.fillStyle = held.includes(place) ? '#fff' : isAvailable ? place.colour : TAKEN;
    pen.fillRect(place.at[0] - size / 2, place.at[1] - size / 2, size, size);
  });
}

// The tickets: they need no queue token ----------------------------------------------------------------------------------------------
async function myTickets() {
  const { items } = await send('GET', '/v1/tickets');
  const articles = items.map(({ id, seat, schedule, status }) => {
    const image = element('img', { alt: 'QR code' });
    // An <img> can't send the access token either.
    send('GET', `/v1/tickets/${id}/qr`, { as: 'blob' }).then(blob => { image.src = URL.createObjectURL(blob); });
    return element('article', image, element('div', element('h3', schedule.concert.name),
      element('p', `${when(schedule.starts_at, schedule.zone)} · ${schedule.venue?.name ?? schedule.concert.host}`),
      element('p', seat.label, { className: 'seat' }), element('p', status === 'VALID' ? money(seat.price) : status, { className: 'quiet' })));
  });
  $('tickets').replaceChildren(element('h2', 'Your tickets'), ...articles, element('button', 'Back', { className: 'plain', onclick: () => act(whatsOn) }));
  show('tickets');
}

// The page -------------------------------------------------------------------------------------------------------------------------
function show(id) {
  const sections = [...document.querySelectorAll('section')];
  for (const section of sections) section.hidden = section.id !== id;
  [...$('steps').children].forEach((step, index) => step.classList.toggle('now', sections[index].id === id));
  $('mine').hidden = !accessToken() || id !== 'whats-on';
}

/** Creates an element of texts, elements and properties. Texts are never read as HTML. */
function element(name, ...parts) {
  const node = document.createElement(name);
  for (const part of parts) part instanceof Node || typeof part === 'string' ? node.append(part) : Object.assign(node, part);
  return node;
}

const when = (instant, timeZone) => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone });

/** Amounts are in minor units: KRW has none, USD has cents. */
function money({ amount, currency }) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

setInterval(() => {
  const time = new Date(Math.max(0, deadline - Date.now()) || 0).toISOString().slice(14, 19);
  $('countdown').textContent = reservation ? `Your seats are held for ${time}` : `You have ${time} to choose`;
}, 200);
setInterval(() => availability && !$('seats').hidden && !document.hidden && refresh().catch(() => {}), 5000);

$('find').onclick = () => act(() => hold(crypto.randomUUID()), $('find'));
$('order').schedule.onchange = () => act(openHall);
$('release').onclick = () => act(() => send('DELETE', `/v1/reservations/${reservation.id}`).then(() => choose()).then(refresh), $('release'));
$('leave').onclick = () => act(() => send('DELETE', `/v1/queue-tokens/${queueToken}`).then(whatsOn), $('leave'));
$('mine').onclick = () => act(myTickets, $('mine'));
onresize = () => availability && draw();
act(whatsOn);
