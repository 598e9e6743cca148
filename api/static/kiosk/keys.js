// Keys: a voter's, derived from the code for one round and for minutes; the kiosk's own, made here and not to be taken out.
//   seed = HKDF-SHA-256 of the code's 10 bytes, salt the round's UUID, info «dauys credential v1»; key = Ed25519 of that seed.
// No key that is handed out is extractable; seeds are overwritten once they are imported.

import { concat, fromHex, toBase64url, utf8, uuidBytes } from "./bytes.js";

const INFO = utf8("dauys credential v1");
const SEED_BITS = 256;
/** DER of a PKCS#8 OneAsymmetricKey for Ed25519 (RFC 8410 §7), up to the seed. */
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420");

/** `{key, credential}`: what signs the ballot of whoever holds the code, and its public half in base64url. */
export async function credentialOf(codeBytes, round) {
  const seed = await credentialSeed(codeBytes, round);
  try {
    return { key: await privateKey(seed), credential: await publicText(seed) };
  } finally {
    seed.fill(0);
  }
}

export async function credentialSeed(codeBytes, round) {
  const material = await crypto.subtle.importKey("raw", codeBytes, "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: uuidBytes(round), info: INFO };
  return new Uint8Array(await crypto.subtle.deriveBits(derivation, material, SEED_BITS));
}

export async function privateKey(seed) {
  return crypto.subtle.importKey("pkcs8", concat(PKCS8_HEAD, seed), "Ed25519", false, ["sign"]);
}

/** The public half of a seed's key, 43 characters of base64url. WebCrypto tells it of an extractable key only, which ends here. */
export async function publicText(seed) {
  const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8_HEAD, seed), "Ed25519", true, ["sign"]);
  return (await crypto.subtle.exportKey("jwk", key)).x;
}

/** A kiosk's own key: `{key, publicKey}`, to be stored in IndexedDB as it is; its secret half can be used and not be read. */
export async function newKioskKey() {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  return { key: pair.privateKey, publicKey: toBase64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))) };
}

export async function signature(key, bytes) {
  return toBase64url(new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes)));
}
