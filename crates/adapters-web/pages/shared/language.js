// The language of a page: the user's choice, or the first that the browser prefers.

/** @typedef {'en' | 'ko'} Language */
/** @typedef {Record<string, string>} Texts */

const CHOICE = 'frontrow.language';
/** @type {readonly Language[]} */
export const LANGUAGES = ['en', 'ko'];

/** @returns {Language} */
function preferred() {
  const wanted = [localStorage.getItem(CHOICE), ...navigator.languages].map(tag => tag?.slice(0, 2).toLowerCase());
  return LANGUAGES.find(language => language === wanted.find(tag => LANGUAGES.some(known => known === tag))) ?? 'en';
}

export const language = preferred();
document.documentElement.lang = language;

/** @param {Language} chosen */
export function choose(chosen) {
  localStorage.setItem(CHOICE, chosen);
  location.reload();
}

/**
 * Returns a function that looks a text up and fills in `{parameters}`. A text `key.one` is used if the parameter `count` is 1 in the
 * grammar of the language.
 * @param {Texts} texts
 */
export function translator(texts) {
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (/** @type {string} */ key, /** @type {Record<string, string | number>} */ parameters = {}) => {
    const { count } = parameters;
    const exact = typeof count === 'number' ? texts[`${key}.${plural.select(count)}`] : undefined;
    const text = exact ?? texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ name) => {
      const value = parameters[name];
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}
