// Who this kiosk is: a key made here that cannot be taken out, and what the server said when it was enrolled, pinned from then on.
// The key is on disk before the code is used; the same code with the same key is answered the same, so a crash costs nothing.

import { fromBase64 } from "./bytes.js";
import { newKioskKey } from "./keys.js";
import { lockOf } from "./pin.js";
import { parseVerifier } from "./note.js";
import { askOnce } from "./server.js";

const SPOOL_KEY_BYTES = 32;

/** `{id, audience, logKey, spoolKey, key, publicKey, markKey, unit}`; null when the device is not enrolled. */
export async function readIdentity(database) {
  const [identity, keys] = await Promise.all([database.get("identity"), database.get("keys")]);
  return identity && keys ? { ...identity, ...keys } : null;
}

/** Trade the one-time `code` for an identity. Stopped when the server refuses it, Silence when it is away. */
export async function enrol(database, { code, pin, spoolKey }) {
  const keys = (await database.get("keys")) ?? (await newKeys());
  await database.put("keys", keys);
  const request = JSON.stringify({ code: code.trim(), public_key: keys.publicKey });
  const answer = await askOnce("/v1/kiosks", "application/json", request);
  await parseVerifier(answer.log_key); // refuses a key that no receipt could be checked with
  const sealTo = fromBase64(spoolKey);
  if (sealTo?.length !== SPOOL_KEY_BYTES) throw new TypeError("the server's key is not one");
  const identity = { id: answer.kiosk_id, audience: answer.audience, logKey: answer.log_key, spoolKey: sealTo };
  const lock = await lockOf(pin);
  await database.change(["device"], ({ device }) => {
    device.put(identity, "identity");
    device.put(lock, "pin");
  });
  // Without it the browser may drop the spool when the disk is full. Refused, the device is no worse than before.
  await navigator.storage.persist();
}

/** Forget who this kiosk was, for a new enrolment; only an empty spool may be left behind. */
export async function forget(database) {
  await database.change(["device", "spool"], ({ device, spool }) => {
    device.clear();
    spool.clear();
  });
}

async function newKeys() {
  const markKey = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return { ...(await newKioskKey()), markKey };
}
