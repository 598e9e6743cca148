// What a receipt (C2SP tlog-proof) says, and what it proves to a kiosk at once: that the pinned log key has signed for a log with this
// position, and that the path has the one length it can have there. docs/kiosks.md says what it does not prove yet, and why.
// The portal reads receipts with this module too, and proves the rest (portal/checking.js).

import { NoteInvalid, decoded, openCheckpoint } from "./note.js";

const RECEIPT =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra [A-Za-z0-9+/]+={0,2}\n)?index (0|[1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n([\s\S]+)$/;
export const MOST_CHARACTERS = 196_608;

export class ReceiptInvalid extends Error {}

/** `{index, path, note}` of a receipt, nothing verified. `index` is a BigInt from 0. */
export function parseReceipt(text) {
  const [, index, path, note] = (text.length <= MOST_CHARACTERS && RECEIPT.exec(text)) || [];
  const hashes = path?.split("\n").slice(0, -1).map(decoded);
  if (!note || hashes.includes(null)) throw new ReceiptInvalid("not a receipt");
  return { index: BigInt(index), path: hashes, note };
}

/** Refuses, with ReceiptInvalid, a receipt that is not one for `position` (from 1) by `verifier`. */
export async function checkAtOnce(text, position, verifier) {
  const { index, path, note } = parseReceipt(text);
  const size = await checkpointSize(note, verifier);
  if (index !== BigInt(position) - 1n || index >= size) throw new ReceiptInvalid("the receipt is not for this position");
  if (path.length !== pathLength(index, size)) throw new ReceiptInvalid("the path has a wrong length");
}

/** How many hashes RFC 6962 §2.1.1 puts on the way from leaf `index` to the root of `size` leaves. */
export function pathLength(index, size) {
  let length = 0;
  for (let at = BigInt(index), last = BigInt(size) - 1n; last > 0n; at >>= 1n, last >>= 1n) {
    if (at & 1n || at < last) length += 1;
  }
  return length;
}

async function checkpointSize(note, verifier) {
  try {
    return (await openCheckpoint(note, verifier)).size;
  } catch (fault) {
    if (fault instanceof NoteInvalid) throw new ReceiptInvalid(fault.message);
    throw fault;
  }
}
