// What a receipt (C2SP tlog-proof) proves to a kiosk at once: that the pinned log key has signed for a log with this position,
// and that the path has the one length it can have there. docs/kiosks.md says what it does not prove yet, and why.

import { concat, fromBase64, sha256, toHex, utf8 } from "./bytes.js";

const RECEIPT =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra [A-Za-z0-9+/=]+\n)?index (0|[1-9][0-9]{0,15})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n([\s\S]+)$/;
const VERIFIER = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/;
const ED25519_NOTE = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const MOST_CHARACTERS = 196_608;
const MOST_SIGNATURES = 16;

export class ReceiptInvalid extends Error {}

/** `{name, keyId, key}` of a C2SP verifier key; ReceiptInvalid for a text that is not one. */
export async function parseVerifier(text) {
  const [, name, keyId, encoded] = VERIFIER.exec(text) ?? [];
  const typed = encoded ? fromBase64(encoded) : null;
  if (!typed || typed[0] !== ED25519_NOTE || typed.length !== KEY_BYTES + 1) throw new ReceiptInvalid("not a verifier key");
  const id = (await sha256(concat(utf8(`${name}\n`), typed))).slice(0, KEY_ID_BYTES);
  if (toHex(id) !== keyId) throw new ReceiptInvalid("the key id does not belong to the key");
  return { name, keyId, key: await crypto.subtle.importKey("raw", typed.slice(1), "Ed25519", false, ["verify"]) };
}

/** Refuses, with ReceiptInvalid, a receipt that is not one for `position` (from 1) by `verifier`. */
export async function checkAtOnce(text, position, verifier) {
  const [, indexText, path, note] = (text.length <= MOST_CHARACTERS && RECEIPT.exec(text)) || [];
  if (!note) throw new ReceiptInvalid("not a tlog-proof");
  const size = await checkpointSize(note, verifier);
  const index = Number(indexText);
  if (index !== position - 1 || index >= size) throw new ReceiptInvalid("the receipt is not for this position");
  if (path.split("\n").length - 1 !== pathLength(index, size)) throw new ReceiptInvalid("the path has a wrong length");
}

/** How many hashes RFC 6962 §2.1.1 puts on the way from leaf `index` to the root of `size` leaves. */
export function pathLength(index, size) {
  let length = 0;
  for (let at = index, last = size - 1; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
    if (at % 2 || at < last) length += 1;
  }
  return length;
}

async function checkpointSize(note, verifier) {
  const parted = note.lastIndexOf("\n\n");
  if (parted < 0 || !note.endsWith("\n")) throw new ReceiptInvalid("the checkpoint is not a signed note");
  const text = note.slice(0, parted + 1);
  await checkSignatures(text, note.slice(parted + 2, -1).split("\n"), verifier);
  const [origin, size, root] = text.split("\n");
  if (origin !== verifier.name) throw new ReceiptInvalid("the checkpoint is of another log");
  if (!/^[1-9][0-9]{0,15}$/.test(size) || fromBase64(root)?.length !== KEY_BYTES) throw new ReceiptInvalid("not a checkpoint");
  return Number(size);
}

/** Signatures of others are passed over; one that claims to be by this key must be. */
async function checkSignatures(text, lines, verifier) {
  if (lines.length > MOST_SIGNATURES) throw new ReceiptInvalid("too many signatures");
  let signed = false;
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    const blob = encoded ? fromBase64(encoded) : null;
    if (!blob) throw new ReceiptInvalid("malformed signature line");
    if (name !== verifier.name || toHex(blob.slice(0, KEY_ID_BYTES)) !== verifier.keyId) continue;
    if (!(await crypto.subtle.verify("Ed25519", verifier.key, blob.slice(KEY_ID_BYTES), utf8(text)))) {
      throw new ReceiptInvalid("wrong signature");
    }
    signed = true;
  }
  if (!signed) throw new ReceiptInvalid("not signed by the pinned key");
}
