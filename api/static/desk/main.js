// The desk's page with scripts: the person is looked up and served without leaving it, so that the codes stay unlocked.
//
// The person is marked as served first; only then is a slip drawn. Whatever is cut off in between, the page says in plain words what
// is known and what to do next, and nobody gets two slips. The IIN leaves its field the moment it is sent; no answer brings it back.

import { Panel } from "./panel.js";
import { NoAnswer, Refusal, get, post } from "./server.js";
import { printSlip } from "./slip.js";

const place = JSON.parse(byId("place").textContent);
const find = byId("find");
const answer = byId("answer");
const panel = await Panel.open(place);
let person = { unit: "", ticket: "" }; // of whom the answer tells; nothing else of a person is ever here
let printed = null; // the unit of the slip that came out of the printer just now
let busy = false;

for (const hidden of document.querySelectorAll(".script-only")) hidden.hidden = false;
find?.addEventListener("submit", (event) => handle(event, lookUp));
answer?.addEventListener("submit", (event) => handle(event, { serve, ask }[event.target.dataset.does]));
answer?.addEventListener("click", ({ target }) => pressed(target.closest("[data-does]")?.dataset.does));
byId("due")?.addEventListener("submit", (event) => handle(event, handOverDue));
document.querySelector("[data-does=refresh]")?.addEventListener("click", () => showDue());

/** One thing at a time: a second press while the first is under way does nothing. */
async function handle(event, work) {
  event.preventDefault();
  if (busy) return;
  busy = true;
  find?.setAttribute("aria-busy", "true");
  try {
    await work(event.target, Object.fromEntries(new FormData(event.target)));
  } finally {
    busy = false;
    find?.removeAttribute("aria-busy");
  }
}

async function lookUp(form, fields) {
  form.elements.iin.value = "";
  forget();
  try {
    const found = await post(form.action, fields);
    person = { unit: found.unit, ticket: found.ticket };
    show(found.standing, found);
  } catch (fault) {
    showFault(fault, "unknown_find");
    form.elements.iin.focus();
  }
}

async function serve(form, fields) {
  const obstacle = panel.prints ? await panel.obstacle(person.unit) : "";
  if (obstacle) return note(obstacle); // before anybody is marked
  try {
    await handOver(await post(form.action, fields));
  } catch (fault) {
    if (fault instanceof Refusal && fault.code === "already_served") show("served", person);
    else showFault(fault, "unknown_serve");
  }
}

async function handOverDue(form, fields) {
  forget();
  const obstacle = panel.prints ? await panel.obstacle(form.dataset.unit) : "";
  if (obstacle) return note(obstacle);
  try {
    const due = await post(form.action, fields);
    form.closest("li").remove();
    await handOver(due);
  } catch (fault) {
    showFault(fault, "unknown_due");
  }
}

/** From here on one slip of the unit is due to the person at the desk. */
async function handOver({ unit, unit_name }) {
  if (!panel.prints) return show("from_pile", { unit_name });
  let code;
  try {
    code = await panel.draw(unit);
  } catch {
    return show("not_drawn", { unit_name, ticket: person.ticket });
  }
  printed = unit;
  show("printed", { unit_name });
  await printSlip({ code, unitName: unit_name, width: panel.width });
}

async function ask(form, fields) {
  try {
    await post(form.action, fields);
    show("asked", {});
  } catch (fault) {
    showFault(fault, "unknown_ask");
  }
}

async function pressed(does) {
  if (does === "next") return next();
  if (printed === null || !["handed", "spoiled"].includes(does)) return;
  const unit = printed;
  printed = null;
  if (does === "handed") next();
  else show(person.ticket ? "spoiled" : "spoiled_second", person);
  await panel.settle(unit, does === "handed" ? "handedOver" : "spoiled");
}

async function showDue() {
  let slips;
  try {
    slips = await get(new URL(`${location.pathname.replace(/\/$/, "")}/due`, location.href));
  } catch (fault) {
    return showFault(fault, "unknown_find");
  }
  const items = slips.map(({ slip, unit, unit_name }) => {
    const item = byId("due-item").content.cloneNode(true);
    const form = item.querySelector("form");
    item.querySelector("[data-fill=unit_name]").textContent = unit_name;
    form.setAttribute("action", form.getAttribute("action") + slip);
    form.dataset.unit = unit;
    return item;
  });
  byId("due").hidden = items.length === 0;
  byId("due").querySelector("ul").replaceChildren(...items);
}

function forget() {
  person = { unit: "", ticket: "" };
}

function next() {
  forget();
  answer.hidden = true;
  answer.replaceChildren();
  find.elements.iin.focus();
}

/** An answer as the page's template of this name has it, with these facts in it. */
function show(name, facts) {
  answer.replaceChildren(byId(`answer-${name}`).content.cloneNode(true));
  for (const [fact, value] of Object.entries(facts)) {
    for (const gap of answer.querySelectorAll(`[data-fill=${fact}]`)) {
      if (gap instanceof HTMLInputElement) gap.value = value;
      else gap.textContent = value;
    }
  }
  answer.hidden = false;
  answer.focus();
}

function showFault(fault, unknown) {
  if (fault instanceof NoAnswer) return show(unknown, {});
  if (!(fault instanceof Refusal)) throw fault;
  show("refused", {});
  const title = answer.querySelector(".title");
  title.textContent = fault.title;
  title.after(Object.assign(document.createElement("p"), { textContent: fault.detail }));
}

/** Says what is in the way, above the answer that stays. */
function note(text) {
  answer.querySelector(".note")?.remove();
  answer.prepend(Object.assign(document.createElement("p"), { className: "note", role: "alert", textContent: text }));
  answer.hidden = false;
}

function byId(id) {
  return document.getElementById(id);
}
