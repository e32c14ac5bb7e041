// A new concert: its details, its dates, and its seats from a template, by sections and rows, or from a file, with a live preview.
import { html, nothing } from '../../shared/html.js';
import { ProblemError, createOnce, get, list, newId } from '../../shared/api.js';
import { digits, integer, money } from '../../shared/format.js';
import { navigate } from '../../shared/router.js';
import { heading, problemNotice, toast } from '../frame.js';
import { FileError, readPlan } from '../lines.js';
import { COLOURS, MAX_SEATS, TEMPLATES, layoutOf, planOf, seatsOf, valueOf } from '../plan.js';
import { Preview } from '../preview.js';
import { HERE, ZONES, instantOf, localOf } from '../zone.js';

/** @typedef {import('../types.js').QueueReport} QueueReport */
/** @typedef {import('../plan.js').Sketch} Sketch */
/** @typedef {import('../lines.js').LineError} LineError */

const DAY = 86_400_000;
const MAX_DATES = 50;

/** @param {import('../../shared/router.js').Context} context */
export function create({ update, signal }) {
  let currency = 'KRW';
  let zone = HERE;
  let way = 'template';
  let template = 'theatre';
  /** @type {Sketch} */
  let sketch = structuredClone(/** @type {Sketch} */ (TEMPLATES['theatre']?.sketch));
  /** @type {{ name: string, plan: any, lineOf: (pointer: string) => number | undefined } | undefined} */
  let file;
  /** @type {LineError[]} */
  let fileErrors = [];
  /** @type {{ starts: string, opens: string, closes: string }[]} */
  let dates = [evening(30)];
  /** @type {QueueReport[]} */
  let queues = [];
  let queue = 'new';
  const ids = { queue: newId(), concert: newId() };
  /** @type {unknown} */
  let problem;
  let isBusy = false;
  /** Whether the seats are no longer those of the template. */
  let isEdited = false;
  const preview = new Preview(signal);

  choose(template);
  void prepare();

  async function prepare() {
    const [found, concerts] = await Promise.all([list('/v1/admin/queues'), get('/v1/admin/concerts?page_size=20')]).catch(() => /** @type {[QueueReport[], { items: any[] }]} */ ([[], { items: [] }]));
    queues = found;
    const known = concerts.items.flatMap((/** @type {any} */ { schedules }) => schedules).find((/** @type {any} */ { figures }) => figures)?.figures.revenue.currency ?? await get('/v1/wallet').then(wallet => wallet.balance.currency, () => undefined);
    if (signal.aborted) return;
    // The amounts of the templates depend on the currency.
    if (known && known !== currency) {
      currency = known;
      if (!isEdited) choose(template);
    }
    update();
  }

  /** @param {number} days @returns {typeof dates[number]} an evening in some days, on sale from now on */
  function evening(days) {
    const start = `${localOf(new Date(Date.now() + days * DAY), zone).slice(0, 10)}T20:00`;
    return { starts: start, opens: localOf(new Date(), zone), closes: start };
  }

  /** @returns {number} what a unit of a template’s price is worth: about a dollar */
  function unit() {
    return digits(currency) === 0 ? 1_000 : 10 ** digits(currency);
  }

  /** @param {string} key */
  function choose(key) {
    template = key;
    isEdited = false;
    sketch = structuredClone(/** @type {Sketch} */ (TEMPLATES[key]?.sketch));
    for (const category of sketch.categories) category.price *= unit();
    refresh();
  }

  function plan() {
    return way === 'file' ? file?.plan : planOf(sketch);
  }

  /** Draws the preview again. */
  function refresh() {
    try {
      const current = plan();
      preview.show(current && seats() <= MAX_SEATS ? layoutOf(current, currency) : undefined);
    } catch (error) {
      console.warn(error);
      preview.show(undefined);
    }
    update();
  }

  /** @returns {number} the seats of a date */
  function seats() {
    if (way !== 'file') return seatsOf(sketch);
    const rows = (file?.plan.sections ?? []).flatMap((/** @type {any} */ section) => section.rows);
    return rows.reduce((/** @type {number} */ sum, /** @type {any} */ { numbers }) => sum + numbers.to - numbers.from + 1, 0);
  }

  /** @param {Event} event */
  async function readFile(event) {
    const chosen = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!chosen) return;
    [file, fileErrors, problem] = [undefined, [], undefined];
    try {
      file = { name: chosen.name, ...readPlan(chosen.name, await chosen.text()) };
    } catch (error) {
      fileErrors = error instanceof FileError ? error.errors : [{ line: undefined, message: 'The file can’t be read.' }];
    }
    refresh();
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ name) => String(data.get(name) ?? '').trim();
    const seatMap = plan();
    if (!seatMap) return;
    isBusy = true;
    [problem, fileErrors] = [undefined, []];
    update();
    try {
      const queueId = queue === 'new' ? ids.queue : queue;
      if (queue === 'new') {
        await createOnce('/v1/admin/queues', { id: queueId, name: text('name'), policy: { capacity: Number(text('capacity')) } });
        // A second attempt uses the queue that the first one created.
        queue = queueId;
        queues = await list('/v1/admin/queues');
      }
      const [venue, city] = [text('venue'), text('city')];
      const body = {
        id: ids.concert,
        name: text('name'),
        host: text('host'),
        queue_id: queueId,
        ...(text('description') ? { description: text('description') } : {}),
        ...(text('image_url') ? { image_url: text('image_url') } : {}),
        ...(text('limit') ? { max_seats_per_user: Number(text('limit')) } : {}),
        ...(venue && city ? { venue: { name: venue, city, zone } } : {}),
        ...(text('publishes_at') ? { publishes_at: instantOf(text('publishes_at'), zone) } : {}),
        schedules: dates.map(({ starts, opens, closes }) => ({ starts_at: instantOf(starts, zone), zone, sale_opens_at: instantOf(opens, zone), sale_closes_at: instantOf(closes, zone), seat_map: seatMap })),
      };
      await createOnce('/v1/admin/concerts', body);
      toast(`${body.name} is created with ${integer(seats() * dates.length)} seats.`);
      navigate(`/console/concerts/${body.id}`);
    } catch (error) {
      if (way === 'file' && file && error instanceof ProblemError) fileErrors = atLines(error, file.lineOf);
      problem = fileErrors.length > 0 ? undefined : error;
      isBusy = false;
      update();
    }
  }

  /** @param {ProblemError} error @param {(pointer: string) => number | undefined} lineOf @returns {LineError[]} the errors within the seat plan, at their lines */
  function atLines(error, lineOf) {
    const prefix = /^\/schedules\/\d+\/seat_map/;
    const errors = /** @type {{ pointer: string, message: string }[]} */ (error.problem['errors'] ?? []);
    return errors.filter(({ pointer }) => prefix.test(pointer)).map(({ pointer, message }) => ({ line: lineOf(pointer.replace(prefix, '')), message: `${pointer.replace(prefix, '')} ${message}` }));
  }

  /** @param {object} target @param {string} name @param {(text: string) => unknown} [read] changes a part of the sketch */
  const edit = (target, name, read = Number) => (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (!field.checkValidity()) return;
    isEdited = true;
    Object.assign(target, { [name]: read(field.value) });
    refresh();
  };

  return {
    drawn: () => preview.attach(),
    title: () => 'New concert',
    template: () => html`
      ${heading('New concert')}
      <form class="creation" @submit=${submit}>
        <div class="stack wide-gap">
          ${details()}${dateFields()}${seatFields()}
          ${problemNotice(problem)}
          <div class="row"><button class="primary" ?disabled=${isBusy || !plan() || seats() > MAX_SEATS || seats() === 0}>Create the concert</button><a class="button plain" href="/console">Don’t</a></div>
        </div>
        <aside class="panel">
          <section class="card stack" aria-label="Preview"><h2>Preview</h2>
            ${preview.template()}
            <p class="numbers">${integer(seats())} seats${dates.length > 1 ? ` on each of ${integer(dates.length)} dates` : ''}${way === 'file' ? nothing : html`, worth <strong>${money({ amount: valueOf(sketch), currency })}</strong> a night`}</p>
            ${seats() > MAX_SEATS ? html`<p class="notice bad">A date has at most ${integer(MAX_SEATS)} seats.</p>` : nothing}
            ${way === 'file' && file && !file.plan.sections.every((/** @type {any} */ { outline }) => outline) ? html`<p class="small quiet">The file has no coordinates: the blocks are arranged automatically, and may look a little different.</p>` : nothing}
          </section>
        </aside>
      </form>`,
  };

  function details() {
    return html`<fieldset class="card stack"><legend><h2>Concert</h2></legend>
      <div class="pair-fields">
        <label class="field">Name<input name="name" required maxlength="200" autocomplete="off"></label>
        <label class="field">Organiser<input name="host" required maxlength="200" autocomplete="off"></label>
        <label class="field">Venue<input name="venue" maxlength="200" autocomplete="off"></label>
        <label class="field">City<input name="city" maxlength="200" autocomplete="off"></label>
      </div>
      <label class="field">Description<textarea name="description" rows="3" maxlength="2000"></textarea></label>
      <div class="pair-fields">
        <label class="field">Image address<input name="image_url" type="url" maxlength="2000" placeholder="https://…"></label>
        <label class="field">Seats per buyer<input name="limit" type="number" min="1" max="100" placeholder="default"></label>
        <label class="field">Queue<select @change=${(/** @type {Event} */ event) => { queue = /** @type {HTMLSelectElement} */ (event.target).value; update(); }}><option value="new" ?selected=${queue === 'new'}>A queue of its own</option>${queues.map(({ id, name }) => html`<option value=${id} ?selected=${id === queue}>${name}</option>`)}</select></label>
        ${queue === 'new' ? html`<label class="field">Buyers at once<input name="capacity" type="number" min="0" max="10000000" value="100" required></label>` : nothing}
        <label class="field">Published from<input name="publishes_at" type="datetime-local"><span class="small quiet">Empty: at once.</span></label>
      </div></fieldset>`;
  }

  function dateFields() {
    return html`<fieldset class="card stack"><legend><h2>Dates</h2></legend>
      <label class="field">Time zone of the venue<select @change=${(/** @type {Event} */ event) => { zone = /** @type {HTMLSelectElement} */ (event.target).value; update(); }}>${ZONES.map(name => html`<option ?selected=${name === zone}>${name}</option>`)}</select></label>
      ${dates.map((date, index) => html`<div class="row date-fields">
        <label class="field">Starts<input type="datetime-local" required .value=${date.starts} @change=${(/** @type {Event} */ event) => { const { value } = /** @type {HTMLInputElement} */ (event.target); if (date.closes === date.starts) date.closes = value; date.starts = value; update(); }}></label>
        <label class="field">Sale opens<input type="datetime-local" required .value=${date.opens} @change=${edit(date, 'opens', String)}></label>
        <label class="field">Sale closes<input type="datetime-local" required .value=${date.closes} @change=${edit(date, 'closes', String)}></label>
        ${dates.length > 1 ? html`<button type="button" class="plain small-button" aria-label=${`Remove date ${index + 1}`} @click=${() => { dates = dates.filter(other => other !== date); update(); }}>Remove</button>` : nothing}
      </div>`)}
      <div><button type="button" class="small-button" ?disabled=${dates.length >= MAX_DATES} @click=${() => { dates = [...dates, evening(30 + dates.length)]; update(); }}>Add a date</button></div></fieldset>`;
  }

  function seatFields() {
    const ways = [['template', 'Template'], ['sections', 'Sections and rows'], ['file', 'File']];
    return html`<fieldset class="card stack"><legend><h2>Seats</h2></legend>
      <div class="tabs" role="group" aria-label="How the seats are described">${ways.map(([key, name]) => html`<button type="button" aria-pressed=${way === key} @click=${() => { way = key ?? way; refresh(); }}>${name}</button>`)}</div>
      ${way === 'template' ? templates() : way === 'sections' ? sectionFields() : fileFields()}</fieldset>`;
  }

  function templates() {
    return html`<div class="choices" role="group" aria-label="Template">${Object.entries(TEMPLATES).map(([key, { name, detail }]) => html`<button type="button" class="choice" aria-pressed=${key === template} @click=${() => choose(key)}><strong>${name}</strong><span class="small quiet">${detail}</span></button>`)}</div>
      ${categoryFields()}<p class="small quiet">Adjust sections and rows on the next tab.</p>`;
  }

  function categoryFields() {
    return html`<div class="scroll"><table class="small-table edit"><thead><tr><th scope="col">Category</th><th scope="col">Price</th><th scope="col">Colour</th><th scope="col"><span class="visually-hidden">Remove</span></th></tr></thead>
      <tbody>${sketch.categories.map((category, index) => html`<tr>
        <td><input aria-label=${`Name of category ${index + 1}`} maxlength="200" required .value=${category.name} @change=${edit(category, 'name', String)}></td>
        <td><input class="number" aria-label=${`Price of ${category.name}`} type="number" min="0" step=${1 / 10 ** digits(currency)} required .value=${String(category.price / 10 ** digits(currency))} @change=${edit(category, 'price', value => Math.round(Number(value) * 10 ** digits(currency)))}> <span class="small quiet">${currency}</span></td>
        <td><input type="color" aria-label=${`Colour of ${category.name}`} .value=${category.colour} @change=${edit(category, 'colour', String)}></td>
        <td>${sketch.categories.length > 1 && !sketch.sections.some(section => section.category === index) ? html`<button type="button" class="plain tiny" aria-label=${`Remove ${category.name}`} @click=${() => { sketch.categories.splice(index, 1); for (const section of sketch.sections) if (section.category > index) section.category -= 1; refresh(); }}>×</button>` : nothing}</td></tr>`)}</tbody></table></div>
      <div><button type="button" class="small-button" @click=${() => { const count = sketch.categories.length; sketch.categories.push({ name: `Category ${count + 1}`, price: 60 * unit(), colour: COLOURS[count % COLOURS.length] ?? '#4f46e5' }); refresh(); }}>Add a category</button></div>`;
  }

  function sectionFields() {
    const number = (/** @type {Sketch['sections'][number]} */ section, /** @type {'rows' | 'seats' | 'tier'} */ name, /** @type {number} */ max, /** @type {string} */ what) => html`<input class="number" type="number" min="1" max=${max} required aria-label=${`${what} of ${section.name}`} .value=${String(section[name])} @input=${edit(section, name)}>`;
    return html`${categoryFields()}
      <div class="scroll"><table class="small-table edit"><thead><tr><th scope="col">Section</th><th scope="col">Category</th><th scope="col">Rows</th><th scope="col">Seats per row</th><th scope="col">Tier</th><th scope="col"><span class="visually-hidden">Remove</span></th></tr></thead>
      <tbody>${sketch.sections.map((section, index) => html`<tr>
        <td><input aria-label=${`Name of section ${index + 1}`} maxlength="200" required .value=${section.name} @change=${edit(section, 'name', String)}></td>
        <td><select aria-label=${`Category of ${section.name}`} @change=${edit(section, 'category')}>${sketch.categories.map(({ name }, key) => html`<option value=${key} ?selected=${key === section.category}>${name}</option>`)}</select></td>
        <td>${number(section, 'rows', 200, 'Rows')}</td><td>${number(section, 'seats', 500, 'Seats per row')}</td><td>${number(section, 'tier', 20, 'Tier')}</td>
        <td>${sketch.sections.length > 1 ? html`<button type="button" class="plain tiny" aria-label=${`Remove ${section.name}`} @click=${() => { sketch.sections.splice(index, 1); refresh(); }}>×</button>` : nothing}</td></tr>`)}</tbody></table></div>
      <div class="row"><button type="button" class="small-button" @click=${() => { const last = sketch.sections.at(-1); sketch.sections.push({ name: `Section ${sketch.sections.length + 1}`, category: last?.category ?? 0, rows: last?.rows ?? 10, seats: last?.seats ?? 20, tier: last?.tier ?? 1 }); refresh(); }}>Add a section</button>
        <span class="small quiet">Sections of the same tier are side by side; tier 1 is next to the stage.</span></div>`;
  }

  function fileFields() {
    return html`<label class="field">Seat plan<input type="file" accept=".json,.csv,application/json,text/csv" @change=${readFile}>
        <span class="small quiet">JSON as in the API (categories, sections, rows), or CSV with the columns section, row, seats, category, price.</span></label>
      ${file ? html`<p>${file.name}: ${integer(file.plan.sections.length)} sections, ${integer(seats())} seats.</p>` : nothing}
      ${fileErrors.length > 0 ? html`<div class="notice bad" role="alert"><div class="stack tight"><strong>${fileErrors.length === 1 ? 'The file has an error.' : `The file has ${integer(fileErrors.length)} errors.`}</strong>
        <ul>${fileErrors.map(({ line, message }) => html`<li>${line === undefined ? nothing : html`<strong class="numbers">Line ${line}:</strong> `}${message}</li>`)}</ul></div></div>` : nothing}`;
  }
}
