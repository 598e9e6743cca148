// What a voter brings: a receipt (C2SP tlog-proof), the address that its QR holds, or the short code printed under it.

import { fromBase64, textOf } from "../kiosk/bytes.js";
import { checkSymbol, meant } from "../kiosk/crockford.js";
import { parseReceipt } from "../kiosk/receipt.js";

/** The address in the QR of a kiosk's slip: a short code and, where there is one, the checkpoint that was signed for it. */
const SLIP = /^(?:https?:\/\/\S+\/check)?#([0-9A-Za-z*~$=-]{3,20})(?:\.([A-Za-z0-9_-]+))?$/;
const BALLOT_SYMBOLS = 12;
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `{receipt}`, `{position}` or `{code}`, of a slip with the checkpoint's `note`, of what was typed, pasted, scanned or read from a file; null for anything else. */
export function understood(typed) {
  const text = typed.replaceAll("\r\n", "\n").trim();
  const scanned = /^(?:https?:\/\/\S+\/check)?#?([A-Za-z0-9_-]{60,})$/.exec(text);
  if (scanned) return receiptOf(unpacked(scanned[1]));
  if (text.startsWith("c2sp.org/")) return receiptOf(`${text}\n`);
  const slip = SLIP.exec(text);
  if (slip) return ofSlip(slip[1], slip[2]);
  return ofShortCode(text);
}

function ofSlip(code, packed) {
  const asked = ofShortCode(code);
  return asked && packed ? { ...asked, note: unpacked(packed) } : asked;
}

function receiptOf(text) {
  try {
    return { receipt: parseReceipt(text) };
  } catch {
    return null;
  }
}

function unpacked(encoded) {
  try {
    return textOf(fromBase64(encoded));
  } catch {
    return "";
  }
}

/** Of a position code (1234-D) or a ballot code (XXXX-XXXX-XXXX-C), typed as forgivingly as a voting code. */
function ofShortCode(typed) {
  const symbols = meant(typed);
  const [body, check] = [symbols.slice(0, -1), symbols.slice(-1)];
  if (/^[1-9][0-9]{0,10}$/.test(body)) {
    return checkSymbol(BigInt(body)) === check ? { position: BigInt(body) } : null;
  }
  if (body.length !== BALLOT_SYMBOLS || [...body].some((symbol) => !SYMBOLS.includes(symbol))) return null;
  const number = [...body].reduce((sum, symbol) => sum * 32n + BigInt(SYMBOLS.indexOf(symbol)), 0n);
  return checkSymbol(number) === check ? { code: body + check } : null;
}
