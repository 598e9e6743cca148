// Live turnout: the stream says that something is new, the numbers are read as anybody reads them. Where the stream does not
// come through they are asked for at intervals; without this script the page shows them as of when it was opened.

import { t } from "../web/strings.js";

const LEAST_PAUSE_MS = 5_000;
const SPREAD_MS = 5_000;
const POLL_MS = 30_000;
const NO_BREAK = "\u00a0";

const section = document.getElementById("turnout");
const live = section.querySelector("[data-live]");

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, NO_BREAK);
const share = (part, whole) => `${((100 * part) / whole).toFixed(1).replace(".", ",")}${NO_BREAK}%`;

let known = new Date();
let asked = null;
let polling = null;

/** All who watch are told at the same moment; they ask at different ones. */
function askSoon() {
  asked ??= setTimeout(() => {
    asked = null;
    void ask();
  }, LEAST_PAUSE_MS + Math.random() * SPREAD_MS);
}

async function ask() {
  try {
    const answer = await fetch(section.dataset.address, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).units);
    known = new Date();
    live.textContent = t("Updated at {time}", { time: clock() });
  } catch {
    live.textContent = t("No connection; the numbers are those of {time}", { time: clock() });
  }
}

function show(units) {
  for (const { unit, people, cast } of units) {
    const row = section.querySelector(`[data-unit="${CSS.escape(unit)}"]`);
    if (!row || !people) continue;
    row.querySelector("[data-cast]").textContent = grouped(cast);
    row.querySelector("[data-share]").textContent = share(cast, people);
    row.querySelector("progress").value = cast;
  }
}

const clock = () => known.toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });

function poll() {
  polling ??= setInterval(ask, POLL_MS);
}

if (window.EventSource) {
  const stream = new EventSource(section.dataset.stream);
  stream.addEventListener("open", () => {
    clearInterval(polling);
    polling = null;
    if (!live.textContent) live.textContent = t("Live");
  });
  stream.addEventListener("message", askSoon);
  stream.addEventListener("error", poll);
} else {
  poll();
}
