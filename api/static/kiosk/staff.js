// What the staff's corner may ask and do, from the right PIN until it is left. A new enrolment forgets the key only while nothing
// waits: who is revoked or damaged keeps the spool for whoever looks into it.

import { clockOffset } from "./clock.js";
import { forget } from "./identity.js";
import { tryPin } from "./pin.js";
import { makeReport, reports } from "./report.js";
import { staffCorner } from "./screens/staff.js";

/** `device`: `{database, identity, spool, sender, config, unit, poll()}`. */
export function staffOf(device) {
  const { database, identity, spool, sender, config } = device;
  let open = false;
  return {
    screen: staffCorner,
    isOpen: () => open,
    tryPin: async (pin) => {
      const answer = await tryPin(database, pin);
      open = answer.open;
      return answer;
    },
    close: () => {
      open = false;
    },
    reports: () => reports(database),
    report: (kind) =>
      makeReport(database, identity, kind, {
        round: device.poll()?.round.id ?? "",
        made: spool.made,
        waiting: spool.depth,
        version: config.version,
      }),
    health: async () => ({
      stopped: sender.stopped,
      waiting: spool.depth,
      oldest: await spool.oldest(),
      made: spool.made,
      lastAnswer: sender.lastAnswer,
      silence: sender.silence,
      clockOffset: clockOffset(),
      version: config.version,
      kiosk: identity.id,
    }),
    units: () => device.poll()?.paper.units ?? [],
    unit: () => device.unit,
    /** Whose voters come here: a unit's code, or null to ask every voter. */
    serve: async (unit) => {
      device.unit = unit;
      await database.put("unit", unit);
    },
    mayForget: () => spool.depth === 0,
    forget: async () => {
      await forget(database);
      location.reload();
    },
  };
}
