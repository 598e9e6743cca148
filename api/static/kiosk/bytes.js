// Bytes and their texts: UTF-8, unpadded base64url (RFC 4648 §5, one text a value), hex, SHA-256.
// Nothing here knows what the bytes mean.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export const utf8 = (text) => encoder.encode(text);
export const textOf = (bytes) => decoder.decode(bytes);

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function toBase64url(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of padded base64 or unpadded base64url; null when `text` is not their one encoding. */
export function fromBase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    return toBase64url(bytes) === text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") ? bytes : null;
  } catch {
    return null;
  }
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The 16 bytes of a UUID's text. */
export const uuidBytes = (uuid) => fromHex(uuid.replaceAll("-", ""));

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
