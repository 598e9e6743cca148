// Heartbeats: every so many seconds the server hears how this kiosk is, and gets the reports it does not have yet, in their order.
// Nothing here waits for an answer that voting would need; what is not heard is said again the next time.

import { canonicalBytes } from "./canonical.js";
import { reports, signReport } from "./report.js";
import { Stopped, askOnce } from "./server.js";

const REPORTS = "/v1/kiosks/reports";
const JSON_TYPE = "application/json";

/** Works for ever. `device` as in staff.js. */
export async function beat(device) {
  for (;;) {
    await tell(device).catch(() => undefined); // silence, or a refusal: the office sees that this kiosk is not heard
    await new Promise((resolve) => setTimeout(resolve, device.config.heartbeat_seconds * 1000));
  }
}

async function tell({ database, identity, spool, config, poll }) {
  const oldest = await spool.oldest();
  await send(
    await signReport(identity, "heartbeat", {
      round: poll()?.round.id ?? "",
      made: spool.made,
      waiting: spool.depth,
      version: config.version,
      ...(oldest && { oldest: oldest.toISOString() }),
    }),
  );
  const last = (await database.get("reported")) ?? "";
  for (const report of (await reports(database)).filter(({ at }) => at > last)) {
    await send(report).catch((fault) => {
      if (!(fault instanceof Stopped)) throw fault; // refused for good: the next one may still be wanted
    });
    await database.put("reported", report.at);
  }
}

const send = (report) => askOnce(REPORTS, JSON_TYPE, canonicalBytes(report));
