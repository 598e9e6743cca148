// A ballot as docs/kiosks.md has it: round, choices and a fresh salt, signed with the voter's credential.

import { concat, toBase64url, utf8 } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";
import { signature } from "./keys.js";

const SIGNED_PREFIX = utf8("dauys.ballot.v1\n");
const SALT_BYTES = 16;

export const newSalt = () => crypto.getRandomValues(new Uint8Array(SALT_BYTES));

export const signedBytes = (round, choices, salt) => concat(SIGNED_PREFIX, canonicalBytes({ choices, round, salt }));

/** `voter`: `{key, credential}`; `choices` in their one encoding (form.js). */
export async function signBallot(voter, round, choices, saltBytes) {
  const salt = toBase64url(saltBytes);
  return {
    round,
    choices,
    salt,
    credential: voter.credential,
    signature: await signature(voter.key, signedBytes(round, choices, salt)),
  };
}
