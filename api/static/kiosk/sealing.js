// Sealing: what waits on this device is encrypted to the server and cannot be read here again, by nobody (docs/adr/0015).
// HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; written as encapsulated key ‖ ciphertext.
// The sender's half of the key exchange is dropped when this returns.

import { concat, utf8 } from "./bytes.js";

const KEM_SUITE = concat(utf8("KEM"), Uint8Array.of(0x00, 0x20));
const SUITE = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02));
const VERSION = utf8("HPKE-v1");
const BASE_MODE = Uint8Array.of(0x00);
const EMPTY = new Uint8Array(0);
const HASH_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const SHARED_BITS = 256;

export const DELIVERY_INFO = utf8("dauys delivery v1");

/** `recipient`: the 32 bytes of an X25519 public key. */
export async function seal(recipient, info, plaintext) {
  const ephemeral = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  const encapsulated = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const publicKey = await crypto.subtle.importKey("raw", recipient, "X25519", false, []);
  const exchanged = { name: "X25519", public: publicKey };
  const shared = new Uint8Array(await crypto.subtle.deriveBits(exchanged, ephemeral.privateKey, SHARED_BITS));
  const extracted = await extract(KEM_SUITE, EMPTY, "eae_prk", shared);
  const secret = await expand(KEM_SUITE, extracted, "shared_secret", concat(encapsulated, recipient), HASH_BYTES);
  const { key, nonce } = await schedule(secret, info);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aes, plaintext);
  return concat(encapsulated, new Uint8Array(sealed));
}

async function schedule(secret, info) {
  const pskIdHash = await extract(SUITE, EMPTY, "psk_id_hash", EMPTY);
  const infoHash = await extract(SUITE, EMPTY, "info_hash", info);
  const context = concat(BASE_MODE, pskIdHash, infoHash);
  const extracted = await extract(SUITE, secret, "secret", EMPTY);
  return {
    key: await expand(SUITE, extracted, "key", context, KEY_BYTES),
    nonce: await expand(SUITE, extracted, "base_nonce", context, NONCE_BYTES),
  };
}

const extract = (suite, salt, label, material) =>
  hmac(salt.length ? salt : new Uint8Array(HASH_BYTES), concat(VERSION, suite, utf8(label), material));

/** HKDF-Expand for at most one block, which is all that this suite asks for. */
async function expand(suite, key, label, info, length) {
  const labeled = concat(Uint8Array.of(length >> 8, length & 0xff), VERSION, suite, utf8(label), info, Uint8Array.of(1));
  return (await hmac(key, labeled)).slice(0, length);
}

async function hmac(keyBytes, message) {
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
