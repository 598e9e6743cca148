// The panel of codes: where slips come from, the PIN, loading a file, and what is left. Its stacks belong to one window at a time.

import { t } from "../web/strings.js";
import { FileRefused, MOST_CODES, readCodes } from "./codes_file.js";
import { FEWEST_CHARS } from "./lock.js";
import { NoAnswer, Refusal, post } from "./server.js";
import { Stacks } from "./stacks.js";

const SOURCE = "dauys-desk-source";
const WIDTH = "dauys-desk-width";
const AWAY_LOCKS_AFTER_MS = 5 * 60_000;

export class Panel {
  #place;
  #stacks = null;
  #counts = [];
  #locking = 0;
  #piles = new Map(); // (unit, numbers) → the id under which they are taken over, the same when asked again

  /** `place`: the round's id and the names of its units by KATO. */
  static async open(place) {
    const panel = new Panel(place);
    await panel.#begin();
    return panel;
  }

  constructor(place) {
    this.#place = place;
  }

  /** Whether slips are printed here; else they come from the printed pile. */
  get prints() {
    return chosen("source") === "stack";
  }

  get width() {
    return chosen("width");
  }

  /** Why nothing can be drawn for the unit now; empty when it can. */
  async obstacle(unit) {
    if (this.#stacks === null || !this.#stacks.unlocked) return t("Unlock the codes first, or take slips from the printed pile.");
    const stack = (await this.#stacks.of(this.#place.round)).find((each) => each.unit === unit);
    return stack?.left ? "" : t("No code of this unit is left here. Load more, or take slips from the printed pile.");
  }

  /** A code, wiped before it is told; it stays pending until `settle`. */
  draw(unit) {
    this.#stayUnlocked();
    return this.#stacks.draw(this.#place.round, unit);
  }

  async settle(unit, outcome) {
    await this.#stacks.settle(this.#place.round, unit, outcome);
    await this.#show();
  }

  async #begin() {
    byId("stacks").hidden = false;
    this.#remember("source", SOURCE);
    this.#remember("width", WIDTH);
    byId("stacks").addEventListener("change", () => this.#show());
    byId("unlock").addEventListener("submit", (event) => this.#handle(event, () => this.#unlock()));
    byId("load").addEventListener("submit", (event) => this.#handle(event, () => this.#load(event.target)));
    byId("stacks").addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-does]")));
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => this.#stayUnlocked());
    addEventListener("pagehide", () => this.#stacks?.lock());
    const alone = await onlyWindow();
    this.#stacks = alone ? await Stacks.open().catch(() => null) : null;
    if (this.#stacks === null) {
      tell(alone ? t("This browser keeps nothing on this machine, so it cannot hold codes. Use printed slips.") : elsewhere());
    }
    await this.#show();
  }

  #remember(name, key) {
    for (const radio of radios(name)) {
      if (radio.value === localStorage.getItem(key)) radio.checked = true;
      radio.addEventListener("change", () => localStorage.setItem(key, radio.value));
    }
  }

  async #show() {
    byId("printing-here").hidden = !this.prints;
    const ready = this.#stacks !== null;
    const locked = ready && (await this.#stacks.hasLock());
    this.#counts = ready ? await this.#stacks.of(this.#place.round) : [];
    byId("unlock").hidden = !locked || this.#stacks.unlocked;
    byId("unlocked").hidden = !ready || !this.#stacks.unlocked;
    byId("loading").hidden = !ready || (locked && !this.#stacks.unlocked);
    byId("new-pin").hidden = locked;
    byId("pending").hidden = !this.#counts.some(({ pending }) => pending > 0) || !ready || !this.#stacks.unlocked || busyPrinting();
    byId("counts").replaceChildren(...this.#counts.map((stack) => this.#line(stack)));
  }

  #line({ unit, left, handedOver, spoiled, pending }) {
    const line = byId("count").content.cloneNode(true);
    fill(line, "unit_name", this.#place.units[unit] ?? unit);
    const facts = { left, handed: handedOver, spoiled: spoiled + pending };
    fill(line, "counts", t("{left} left, {handed} handed over, {spoiled} spoiled", facts));
    const wipe = line.querySelector("[data-does=wipe]");
    wipe.dataset.unit = unit;
    wipe.hidden = left === 0 || !this.#stacks.unlocked;
    return line;
  }

  async #handle(event, work) {
    event.preventDefault();
    const button = event.target.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await work();
    } finally {
      button.disabled = false;
      for (const secret of event.target.querySelectorAll("[type=password]")) secret.value = "";
      await this.#show();
    }
  }

  async #unlock() {
    const { open, wait } = await this.#stacks.unlock(byId("pin").value);
    const seconds = Math.ceil(wait / 1000);
    if (open) tell("");
    else tell(wait ? t("Wrong PIN. Wait {seconds} seconds before the next attempt.", { seconds }) : t("Wrong PIN."));
    if (open) this.#stayUnlocked();
  }

  async #load(form) {
    const [first, last] = [Number(form.elements.first.value), Number(form.elements.last.value)];
    const unit = form.elements.unit.value;
    try {
      const pin = await this.#newPin(form);
      const codes = await readCodes(form.elements.codes.files[0], this.#place.round, unit, first, last);
      await this.#takeOver(form, unit, first, last);
      if (pin) await this.#stacks.setPin(pin);
      await this.#stacks.load(this.#place.round, unit, codes);
    } catch (fault) {
      tell(wordsOf(fault));
      return;
    }
    this.#piles.delete(`${unit} ${first} ${last}`);
    form.reset();
    byId("loading").open = false;
    tell(t("Loaded. Remove the file from this machine now: the codes are here, locked with the PIN."));
    this.#stayUnlocked();
  }

  /** The server learns numbers, never codes, before any code is kept: of two desks that load the same file one is refused. */
  #takeOver(form, unit, first, last) {
    const numbers = `${unit} ${first} ${last}`;
    if (!this.#piles.has(numbers)) this.#piles.set(numbers, crypto.randomUUID());
    const token = form.querySelector("[name=csrf_token]").value;
    return post(form.action, { csrf_token: token, unit, first, last, pile: this.#piles.get(numbers) });
  }

  async #newPin(form) {
    if (await this.#stacks.hasLock()) return "";
    const pin = form.elements.new_pin.value;
    if (pin.length < FEWEST_CHARS) throw new Told(t("A PIN has at least {n} characters.", { n: FEWEST_CHARS }));
    if (pin !== form.elements.new_pin_again.value) throw new Told(t("The two PINs differ. Type the same one twice."));
    return pin;
  }

  async #pressed(button) {
    const stack = this.#counts.find(({ pending }) => pending > 0);
    switch (button?.dataset.does) {
      case "lock":
        this.#stacks.lock();
        break;
      case "pending-handed":
        return this.settle(stack.unit, "handedOver");
      case "pending-spoiled":
        return this.settle(stack.unit, "spoiled");
      case "wipe":
        if (!confirm(t("Wipe the codes of this unit that are left? They cannot be brought back."))) return;
        await this.#stacks.wipe(this.#place.round, button.dataset.unit);
        break;
      case "forget":
        if (!confirm(t("Wipe all codes in this browser? They cannot be printed any more and count as spoiled."))) return;
        await this.#stacks.forget();
        tell("");
        break;
      default:
        return;
    }
    await this.#show();
  }

  #stayUnlocked() {
    clearTimeout(this.#locking);
    if (!this.#stacks?.unlocked) return;
    this.#locking = setTimeout(() => {
      this.#stacks.lock();
      this.#show();
    }, AWAY_LOCKS_AFTER_MS);
  }
}

class Told extends Error {}

function wordsOf(fault) {
  if (fault instanceof Told) return fault.message;
  if (fault instanceof Refusal) return `${fault.title}. ${fault.detail}`;
  if (fault instanceof NoAnswer) return t("No answer from the server. Nothing is lost: load the same numbers again.");
  if (!(fault instanceof FileRefused)) return t("The codes could not be kept on this machine. Nothing is lost: load the same numbers again.");
  const reasons = {
    not_codes: t("This is not a file of codes. Choose the file slips-….csv that “dauys codes generate” made."),
    nobody_s: t("The file does not say which round it is of: an older version made it. Hand over printed slips, or have its maker name the round in its first line."),
    other_round: t("This file is of another round. Choose the one that was made for this round."),
    other_unit: t("This file is of another unit. Choose its unit above, or the file of the chosen one."),
    no_such_numbers: t("The file does not have these numbers. Look at its first and last line."),
    bad_line: t("Line {line} is damaged. Take the file from its copy.", { line: fault.line }),
    repeated: t("A code stands in the file twice. Do not use this file; tell the akim's office."),
    too_large: t("The file is too large for a desk."),
    too_many: t("At most {n} codes are loaded at once. Choose fewer numbers.", { n: MOST_CODES }),
  };
  return reasons[fault.reason];
}

function elsewhere() {
  return t("The desk is open in another window of this browser. Go on there, or close it and reload this page.");
}

/** Whether no other window of this browser holds the codes; then this one does until it is closed. */
function onlyWindow() {
  return new Promise((answer) => {
    navigator.locks.request("dauys-desk", { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}

/** While the page itself asks about the slip just printed, the panel doesn't. */
function busyPrinting() {
  return document.querySelector("#answer [data-does=handed]") !== null;
}

function tell(text) {
  byId("told").textContent = text;
}

function fill(within, name, text) {
  within.querySelector(`[data-fill=${name}]`).textContent = text;
}

const byId = (id) => document.getElementById(id);
const radios = (name) => [...document.querySelectorAll(`#stacks input[name=${name}]`)];
const chosen = (name) => radios(name).find(({ checked }) => checked)?.value;
