// What this kiosk says of itself, signed with its key: reports at opening and closing, kept with those before them; heartbeats.
//   signature over «dauys.kiosk-report.v1», a newline, and the canonical JSON of the report without it

import { concat, utf8 } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";
import { clockOffset } from "./clock.js";
import { signature } from "./keys.js";

const SIGNED_PREFIX = utf8("dauys.kiosk-report.v1\n");
const MOST_REPORTS = 100;

export const reports = async (database) => (await database.get("reports")) ?? [];

/** `kind`: "zero" before the first voter, "closing" after the last; `facts`: `{round, made, waiting, version}`. Then it is kept. */
export async function makeReport(database, kiosk, kind, facts) {
  const signed = await signReport(kiosk, kind, facts);
  await database.put("reports", [...(await reports(database)), signed].slice(-MOST_REPORTS));
  return signed;
}

/** The same, kept by nobody. */
export async function signReport(kiosk, kind, facts) {
  const report = {
    kind,
    kiosk: kiosk.id,
    at: new Date().toISOString(),
    clock_offset_ms: Math.round(clockOffset()),
    ...facts,
  };
  return { ...report, signature: await signature(kiosk.key, concat(SIGNED_PREFIX, canonicalBytes(report))) };
}
