// Reads the secret file that `dauys codes generate` made: CSV, a line «number,code» for each slip. It stays in this browser.
//
// Its first line says whose codes they are. Those of another round or unit would be worth nothing on a kiosk, and nobody would know
// before the first voter stood there. The line is compared here: asking the server about a code would tell which ones this desk has.

import { parseCode } from "../kiosk/crockford.js";

export const MOST_BYTES = 64 * 1024 * 1024; // two million slips, the most of one unit
export const MOST_CODES = 20_000; // in one desk's stack
const HEADER = /^number,code(?: for (\d+) in ([\da-f-]+))?$/;

/** Why a file is not taken: `reason`, and the line where it is a line's. Never what the line holds. */
export class FileRefused extends Error {
  constructor(reason, line = 0) {
    super(reason);
    this.reason = reason;
    this.line = line;
  }
}

/** The round's and unit's codes with the numbers `first` to `last`, in the file's order; FileRefused: any missing, wrong or repeated. */
export async function readCodes(file, round, unit, first, last) {
  if (last - first + 1 > MOST_CODES) throw new FileRefused("too_many");
  if (file.size > MOST_BYTES) throw new FileRefused("too_large");
  const lines = (await file.text()).replace(/\r\n/g, "\n").replace(/\n$/, "").split("\n");
  const header = HEADER.exec(lines[0]);
  if (header === null) throw new FileRefused("not_codes");
  if (header[2] === undefined) throw new FileRefused("nobody_s");
  if (header[2] !== round) throw new FileRefused("other_round");
  if (header[1] !== unit) throw new FileRefused("other_unit");
  if (first < 1 || last < first || last > lines.length - 1) throw new FileRefused("no_such_numbers");
  const codes = [];
  for (let number = first; number <= last; number += 1) {
    const [told, code, ...more] = lines[number].split(",");
    if (told !== String(number) || more.length || code === undefined || parseCode(code) === null) {
      throw new FileRefused("bad_line", number + 1);
    }
    codes.push(code);
  }
  if (new Set(codes).size !== codes.length) throw new FileRefused("repeated");
  return codes;
}
