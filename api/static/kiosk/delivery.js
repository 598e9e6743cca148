// A delivery: the compact JWS (RFC 7515, alg Ed25519) a kiosk posts, numbered without a gap and chained by hash.

import { concat, sha256, toBase64url, utf8 } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";
import { signature } from "./keys.js";

/** `kiosk`: `{key, id, audience}`. The bytes, exactly as they are sent. */
export async function signDelivery(kiosk, { sequence, previous, ballots }) {
  const header = canonicalBytes({ alg: "Ed25519", kid: kiosk.id });
  const payload = canonicalBytes({ aud: kiosk.audience, sequence, previous, ballots });
  const signed = utf8(`${toBase64url(header)}.${toBase64url(payload)}`);
  return concat(signed, utf8(`.${await signature(kiosk.key, signed)}`));
}

/** What the next delivery calls `previous`. */
export const deliveryHash = async (delivery) => toBase64url(await sha256(delivery));
