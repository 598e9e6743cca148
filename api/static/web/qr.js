// Draws QR codes (ISO/IEC 18004:2015) of short texts in the browser, so that a secret need not leave it to be printed.
//
// One segment, numeric, alphanumeric or UTF-8 bytes; versions 1 to 20 (666 bytes); error correction M, or more where the
// same version has room for it. The same modules as segno draws for printed slips: tests/browser/test_qr.py.

const VERSIONS = 20;
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// By version from 1: error correction codewords per block, and blocks (table 9). `bits`: how the format names the level.
const LEVELS = [
  {
    bits: 0, // M
    correction: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26],
    blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16],
  },
  {
    bits: 3, // Q
    correction: [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30],
    blocks: [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20],
  },
  {
    bits: 2, // H
    correction: [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28],
    blocks: [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25],
  },
];
const MASKS = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (i, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];
const QUIET = 4; // modules of white around the symbol (clause 6.3.8)
const SVG = "http://www.w3.org/2000/svg";

/** The modules of `text`, rows of booleans, true where dark; RangeError if it is longer than version 20 holds. */
export function modules(text) {
  const data = segmentOf(text);
  const version = range(1, VERSIONS).find((each) => capacity(each, LEVELS[0]) >= data.bitsAt(each));
  if (version === undefined) throw new RangeError("too long for a QR code");
  const level = LEVELS.filter((each) => capacity(version, each) >= data.bitsAt(version)).at(-1);
  const words = interleaved(codewords(data, version, capacity(version, level) / 8), version, level);
  return bestMasked(new Grid(version), words, level);
}

/** An <svg> of `text` for print and screen; `label` names it for those who don't see it. */
export function drawing(text, label) {
  const rows = modules(text);
  const side = rows.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", side);
  ground.setAttribute("height", side);
  ground.setAttribute("fill", "#fff");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("fill", "#000");
  path.setAttribute("d", rows.map((row, i) => row.map((dark, j) => (dark ? `M${j + QUIET} ${i + QUIET}h1v1h-1z` : "")).join("")).join(""));
  svg.append(ground, path);
  return svg;
}

// ---- The text as bits (clause 7.4) ----

function segmentOf(text) {
  if (/^[0-9]+$/.test(text)) {
    const bits = (text.match(/.{1,3}/g) ?? []).flatMap((part) => binary(Number(part), 3 * part.length + 1));
    return segment(1, text.length, [10, 12], bits);
  }
  if (text !== "" && [...text].every((each) => ALPHANUMERIC.includes(each))) {
    const bits = (text.match(/.{1,2}/g) ?? []).flatMap((pair) =>
      [...pair].length === 2
        ? binary(45 * ALPHANUMERIC.indexOf(pair[0]) + ALPHANUMERIC.indexOf(pair[1]), 11)
        : binary(ALPHANUMERIC.indexOf(pair), 6),
    );
    return segment(2, text.length, [9, 11], bits);
  }
  const bytes = new TextEncoder().encode(text);
  return segment(4, bytes.length, [8, 16], [...bytes].flatMap((byte) => binary(byte, 8)));
}

/** `counts`: how many bits the length takes in versions up to 9, and above. */
function segment(mode, length, counts, bits) {
  const count = (version) => counts[version < 10 ? 0 : 1];
  return {
    bitsAt: (version) => 4 + count(version) + bits.length,
    at: (version) => [...binary(mode, 4), ...binary(length, count(version)), ...bits],
  };
}

function codewords(data, version, bytes) {
  const bits = data.at(version);
  bits.push(...Array(Math.min(4, 8 * bytes - bits.length)).fill(0)); // terminator
  bits.push(...Array((8 - (bits.length % 8)) % 8).fill(0));
  const words = range(0, bits.length / 8 - 1).map((at) => number(bits.slice(8 * at, 8 * at + 8)));
  for (let pad = 0; words.length < bytes; pad += 1) words.push([0xec, 0x11][pad % 2]);
  return words;
}

// ---- Error correction: Reed-Solomon over GF(256) modulo x^8+x^4+x^3+x^2+1 (clause 7.5) ----

function interleaved(words, version, level) {
  const [blocks, correction] = [level.blocks[version - 1], level.correction[version - 1]];
  const short = Math.floor(words.length / blocks);
  const longFrom = blocks - (words.length % blocks);
  const parts = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const length = short + (block >= longFrom ? 1 : 0);
    parts.push(words.slice(at, at + length));
    at += length;
  }
  const divisor = generator(correction);
  const checks = parts.map((part) => remainder(part, divisor));
  const across = (lists, length) => range(0, length - 1).flatMap((at) => lists.filter((list) => at < list.length).map((list) => list[at]));
  return [...across(parts, short + 1), ...across(checks, correction)];
}

function generator(degree) {
  let polynomial = [1];
  for (let power = 0, root = 1; power < degree; power += 1, root = times(root, 2)) {
    const raised = [...polynomial, 0];
    polynomial.forEach((factor, at) => (raised[at + 1] ^= times(factor, root)));
    polynomial = raised;
  }
  return polynomial.slice(1);
}

function remainder(data, divisor) {
  const rest = Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((each, at) => (rest[at] ^= times(each, factor)));
  }
  return rest;
}

function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  return product;
}

// ---- The symbol (clauses 6.3 and 7.7 to 7.10) ----

class Grid {
  constructor(version) {
    this.version = version;
    this.size = 4 * version + 17;
    this.rows = range(1, this.size).map(() => Array(this.size).fill(null)); // null: free for data
    const [end, at] = [this.size - 1, alignments(version)];
    for (const [i, j] of [[3, 3], [3, end - 3], [end - 3, 3]]) this.rings(i, j, [1, 1, 0, 1, 0]);
    for (const i of at) for (const j of at) if (this.rows[i][j] === null) this.rings(i, j, [1, 0, 1]);
    for (let k = 8; k < this.size - 8; k += 1) this.rows[6][k] = this.rows[k][6] = 1 - (k % 2);
    this.format(0);
    if (version > 6) this.versions(0);
    this.rows[end - 7][8] = 0; // always dark in the end; light while masks are judged, as all that is reserved
  }

  /** Square rings of these colours around a module, from the middle outward. */
  rings(i, j, colours) {
    const reach = colours.length - 1;
    for (const y of range(Math.max(0, i - reach), Math.min(this.size - 1, i + reach))) {
      for (const x of range(Math.max(0, j - reach), Math.min(this.size - 1, j + reach))) {
        this.rows[y][x] = colours[Math.max(Math.abs(y - i), Math.abs(x - j))];
      }
    }
  }

  format(bits) {
    const bit = (at) => (bits >> at) & 1;
    const end = this.size - 1;
    for (let k = 0; k < 15; k += 1) {
      this.rows[k < 6 ? k : k < 8 ? k + 1 : end - 14 + k][8] = bit(k);
      this.rows[8][k < 8 ? end - k : k < 9 ? 7 : 14 - k] = bit(k);
    }
  }

  versions(bits) {
    for (let k = 0; k < 18; k += 1) {
      const [a, b] = [Math.floor(k / 3), this.size - 11 + (k % 3)];
      this.rows[a][b] = this.rows[b][a] = (bits >> k) & 1;
    }
  }
}

function bestMasked(symbol, words, level) {
  const free = symbol.rows.map((row) => row.map((module) => module === null));
  place(symbol, words.flatMap((word) => binary(word, 8)));
  const plain = symbol.rows;
  const masked = MASKS.map((mask) => plain.map((row, i) => row.map((module, j) => (free[i][j] && mask(i, j) ? 1 - module : module))));
  const scores = masked.map(penalty);
  const best = scores.indexOf(Math.min(...scores));
  symbol.rows = masked[best];
  const data = (level.bits << 3) | best;
  symbol.format(((data << 10) | checked(data, 10, 0x537)) ^ 0x5412);
  if (symbol.version > 6) symbol.versions((symbol.version << 12) | checked(symbol.version, 12, 0x1f25));
  symbol.rows[symbol.size - 8][8] = 1;
  return symbol.rows.map((row) => row.map(Boolean));
}

/** In two-module columns from the right, upwards and downwards in turn; column 6 belongs to the timing pattern. */
function place(symbol, bits) {
  let next = 0;
  for (let column = symbol.size - 1, upward = true; column > 0; column -= 2, upward = !upward) {
    if (column === 6) column -= 1;
    for (let step = 0; step < symbol.size; step += 1) {
      const row = symbol.rows[upward ? symbol.size - 1 - step : step];
      for (const j of [column, column - 1]) if (row[j] === null) row[j] = bits[next++] ?? 0;
    }
  }
}

/** Clause 7.8.3: runs, blocks, what looks like a finder, and how far from half is dark. */
function penalty(rows) {
  const size = rows.length;
  const columns = rows.map((_, j) => rows.map((row) => row[j]));
  let [score, dark] = [0, 0];
  for (const line of [...rows, ...columns]) {
    for (const run of line.join("").matchAll(/0{5,}|1{5,}/g)) score += run[0].length - 2;
    score += 40 * likeFinders(line.join(""));
  }
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      dark += rows[i][j];
      const block = i > 0 && j > 0 ? rows[i][j] + rows[i - 1][j] + rows[i][j - 1] + rows[i - 1][j - 1] : 1;
      if (block % 4 === 0) score += 3;
    }
  }
  return score + 10 * Math.floor(Math.abs((100 * dark) / size ** 2 - 50) / 5);
}

/** 1:1:3:1:1 with four light modules, or the edge, before or behind it. */
function likeFinders(line) {
  let found = 0;
  for (let at = line.indexOf("1011101"); at !== -1; ) {
    const behind = at + 7;
    const stands = !line.slice(Math.max(at - 4, 0), at).includes("1") || !line.slice(behind, behind + 4).includes("1");
    found += stands ? 1 : 0;
    at = line.indexOf("1011101", stands ? behind : at + 4);
  }
  return found;
}

/** The BCH remainder of `data` shifted by `bits`. */
function checked(data, bits, polynomial) {
  let rest = data;
  for (let k = 0; k < bits; k += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) * polynomial);
  return rest & ((1 << bits) - 1);
}

function capacity(version, level) {
  return 8 * (Math.floor(dataModules(version) / 8) - level.correction[version - 1] * level.blocks[version - 1]);
}

function dataModules(version) {
  const aligned = version < 2 ? 0 : alignments(version).length;
  const plain = (16 * version + 128) * version + 64;
  return plain - (aligned ? (25 * aligned - 10) * aligned - 55 : 0) - (version > 6 ? 36 : 0);
}

function alignments(version) {
  if (version < 2) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((4 * version + 4) / (2 * count - 2)) * 2;
  return [6, ...range(0, count - 2).map((k) => 4 * version + 10 - k * step).reverse()];
}

function binary(value, length) {
  return range(1, length).map((place) => (value >> (length - place)) & 1);
}

function number(bits) {
  return bits.reduce((value, bit) => 2 * value + bit, 0);
}

function range(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}
