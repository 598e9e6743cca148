/** Help while a proposal is written: what is like its title, the device's own place, sums of rough costs. The form works without it. */

import { t } from "../web/strings.js";

const PAUSE_MILLISECONDS = 600;
const FEWEST_CHARACTERS = 5;
const MOST_CHARACTERS = 300;
const DECIMALS = 6;

const form = document.querySelector("form[data-round]");
const language = document.documentElement.lang;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** While one types: the server's hints, of which the last answer to the last question is shown. */
function suggest() {
  const place = document.getElementById("like");
  const title = form.elements.namedItem("title");
  let waiting = 0;
  let asked = 0;
  async function ask() {
    const text = title.value.trim().slice(0, MOST_CHARACTERS);
    const question = ++asked;
    if (text.length < FEWEST_CHARACTERS) return;
    const query = new URLSearchParams({ text });
    try {
      const answer = await fetch(`/v1/rounds/${form.dataset.round}/similar?${query}`);
      if (!answer.ok || question !== asked) return;
      show(place, await answer.json());
    } catch {
      // No hint is shown: handing in shows them again.
    }
  }
  title.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MILLISECONDS);
  });
}

function show(place, found) {
  place.replaceChildren();
  if (!found.length) return;
  const list = document.createElement("ul");
  for (const each of found) {
    const item = document.createElement("li");
    item.append(element("a", each.title, { href: `/${language}/proposals/${each.proposal_id}` }));
    list.append(item);
  }
  const banner = element("div", "", { class: "banner info" });
  const inside = document.createElement("div");
  inside.append(element("p", t("Is it one of these?"), { class: "title" }), list);
  banner.append(inside);
  place.append(banner);
}

function locate() {
  const button = document.getElementById("here");
  const said = document.getElementById("here-said");
  if (!navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.namedItem("latitude").value = coords.latitude.toFixed(DECIMALS);
        form.elements.namedItem("longitude").value = coords.longitude.toFixed(DECIMALS);
      },
      () => {
        said.textContent = t("Your device does not tell its place.");
      },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
}

/** Counts beside the rough costs; their sum is told, and never written into the estimate unasked. */
function sums() {
  const table = document.getElementById("costs");
  const sum = document.getElementById("sum");
  const number = new Intl.NumberFormat("ru-KZ");
  for (const cell of table.querySelectorAll(".count")) cell.hidden = false;
  table.addEventListener("input", () => {
    let least = 0;
    let most = 0;
    for (const row of table.tBodies[0].rows) {
      const count = Math.min(Math.max(Number(row.querySelector("input").value) || 0, 0), 100_000);
      least += count * Number(row.dataset.least);
      most += count * Number(row.dataset.most);
    }
    const facts = { least: number.format(least), most: number.format(most) };
    sum.textContent = most ? t("Rough sum: {least} – {most} ₸", facts) : "";
  });
}

if (form) {
  suggest();
  locate();
  sums();
}
