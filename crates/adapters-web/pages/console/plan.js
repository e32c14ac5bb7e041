// Seat plans: made of sections and rows with places on a drawing, and shown before they exist.
/** @typedef {import('./types.js').SeatPlan} SeatPlan */
/** @typedef {import('../shared/types.js').Layout} Layout */
/** @typedef {[number, number]} Point */
/** @typedef {{ name: string, price: number, colour: string }} Category the price in minor units */
/** @typedef {{ name: string, category: number, rows: number, seats: number, tier: number }} Section sections of the same tier are side by side; the first tier is next to the stage */
/** @typedef {{ categories: Category[], sections: Section[] }} Sketch */

/** The distances of seats, rows, blocks and tiers, in tenths of a seat. */
const [SEAT, ROW, AISLE, TIER, STAGE] = [10, 12, 30, 34, 40];
/** How much the rows bend around the stage. */
const BEND = 0.35;
/** Points along the edge of a section. */
const EDGE = 8;
const MARGIN = 8;
export const MAX_SEATS = 100_000;
/** The hash of a layout that the server hasn’t sent. */
export const UNKNOWN_HASH = '';

/** @type {Record<string, { name: string, detail: string, sketch: Sketch }>} prices are in units of the currency's smallest common note */
export const TEMPLATES = {
  club: { name: 'Club', detail: '50 seats in five rows', sketch: { categories: [{ name: 'Seats', price: 60, colour: '#4f46e5' }], sections: [{ name: 'Floor', category: 0, rows: 5, seats: 10, tier: 1 }] } },
  theatre: {
    name: 'Theatre', detail: '656 seats, stalls and balcony',
    sketch: {
      categories: [{ name: 'Front stalls', price: 120, colour: '#be123c' }, { name: 'Stalls', price: 90, colour: '#4f46e5' }, { name: 'Balcony', price: 60, colour: '#0f766e' }],
      sections: [{ name: 'Front stalls', category: 0, rows: 6, seats: 24, tier: 1 }, { name: 'Stalls', category: 1, rows: 10, seats: 28, tier: 2 }, { name: 'Balcony', category: 2, rows: 8, seats: 29, tier: 3 }],
    },
  },
  arena: {
    name: 'Arena', detail: '4,800 seats in nine blocks',
    sketch: {
      categories: [{ name: 'Floor', price: 165, colour: '#be123c' }, { name: 'Lower ring', price: 132, colour: '#4f46e5' }, { name: 'Upper ring', price: 99, colour: '#0f766e' }],
      sections: [...'ABC'].map(name => ({ name: `Floor ${name}`, category: 0, rows: 20, seats: 20, tier: 1 }))
        .concat([...'DEF'].map(name => ({ name: `Ring ${name}`, category: 1, rows: 20, seats: 30, tier: 2 })))
        .concat([...'GHI'].map(name => ({ name: `Ring ${name}`, category: 2, rows: 15, seats: 40, tier: 3 }))),
    },
  },
};

/** @param {number} index returns A to Z, AA to AZ, … @returns {string} */
export const letters = index => (index < 26 ? String.fromCharCode(65 + index) : letters(Math.floor(index / 26) - 1) + letters(index % 26));

/** @param {Sketch} sketch */
export const seatsOf = ({ sections }) => sections.reduce((sum, { rows, seats }) => sum + rows * seats, 0);

/** @param {Sketch} sketch */
export const valueOf = ({ categories, sections }) => sections.reduce((sum, { rows, seats, category }) => sum + rows * seats * (categories[category]?.price ?? 0), 0);

/** @param {string} name @param {number} index */
const idOf = (name, index) => `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 30) || 'category'}-${index + 1}`;

/** @param {Sketch} sketch returns the plan, with the place of every row @returns {SeatPlan} */
export function planOf({ categories, sections }) {
  const ids = categories.map(({ name }, index) => idOf(name, index));
  let number = 1;
  const numbered = sections.map(({ name, category, rows, seats }) => ({
    name,
    category: ids[category] ?? null,
    rows: Array.from({ length: rows }, (_, index) => {
      const from = number;
      number += seats;
      return { name: letters(index), numbers: { from, to: number - 1 } };
    }),
  }));
  return placed({ categories: categories.map(({ name, price, colour }, index) => ({ id: ids[index] ?? '', name, price, colour })), sections: numbered }, sections.map(({ tier }) => tier));
}

/** @param {any} row */
const lengthOf = row => row.numbers.to - row.numbers.from + 1;

/**
 * Places the rows of a plan around the stage.
 * @param {any} plan
 * @param {number[]} tierOf the tier of each section
 * @returns {SeatPlan}
 */
function placed(plan, tierOf) {
  const blocks = plan.sections.map((/** @type {any} */ section, /** @type {number} */ index) => ({ section, tier: tierOf[index] ?? 1, width: Math.max(1, ...section.rows.map(lengthOf)) * SEAT }));
  const tiers = [...new Set(tierOf)].sort((one, other) => one - other).map(tier => blocks.filter((/** @type {any} */ block) => block.tier === tier));
  const widthOf = (/** @type {any[]} */ tier) => tier.reduce((sum, { width }) => sum + width, AISLE * (tier.length - 1));
  const widest = Math.max(1, ...tiers.map(widthOf));
  const bend = BEND / widest;
  let depth = 0;
  for (const tier of tiers) {
    let left = -widthOf(tier) / 2;
    for (const { section, width } of tier) {
      section.rows.forEach((/** @type {any} */ row, /** @type {number} */ index) => {
        const half = ((lengthOf(row) - 1) * SEAT) / 2;
        const middle = left + width / 2;
        row.curve = arc(middle - half, middle + half, depth + index * ROW, bend);
      });
      const back = depth + (section.rows.length - 1) * ROW;
      section.outline = [...edge(left, left + width, depth - MARGIN, bend), ...edge(left, left + width, back + MARGIN, bend).reverse()];
      left += width + AISLE;
    }
    depth += Math.max(...tier.map((/** @type {any} */ { section }) => section.rows.length)) * ROW + TIER;
  }
  const wing = Math.round(widest * 0.2) + SEAT;
  return { ...plan, stage: [[-wing, -2 * STAGE], [wing, -2 * STAGE], [wing, -STAGE], [-wing, -STAGE]] };
}

/** A part of a parabola is exactly a quadratic Bézier curve. @param {number} from @param {number} to @param {number} y @param {number} bend @returns {Point[]} */
function arc(from, to, y, bend) {
  const point = (/** @type {number} */ x, /** @type {number} */ drop) => /** @type {Point} */ ([Math.round(x), Math.round(y - bend * drop)]);
  return [point(from, from * from), point((from + to) / 2, from * to), point(to, to * to)];
}

/** @param {number} from @param {number} to @param {number} y @param {number} bend @returns {Point[]} */
const edge = (from, to, y, bend) => Array.from({ length: EDGE + 1 }, (_, index) => {
  const x = from + ((to - from) * index) / EDGE;
  return /** @type {Point} */ ([Math.round(x), Math.round(y - bend * x * x)]);
});

/** @param {SeatPlan} plan whether the plan has the place of every row */
const isPlaced = plan => plan.sections.every(({ outline, rows }) => outline && rows.every(({ curve }) => curve));

/** @param {SeatPlan} plan returns the layout of a plan, before the server knows it @param {string} currency @returns {Layout} */
export function layoutOf(plan, currency) {
  const side = Math.ceil(Math.sqrt(plan.sections.length));
  const drawn = isPlaced(plan) ? plan : placed(structuredClone(plan), plan.sections.map((_, index) => Math.floor(index / side)));
  const money = (/** @type {number} */ amount) => ({ amount, currency });
  const categories = (drawn.categories ?? []).map(({ id, name, colour, price }, index) => ({ id, name, colour: colour ?? COLOURS[index % COLOURS.length] ?? '', price: money(price) }));
  const priced = (/** @type {number} */ price) => {
    const id = `price-${price}`;
    if (!categories.some(category => category.id === id)) categories.push({ id, name: String(price), colour: COLOURS[categories.length % COLOURS.length] ?? '', price: money(price) });
    return id;
  };
  const sections = drawn.sections.map(section => ({
    name: section.name,
    outline: section.outline ?? [],
    rows: section.rows.map(row => ({
      ...row,
      from: row.numbers.from,
      to: row.numbers.to,
      first_place: row.first_place ?? 1,
      curve: row.curve ?? [],
      category: row.category ?? (row.price === null || row.price === undefined ? section.category ?? priced(section.price ?? 0) : priced(row.price)),
    })),
  }));
  const seats = sections.reduce((sum, { rows }) => sum + rows.reduce((all, { from, to }) => all + to - from + 1, 0), 0);
  return /** @type {Layout} */ (/** @type {unknown} */ ({ hash: UNKNOWN_HASH, seats, categories, sections, stage: drawn.stage ?? [] }));
}

export const COLOURS = ['#be123c', '#4f46e5', '#0f766e', '#b45309', '#7e22ce', '#0369a1', '#4d7c0f', '#be185d'];
