// The words of a page's scripts in its language: t("{number} left", { number: 3 }). The page brings them; see api/web/page.py.

const place = document.getElementById("strings");
const words = place === null ? {} : JSON.parse(place.textContent);

export function t(message, facts = {}) {
  return (words[message] ?? message).replace(/\{(\w+)\}/g, (field, name) => (name in facts ? String(facts[name]) : field));
}
