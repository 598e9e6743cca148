// The kiosk's own screens without a kiosk behind them: the office walks through a paper before anybody votes.
// Whom the screens speak to are stand-ins: there is no key, no spool, no disk and no server here, no module of theirs is loaded
// (tests/api/office/test_preview.py), and the page's policy lets nothing out of the browser.

import { App } from "../kiosk/app.js";
import { bring, t } from "../kiosk/strings.js";

const SEQUENCE = 1;
/** As long as a real checkpoint, so that the QR is as fine as a real one. */
const CHECKPOINT_CHARACTERS = 230;

const config = brought("config");
const { photos, ...frozen } = brought("poll");
const poll = { ...frozen, photos: new Map(photos) };

/** Comes in with any code, which is looked at by nobody; what is chosen is let go. */
const voter = {
  identify: async () => "identified",
  cast: async () => ({ sequence: SEQUENCE, ballotCode: t("SAMPLE") }),
  forget: () => undefined,
};

const sender = {
  stopped: null,
  silence: null,
  wake: () => undefined,
  resultOf: async () => ({ positionCode: t("SAMPLE"), receipt: `\n\n${"SAMPLE ".padEnd(CHECKPOINT_CHARACTERS, "SAMPLE ")}` }),
};

bring(config.words);
// Whenever it is looked at, it shows the hours of voting. There is no corner for the staff of a hall.
const device = { config, unit: null, away: false, poll: () => poll, takesVoters: () => true, voter, sender };
const app = new App(document.getElementById("kiosk"), device, null);
// Whoever looks begins in the language of their own pages; the next voter, as on a kiosk, in the state language.
app.dispatch({ type: "language", language: document.querySelector(".band").lang });

function brought(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
