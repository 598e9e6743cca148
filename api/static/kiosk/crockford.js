// Crockford's base 32 as people type it: voting codes to their bytes, numbers to their check symbol.
// A code is 16 symbols (80 bits, most significant first) and a check symbol, the number mod 37. What was typed is never told on.

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_SYMBOLS = `${SYMBOLS}*~$=U`;
const CODE_BYTES = 10;
export const CODE_SYMBOLS = 16;
const TYPED_CHARS = 64;

/** Every symbol a code may hold, for a keyboard on the screen; the last five stand only at a code's end. */
export const KEYS = [...CHECK_SYMBOLS];

/** The symbols that were meant: case, spaces, dashes, O for 0, I and L for 1 are forgiven; at most a code's worth. */
export function meant(typed) {
  if (typed.length > TYPED_CHARS) return "";
  return typed.toUpperCase().replace(/[ -]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}

/** The 10 bytes of a code; null when it is not one, or mistyped. */
export function parseCode(typed) {
  const symbols = meant(typed);
  if (symbols.length !== CODE_SYMBOLS + 1) return null;
  const number = numberOf(symbols.slice(0, CODE_SYMBOLS));
  if (number === null || symbols[CODE_SYMBOLS] !== checkSymbol(number)) return null;
  const bytes = new Uint8Array(CODE_BYTES);
  for (let at = CODE_BYTES - 1, rest = number; at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** `number`, a BigInt, as so many symbols in groups of four, and its check symbol: XXXX-XXXX-C. */
export function formatNumber(number, symbolCount) {
  let symbols = "";
  for (let rest = number, left = symbolCount; left > 0; left -= 1, rest >>= 5n) symbols = SYMBOLS[Number(rest & 31n)] + symbols;
  return `${grouped(symbols)}-${checkSymbol(number)}`;
}

/** What has been typed so far, in the groups that are printed on the slip. */
export function grouped(symbols) {
  return (symbols.match(/.{1,4}/g) ?? []).join("-");
}

export function checkSymbol(number) {
  return CHECK_SYMBOLS[Number(number % BigInt(CHECK_SYMBOLS.length))];
}

function numberOf(symbols) {
  let number = 0n;
  for (const symbol of symbols) {
    const value = SYMBOLS.indexOf(symbol);
    if (value < 0) return null;
    number = (number << 5n) | BigInt(value);
  }
  return number;
}
