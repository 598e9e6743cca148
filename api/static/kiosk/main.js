// Starts the kiosk: one tab, the device's memory, its identity, the spool and its sender, then the screen. Also after a crash:
// what was kept is sent, whoever stood here must begin again, and nothing of them is shown.

import { App } from "./app.js";
import { openDatabase } from "./database.js";
import { beat } from "./heartbeat.js";
import { enrol, readIdentity } from "./identity.js";
import { keptPoll, refreshPoll, takesVoters } from "./paper.js";
import { keptPhotos, Photos } from "./photos.js";
import { parseVerifier } from "./note.js";
import { enrolment } from "./screens/enrol.js";
import { elsewhere, halted } from "./screens/halted.js";
import { Sender } from "./sender.js";
import { Spool, SpoolDamaged } from "./spool.js";
import { staffOf } from "./staff.js";
import { bring, speakIn } from "./strings.js";
import { onlyTab } from "./tab.js";
import { keepUpToDate } from "./updates.js";
import { Voter } from "./voter.js";

const POLL_PAUSE_MILLISECONDS = 20_000;
const FIRST_ANSWER_MILLISECONDS = 3_000;

const config = JSON.parse(document.getElementById("config").textContent);
const root = document.getElementById("kiosk");

bring(config.words);
speakIn(navigator.language.slice(0, 2) in config.languages ? navigator.language.slice(0, 2) : "kk");
stayHere();
start().catch((fault) => {
  root.replaceChildren(halted(fault instanceof SpoolDamaged ? "spool_damaged" : "internal_error"));
  throw fault;
});

async function start() {
  const updates = keepUpToDate(config.version);
  await onlyTab(() => root.replaceChildren(elsewhere()));
  const database = await openDatabase();
  const identity = await readIdentity(database);
  if (!identity) {
    const become = (given) => enrol(database, { ...given, spoolKey: config.spool_key }).then(() => location.reload());
    root.replaceChildren(enrolment(become));
    return;
  }
  const spool = await Spool.open(database, identity);
  let app = null;
  const sender = new Sender(spool, await parseVerifier(identity.logKey), () => app?.refresh());
  let poll = await withPhotos(await keptPoll(database));
  const unit = (await database.get("unit")) ?? null;
  const voter = new Voter(spool);
  const device = { database, identity, spool, voter, sender, config, unit, away: false, poll: () => poll, takesVoters };
  const photos = new Photos();
  const ask = async () => {
    try {
      poll = await withPhotos(await refreshPoll(database, device.unit));
      device.away = false;
      if (poll) photos.fetch(poll.round.id);
    } catch {
      device.away = true;
    }
    app?.refresh();
  };
  // The kept round may have been closed before its announced end: nobody gets its paper if the server can say so.
  const asked = ask();
  await Promise.race([asked, pause(FIRST_ANSWER_MILLISECONDS)]);
  app = new App(root, device, staffOf(device));
  addEventListener("error", () => app.fail("internal_error"));
  addEventListener("unhandledrejection", () => app.fail("internal_error"));
  sender.run();
  beat(device);
  updates.between(() => app.atRest);
  await asked;
  for (;;) {
    await pause(POLL_PAUSE_MILLISECONDS);
    await ask();
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The poll as the screens have it: with those of its projects' photos that are on this device by now. */
async function withPhotos(poll) {
  return poll && { ...poll, photos: await keptPhotos(poll.round.id).catch(() => new Map()) };
}

/** The kiosk is one address: «back» goes nowhere, and a page that the browser had put aside is made anew. */
function stayHere() {
  history.pushState(null, "");
  addEventListener("popstate", () => history.pushState(null, ""));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
