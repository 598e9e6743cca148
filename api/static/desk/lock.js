// The desk's lock: a PIN opens it, and the key behind it seals every code that waits on this machine's disk.
//
//   key = PBKDF2-HMAC-SHA-256 of the PIN, 16 random bytes of salt, ITERATIONS rounds; AES-256-GCM, a fresh 12-byte nonce for each code
// The key lives in this page's memory only and can't be read out of it. Wrong PINs are counted on disk before they are looked at,
// and each makes the next wait twice as long. Who copies the disk can try PINs elsewhere, so a PIN has at least FEWEST_CHARS
// characters, and the disk of a desk is encrypted.

const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
export const FEWEST_CHARS = 8;
const FREE_ATTEMPTS = 2; // a slip of the finger costs nothing
const LONGEST_WAIT_MS = 15 * 60_000;
const PROOF = "dauys desk";

/** A lock for a new PIN: `record` is what is stored, `key` what seals. */
export async function newLock(pin) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await derived(pin, salt);
  return { key, record: { salt, iterations: ITERATIONS, proof: await seal(key, PROOF), failures: 0, openAt: 0 } };
}

/** How long, in milliseconds, until a PIN may be tried again. */
export function waitOf(record, now = Date.now()) {
  return Math.max(0, Math.min(record.openAt - now, LONGEST_WAIT_MS));
}

/** The stored record once an attempt more is counted. */
export function counted(record, now = Date.now()) {
  const failures = record.failures + 1;
  const wait = failures <= FREE_ATTEMPTS ? 0 : Math.min(1000 * 2 ** (failures - FREE_ATTEMPTS), LONGEST_WAIT_MS);
  return { ...record, failures, openAt: now + wait };
}

export function forgiven(record) {
  return { ...record, failures: 0, openAt: 0 };
}

/** The key behind the lock; null for a wrong PIN. */
export async function keyOf(record, pin) {
  const key = await derived(pin, record.salt, record.iterations);
  try {
    return (await open(key, record.proof)) === PROOF ? key : null;
  } catch {
    return null;
  }
}

export async function seal(key, text) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(text));
  return { nonce, sealed: new Uint8Array(sealed) };
}

export async function open(key, { nonce, sealed }) {
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed));
}

async function derived(pin, salt, iterations = ITERATIONS) {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
