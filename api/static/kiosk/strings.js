// The kiosk's words in all its languages at once, so that changing the language needs no network. The page brings them (api/kiosk).

/** Chromium brings no numbers and dates of Kazakh along; they are written as in Russian, day.month.year. */
const LOCALES = { kk: "ru", ru: "ru", en: "en-GB" };

let words = {};
let language = "kk";

/** `all`: language → message → text; the messages themselves are English. */
export function bring(all) {
  words = all;
}

export function speakIn(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
}

export const spoken = () => language;

export function t(message, facts = {}) {
  const text = words[language]?.[message] ?? message;
  return text.replace(/\{(\w+)\}/g, (field, name) => (name in facts ? String(facts[name]) : field));
}

export const count = (number) => new Intl.NumberFormat(LOCALES[language]).format(number);

/** Whole tenge of an amount in tiyn. */
export const tenge = (tiyn) => `${count(Math.round(tiyn / 100))} ₸`;

export const moment = (date) =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Almaty" }).format(date);
