// Short codes of a receipt: of a position in the log, and of a ballot before it has one. application/short_codes.py reads them.
// Neither tells a choice; the ballot's id is the version 5 UUID of the credential's text in the namespace of the round.

import { concat, toHex, utf8, uuidBytes } from "./bytes.js";
import { checkSymbol, formatNumber } from "./crockford.js";

const BALLOT_SYMBOLS = 12;
const BALLOT_HEX_DIGITS = (BALLOT_SYMBOLS * 5) / 4;

export const positionCode = (position) => `${position}-${checkSymbol(BigInt(position))}`;

export function ballotCode(ballotId) {
  return formatNumber(BigInt(`0x${ballotId.replaceAll("-", "").slice(0, BALLOT_HEX_DIGITS)}`), BALLOT_SYMBOLS);
}

export async function ballotId(round, credential) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", concat(uuidBytes(round), utf8(credential)))).slice(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  return toHex(hash).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
