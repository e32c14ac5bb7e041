// The texts of the shop in the language of the page.
import { language, translator } from '../shared/language.js';

const { texts } = language === 'ko' ? await import('./texts/ko.js') : await import('./texts/en.js');

export const t = translator(texts);
