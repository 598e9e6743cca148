// Checkpoints: C2SP signed notes (c2sp.org/signed-note, tlog-checkpoint) with Ed25519. Strict: one text for every value.
// The same as application/log/note.py, for the kiosk and for the portal's pages.

import { concat, fromBase64, sha256, toHex, utf8 } from "./bytes.js";

const VERIFIER = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;
const NAME = /^[^\s+\u0000-\u001f\ud800-\udfff]+$/u;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const HASH = /^[A-Za-z0-9+/]{43}=$/;
const ED25519 = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const MOST_BYTES = 131_072;
const MOST_SIGNATURES = 16;
const MOST_SIZE = 1n << 63n;

export class NoteInvalid extends Error {}

/** The bytes of canonical, padded base64; null for any other text. */
export const decoded = (text) => (text.length % 4 === 0 && !/[-_]/.test(text) ? fromBase64(text) : null);

/** `{text, name, keyId, key}` of a C2SP verifier key. */
export async function parseVerifier(text) {
  const [, name, keyId, encoded] = VERIFIER.exec(text) ?? [];
  const typed = encoded ? decoded(encoded) : null;
  if (!typed || !NAME.test(name) || typed[0] !== ED25519 || typed.length !== KEY_BYTES + 1) {
    throw new NoteInvalid("not an Ed25519 verifier key");
  }
  const id = (await sha256(concat(utf8(`${name}\n`), typed))).slice(0, KEY_ID_BYTES);
  if (toHex(id) !== keyId) throw new NoteInvalid("the key id does not belong to the name and key");
  return { text, name, keyId, key: await crypto.subtle.importKey("raw", typed.slice(1), "Ed25519", false, ["verify"]) };
}

/** `{size, root, note}` of a checkpoint that `verifier`'s key has signed. `size` is a BigInt. */
export async function openCheckpoint(note, verifier) {
  const text = await signedText(note, verifier);
  const [origin, size, root, ...extensions] = text.slice(0, -1).split("\n");
  if (root === undefined || extensions.includes("") || !origin) throw new NoteInvalid("not a checkpoint");
  if (origin !== verifier.name) throw new NoteInvalid("the checkpoint is of another log");
  if (!/^(0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) >= MOST_SIZE) throw new NoteInvalid("not a tree size");
  const hash = HASH.test(root) ? decoded(root) : null;
  if (hash?.length !== KEY_BYTES) throw new NoteInvalid("not a root hash");
  return { size: BigInt(size), root: hash, note };
}

/** What is signed: everything up to the blank line. Signatures by others are passed over, a wrong one by this key is not. */
async function signedText(note, verifier) {
  const parted = note.lastIndexOf("\n\n");
  if (utf8(note).length > MOST_BYTES || CONTROL.test(note) || parted < 0 || !note.endsWith("\n")) {
    throw new NoteInvalid("not a signed note");
  }
  const text = note.slice(0, parted + 1);
  const lines = note.slice(parted + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new NoteInvalid("too many signatures");
  const ours = lines.map(parsedSignature).filter(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId);
  if (!ours.length) throw new NoteInvalid("not signed by the expected key");
  for (const { signature } of ours) {
    if (!(await crypto.subtle.verify("Ed25519", verifier.key, signature, utf8(text)))) throw new NoteInvalid("wrong signature");
  }
  return text;
}

function parsedSignature(line) {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  const blob = encoded ? decoded(encoded) : null;
  if (!blob || blob.length <= KEY_ID_BYTES) throw new NoteInvalid("malformed signature line");
  return { name, keyId: toHex(blob.slice(0, KEY_ID_BYTES)), signature: blob.slice(KEY_ID_BYTES) };
}
