// Hashes and proofs of RFC 6962, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say. Sizes and indices are BigInt, hashes 32 bytes.
// The same as application/log/merkle.py; tests/browser holds both to the published vectors.

import { concat, sha256 } from "../kiosk/bytes.js";

const HASH_BYTES = 32;

export class ProofInvalid extends Error {}

export const leafHash = (entry) => sha256(concat(Uint8Array.of(0), entry));
export const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));
export const sameHash = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** That the tree of `size` leaves under `root` has the leaf hash `leaf` at `index`; else ProofInvalid. */
export async function verifyInclusion(leaf, index, size, path, root) {
  if (index < 0n || index >= size) throw new ProofInvalid("the index lies outside the tree");
  let [at, last, node] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n || sibling.length !== HASH_BYTES) throw new ProofInvalid("the path has not the right hashes");
    if (at & 1n || at === last) {
      node = await nodeHash(sibling, node);
      [at, last] = pastLeftEdges(at, last);
    } else {
      node = await nodeHash(node, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n || leaf.length !== HASH_BYTES || !sameHash(node, root)) {
    throw new ProofInvalid("the path does not lead from the leaf to the root");
  }
}

/** That the tree (`size1`, `root1`) is a prefix of (`size2`, `root2`); else ProofInvalid. */
export async function verifyConsistency(size1, root1, size2, root2, path) {
  if (size1 <= 0n || size1 > size2) throw new ProofInvalid("there is nothing to compare");
  if (size1 === size2) {
    if (path.length || !sameHash(root1, root2)) throw new ProofInvalid("two roots of one size");
    return;
  }
  if (path.some((hash) => hash.length !== HASH_BYTES)) throw new ProofInvalid("the path has not the right hashes");
  let [at, last] = [size1 - 1n, size2 - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  // A whole subtree is its own beginning; of another tree the path tells the last node that both share.
  const [first, ...rest] = at === 0n ? [root1, ...path] : path;
  if (!first) throw new ProofInvalid("the path is too short");
  let [old, grown] = [first, first];
  for (const sibling of rest) {
    if (last === 0n) throw new ProofInvalid("the path is too long");
    if (at & 1n || at === last) {
      [old, grown] = [await nodeHash(sibling, old), await nodeHash(sibling, grown)];
      [at, last] = pastLeftEdges(at, last);
    } else {
      grown = await nodeHash(grown, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n || !sameHash(old, root1) || !sameHash(grown, root2)) {
    throw new ProofInvalid("the path does not lead to both roots");
  }
}

/** The last node of its level moves up alone until it is a right child. */
function pastLeftEdges(at, last) {
  let [up, end] = [at, last];
  while (!(up & 1n) && up !== 0n) [up, end] = [up >> 1n, end >> 1n];
  return [up, end];
}
