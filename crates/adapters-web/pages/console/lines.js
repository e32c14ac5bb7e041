// Files of seat plans, as JSON or CSV, with errors at their lines.
/** @typedef {{ line: number | undefined, message: string }} LineError */
/** @typedef {{ plan: any, lineOf: (pointer: string) => number | undefined }} ReadPlan */

/** A file with errors. */
export class FileError extends Error {
  /** @param {LineError[]} errors */
  constructor(errors) {
    super('the file has errors');
    this.errors = errors;
  }
}

const MAX_ERRORS = 50;

/** @param {string} name @param {string} text reads a file; its name tells the format @returns {ReadPlan} */
export function readPlan(name, text) {
  return name.toLowerCase().endsWith('.csv') ? fromCsv(text) : fromJson(text);
}

/** @param {string} text @returns {ReadPlan} */
function fromJson(text) {
  const { value, lines } = parse(text);
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isObject || !Array.isArray(value.sections)) throw new FileError([{ line: 1, message: 'The file must be an object with “sections”, as in PUT /v1/admin/schedules/{id}/seat-map.' }]);
  /** @type {LineError[]} */
  const errors = [];
  const require = (/** @type {boolean} */ holds, /** @type {string} */ pointer, /** @type {string} */ message) => {
    if (!holds && errors.length < MAX_ERRORS) errors.push({ line: nearest(lines, pointer), message });
    return holds;
  };
  for (const [index, section] of value.sections.entries()) {
    const at = `/sections/${index}`;
    if (!require(section !== null && typeof section === 'object' && Array.isArray(section.rows), at, 'A section needs “rows”.')) continue;
    require(typeof section.name === 'string' && section.name !== '', at, 'A section needs a “name”.');
    for (const [place, row] of section.rows.entries()) {
      const { from, to } = row?.numbers ?? {};
      if (!require(Number.isInteger(from) && Number.isInteger(to), `${at}/rows/${place}`, 'A row needs “numbers” with “from” and “to”.')) continue;
      require(from >= 1 && from <= to, `${at}/rows/${place}/numbers`, `The numbers ${from} to ${to} are not a range.`);
    }
  }
  if (errors.length > 0) throw new FileError(errors);
  return { plan: value, lineOf: pointer => nearest(lines, pointer) };
}

/** @param {Map<string, number>} lines @param {string} pointer the line of a value, or of what contains it @returns {number | undefined} */
function nearest(lines, pointer) {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const line = lines.get(at);
    if (line !== undefined || at === '') return line;
  }
}

const COLUMNS = ['section', 'row', 'seats', 'category', 'price'];

/** @param {string} text one row of seats on each line: section, row, seats, category, price @returns {ReadPlan} */
function fromCsv(text) {
  const all = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = cells(all[0] ?? '').map(cell => cell.toLowerCase());
  if (COLUMNS.some((column, index) => header[index] !== column)) throw new FileError([{ line: 1, message: `The first line must be: ${COLUMNS.join(',')}` }]);
  /** @type {LineError[]} */
  const errors = [];
  /** @type {Map<string, { id: string, name: string, price: number }>} */
  const categories = new Map();
  /** @type {Map<string, { name: string, rows: any[] }>} */
  const sections = new Map();
  /** @type {Map<string, number>} */
  const lines = new Map();
  let number = 1;
  for (const [index, line] of all.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const [section = '', row = '', seats = '', category = '', price = ''] = cells(line);
    const fail = (/** @type {string} */ message) => { if (errors.length < MAX_ERRORS) errors.push({ line: index + 1, message }); };
    const count = /^\d+$/.test(seats) ? Number(seats) : 0;
    if (section === '' || row === '' || category === '') fail('Section, row and category must not be empty.');
    if (count < 1) fail(`“${seats}” is not a number of seats.`);
    if (!/^\d+$/.test(price)) fail(`“${price}” is not a price in minor units.`);
    const known = categories.get(category) ?? { id: `category-${categories.size + 1}`, name: category, price: Number(price) };
    if (known.price !== Number(price)) fail(`The category ${category} has the price ${known.price} on an earlier line.`);
    categories.set(category, known);
    const part = sections.get(section) ?? { name: section, rows: [] };
    if (part.rows.some(({ name }) => name === row)) fail(`The section ${section} already has a row ${row}.`);
    sections.set(section, part);
    lines.set(`/sections/${[...sections.keys()].indexOf(section)}/rows/${part.rows.length}`, index + 1);
    part.rows.push({ name: row, category: known.id, numbers: { from: number, to: number + count - 1 } });
    number += count;
  }
  if (sections.size === 0 && errors.length === 0) errors.push({ line: 2, message: 'There are no rows.' });
  if (errors.length > 0) throw new FileError(errors);
  return { plan: { categories: [...categories.values()], sections: [...sections.values()] }, lineOf: pointer => nearest(lines, pointer) };
}

/** @param {string} line the cells of a line, which may be quoted @returns {string[]} */
const cells = line => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => (quoted === undefined ? plain ?? '' : quoted.replaceAll('""', '"')).trim());

/**
 * Parses JSON, and notes the line of each value by its pointer.
 * @param {string} text
 * @returns {{ value: any, lines: Map<string, number> }}
 */
export function parse(text) {
  /** @type {Map<string, number>} */
  const lines = new Map();
  let [at, line] = [0, 1];
  const fail = (/** @type {string} */ message) => new FileError([{ line, message }]);
  const space = () => {
    for (; /\s/.test(text[at] ?? ''); at += 1) if (text[at] === '\n') line += 1;
  };
  const expect = (/** @type {string} */ character) => {
    space();
    if (text[at] !== character) throw fail(`“${character}” is missing${at < text.length ? ` before “${text.slice(at, at + 12).split('\n')[0]}”` : ' at the end'}.`);
    at += 1;
  };
  const scalar = () => {
    const [token] = /^(?:"(?:[^"\\\u0000-\u001f]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(text.slice(at, at + 10_000)) ?? [];
    if (token === undefined) throw fail(at < text.length ? `“${text.slice(at, at + 12).split('\n')[0]}” is not a value.` : 'The file ends too early.');
    at += token.length;
    try {
      return JSON.parse(token);
    } catch {
      throw fail(`${token} is not a value.`);
    }
  };
  /** @param {string} close @param {() => void} item */
  const items = (close, item) => {
    at += 1;
    space();
    if (text[at] === close) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      space();
      if (text[at] !== ',') break;
      at += 1;
    }
    expect(close);
  };
  /** @param {string} pointer @returns {any} */
  const value = pointer => {
    space();
    lines.set(pointer, line);
    if (text[at] === '{') {
      /** @type {[string, any][]} */
      const members = [];
      items('}', () => {
        space();
        if (text[at] !== '"') throw fail(`A name in quotes is missing before “${text.slice(at, at + 12).split('\n')[0]}”.`);
        const name = scalar();
        expect(':');
        members.push([name, value(`${pointer}/${name}`)]);
      });
      return Object.fromEntries(members);
    }
    if (text[at] === '[') {
      /** @type {any[]} */
      const list = [];
      items(']', () => { list.push(value(`${pointer}/${list.length}`)); });
      return list;
    }
    return scalar();
  };
  const whole = value('');
  space();
  if (at < text.length) throw fail(`“${text.slice(at, at + 12).split('\n')[0]}” follows the end.`);
  return { value: whole, lines };
}
