// Canonical JSON: RFC 8785 with whole numbers only. One value has one encoding; anything without one is an error.

import { utf8 } from "./bytes.js";

export const canonicalBytes = (value) => utf8(canonicalText(value));

export function canonicalText(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new TypeError("only whole numbers have a canonical form");
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("a text has a lone surrogate");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError("no canonical form");
  // The order of UTF-16 code units is what sort() compares by.
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonicalText(name)}:${canonicalText(value[name])}`).join(",")}}`;
}
