// The page of check-my-ballot: takes what the voter brings, shows each step of portal/checking.js as it is proven. The words are in
// the page. Without this script the form asks the server, which can only say what it holds.

import { checked } from "./checking.js";
import { MOST_CHARACTERS } from "../kiosk/receipt.js";
import { understood } from "./receipt.js";
import { memory } from "./remembered.js";

const NO_BREAK = "\u00a0";
const form = document.getElementById("check");
const field = document.getElementById("brought");
const file = document.getElementById("receipt-file");
const result = document.getElementById("result");
const headline = document.getElementById("headline");
const list = document.getElementById("proof");
const words = document.getElementById("words").content;

class Unreachable extends Error {}

/** Ed25519 came to browsers late, and only to addresses that begin with https; without it the form asks the server. */
const able = await canVerify();

form.addEventListener("submit", (event) => {
  if (!able) return;
  event.preventDefault();
  void check(field.value);
});

file.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen || chosen.size > MOST_CHARACTERS) return;
  field.value = await chosen.text();
  void check(field.value);
});

addEventListener("hashchange", fromAddress);
fromAddress();

/** A receipt's QR opens this page with the receipt behind `#`, which no server gets; nor does it stay in the history. */
function fromAddress() {
  if (location.hash.length < 2) return;
  const brought = location.hash;
  history.replaceState(null, "", location.pathname + location.search);
  if (able) void check(brought);
  else field.value = brought;
}

async function check(brought) {
  list.replaceChildren();
  result.hidden = false;
  const asked = understood(brought);
  if (asked === null) {
    show("bad", "unreadable");
    return;
  }
  show("wait", "checking");
  const seen = [];
  try {
    for await (const step of checked(asked, memory, read)) {
      seen.push(step);
      add(step);
    }
    conclude(seen);
  } catch (fault) {
    const unreachable = fault instanceof Unreachable;
    if (!unreachable) add({ state: "no", key: "contradiction", facts: { why: fault.message } });
    show(unreachable ? "wait" : "bad", unreachable ? "unreachable" : "failed");
  }
  headline.focus();
}

/** A server that is away or busy has contradicted nothing. */
async function read(path, init) {
  const answer = await fetch(path, init).catch(() => null);
  if (answer === null || answer.status >= 500 || answer.status === 429) throw new Unreachable();
  return answer;
}

async function canVerify() {
  try {
    await crypto.subtle.importKey("raw", Uint8Array.of(0x58, ...Array(31).fill(0x66)), "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

function conclude(steps) {
  const has = (key) => steps.some((step) => step.key === key);
  if (has("not_found")) show("bad", "not_in_log");
  else if (steps.some(({ state }) => state === "no")) show("bad", "failed");
  else show(has("counted") ? "good" : "wait", has("counted") ? "found_and_counted" : "found");
}

function show(kind, key) {
  result.className = `banner ${kind}`;
  result.replaceChildren(words.querySelector(`[data-icon="${kind}"] svg`).cloneNode(true), headline);
  headline.textContent = said(key, {});
}

function add({ state, key, facts }) {
  const item = words.querySelector(`[data-mark="${state}"]`).cloneNode(true);
  item.querySelector("span").textContent = said(key, facts);
  list.append(item);
}

function said(key, facts) {
  const text = words.querySelector(`[data-key="${key}"]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, name) => shown(facts[name]));
}

const shown = (fact) => (typeof fact === "bigint" ? String(fact).replace(/\B(?=(\d{3})+$)/g, NO_BREAK) : String(fact));
