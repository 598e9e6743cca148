// The public log as it is served to everybody: tiles of hashes and bundles of entries (c2sp.org/tlog-tiles). Whoever reads whole
// tiles does not tell the server which of their 256 entries is theirs.

import { leafHash, nodeHash, sameHash, verifyInclusion } from "./merkle.js";

const HASH_BYTES = 32;
const HEIGHT = 8n;
const WIDTH = 256n;

/** An entry's round is open: hashes are public, contents are not yet. */
export class Withheld extends Error {}

export class Log {
  /** The log under `checkpoint`, which was verified; `read(path)` gives a Response. */
  constructor(checkpoint, read) {
    this.checkpoint = checkpoint;
    this.read = read;
    this.tiles = new Map();
  }

  /** The leaf hash at `index` (BigInt, from 0), shown to be under the checkpoint; ProofInvalid if it is not. */
  async leaf(index) {
    const { size, root } = this.checkpoint;
    const leaf = await this.subtree(0n, index);
    await verifyInclusion(leaf, index, size, await this.path(index, 0n, size), root);
    return leaf;
  }

  /** The entry at `index` as JSON, shown to be the one under the checkpoint; Withheld while its round is open. */
  async entry(index) {
    const tile = index / WIDTH;
    const answer = await this.read(`/log/tile/entries/${numbered(tile, this.width(0n, tile))}`);
    if (answer.status === 403) throw new Withheld();
    if (!answer.ok) throw new Error(`entries: ${answer.status}`);
    const entry = inBundle(new Uint8Array(await answer.arrayBuffer()), Number(index % WIDTH));
    if (!sameHash(await leafHash(entry), await this.leaf(index))) throw new Error("the entry is not the one that was hashed");
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(entry));
  }

  /** PATH(index, D[start:end]) of RFC 6962 §2.1.1. */
  async path(index, start, end) {
    if (end - start === 1n) return [];
    const middle = start + split(end - start);
    return index < middle
      ? [...(await this.path(index, start, middle)), await this.hash(middle, end)]
      : [...(await this.path(index, middle, end)), await this.hash(start, middle)];
  }

  /** MTH(D[start:end]) of RFC 6962 §2.1. */
  async hash(start, end) {
    const length = end - start;
    if ((length & (length - 1n)) === 0n) return this.subtree(BigInt(length.toString(2).length - 1), start / length);
    const middle = start + split(length);
    return nodeHash(await this.hash(start, middle), await this.hash(middle, end));
  }

  /** The perfect subtree (level, index), out of the one tile that has it. */
  async subtree(level, index) {
    const [tileLevel, height] = [level / HEIGHT, level % HEIGHT];
    const first = index << height;
    const tile = await this.tile(tileLevel, first / WIDTH);
    const start = Number(first % WIDTH) * HASH_BYTES;
    let hashes = Array.from({ length: 1 << Number(height) }, (_, at) => tile.slice(start + at * HASH_BYTES, start + (at + 1) * HASH_BYTES));
    while (hashes.length > 1) {
      hashes = await Promise.all(hashes.filter((_, at) => at % 2 === 0).map((left, at) => nodeHash(left, hashes[2 * at + 1])));
    }
    return hashes[0];
  }

  tile(level, index) {
    const path = `/log/tile/${level}/${numbered(index, this.width(level, index))}`;
    if (!this.tiles.has(path)) {
      this.tiles.set(path, this.read(path).then(async (answer) => {
        if (!answer.ok) throw new Error(`tile: ${answer.status}`);
        return new Uint8Array(await answer.arrayBuffer());
      }));
    }
    return this.tiles.get(path);
  }

  /** How many of a tile's 256 hashes the tree fills. */
  width(level, index) {
    const filled = (this.checkpoint.size >> (HEIGHT * level)) - index * WIDTH;
    return filled < WIDTH ? filled : WIDTH;
  }
}

/** The largest power of two below `length`. */
const split = (length) => 1n << BigInt((length - 1n).toString(2).length - 1);

/** `x001/x234/067`, and `.p/<width>` of a tile that is not full. */
function numbered(index, width) {
  const parts = [String(index % 1000n).padStart(3, "0")];
  for (let rest = index / 1000n; rest; rest /= 1000n) parts.unshift(`x${String(rest % 1000n).padStart(3, "0")}`);
  return parts.join("/") + (width < WIDTH ? `.p/${width}` : "");
}

/** The entry at `place` of a bundle: each stands behind its length in two bytes. */
function inBundle(bundle, place) {
  let at = 0;
  for (let number = 0; ; number += 1) {
    const length = bundle[at] * 256 + bundle[at + 1];
    if (Number.isNaN(length) || at + 2 + length > bundle.length) throw new Error("the bundle ends within an entry");
    if (number === place) return bundle.slice(at + 2, at + 2 + length);
    at += 2 + length;
  }
}
