// The staff's PIN: six digits or more, kept as a slow hash; each wrong one makes the next wait twice as long, across restarts too.

const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const LONGEST_WAIT_MILLISECONDS = 15 * 60_000;
export const FEWEST_DIGITS = 6;

/** What is stored of a PIN. */
export async function lockOf(pin) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  return { salt, hash: await hashOf(pin, salt), failures: 0, openAt: 0 };
}

/** Whether `pin` is the one; 0, or how many milliseconds to wait before another attempt counts. */
export async function tryPin(database, pin) {
  const lock = await database.get("pin");
  const early = lock.openAt - Date.now();
  if (early > 0) return { open: false, wait: Math.min(early, LONGEST_WAIT_MILLISECONDS) };
  // Counted before it is looked at: pulling the plug in between buys no free attempt.
  const wait = Math.min(1000 * 2 ** lock.failures, LONGEST_WAIT_MILLISECONDS);
  await database.put("pin", { ...lock, failures: lock.failures + 1, openAt: Date.now() + wait });
  if ((await hashOf(pin, lock.salt)) !== lock.hash) return { open: false, wait };
  await database.put("pin", { ...lock, failures: 0, openAt: 0 });
  return { open: true, wait: 0 };
}

async function hashOf(pin, salt) {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return new Uint8Array(await crypto.subtle.deriveBits(derivation, material, HASH_BITS)).join(",");
}
