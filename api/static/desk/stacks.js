// The stacks of codes that only this browser holds, one for a round and unit: loaded once, drawn at random, wiped as they are used.
//
//   loaded = left + handedOver + spoiled + pending + wiped
// Drawing deletes a code from the disk and counts it as pending in one durable change, and only then is it opened to be printed: no
// crash leaves a code that was printed and can be drawn again. What a crash, a paper jam or a closed window leaves is a pending slip
// that nobody can print any more; staff say whether it reached the person, and if not it is counted as spoiled.

import { below } from "./chance.js";
import { counted, forgiven, keyOf, newLock, open, seal, waitOf } from "./lock.js";
import { openStore } from "./store.js";

const LOCK = "lock";

export class StackEmpty extends Error {}
export class Locked extends Error {}

export class Stacks {
  #store;
  #key = null;

  static async open() {
    return new Stacks(await openStore());
  }

  constructor(store) {
    this.#store = store;
  }

  get unlocked() {
    return this.#key !== null;
  }

  async hasLock() {
    return (await this.#lock()) !== undefined;
  }

  /** For the first stack: everything loaded from now on is sealed under this PIN. */
  async setPin(pin) {
    const { key, record } = await newLock(pin);
    await this.#store.change(["desk"], (desk) => desk.add(record, LOCK)); // add, not put: another window's lock stays
    this.#key = key;
  }

  /** `{ open, wait }`: whether the PIN was right, and else how many milliseconds until the next one is looked at. */
  async unlock(pin) {
    let record;
    let wait = 0;
    await this.#store.change(["desk"], (desk) => {
      desk.get(LOCK).onsuccess = ({ target }) => {
        wait = waitOf(target.result);
        record = wait ? null : counted(target.result);
        if (record) desk.put(record, LOCK); // counted before it is looked at: pulling the plug buys no free attempt
      };
    });
    if (record === null) return { open: false, wait };
    const key = await keyOf(record, pin);
    if (key === null) return { open: false, wait: waitOf(record) };
    await this.#store.change(["desk"], (desk) => desk.put(forgiven(record), LOCK));
    this.#key = key;
    return { open: true, wait: 0 };
  }

  lock() {
    this.#key = null;
  }

  /** Seal `codes` and keep them: all, or none. */
  async load(round, unit, codes) {
    const key = this.#unlockedKey();
    const sealed = [];
    for (const code of codes) sealed.push(await seal(key, code));
    await this.#store.change(["stacks", "codes"], (stacks, kept) => {
      stacks.get([round, unit]).onsuccess = ({ target }) => {
        const stack = target.result ?? { round, unit, loaded: 0, handedOver: 0, spoiled: 0, pending: 0, wiped: 0 };
        stacks.put({ ...stack, loaded: stack.loaded + sealed.length });
      };
      for (const each of sealed) kept.add(each, [round, unit, crypto.randomUUID()]);
    });
  }

  /** Every stack of the round with what is `left` of it. */
  async of(round) {
    const stacks = await this.#store.read("stacks", (all) => all.getAll(within(round)));
    return Promise.all(stacks.map(async (stack) => ({ ...stack, left: await this.#left(stack) })));
  }

  /** One code, each as likely as the others, gone from the disk before it is told. StackEmpty, Locked. */
  async draw(round, unit) {
    const key = this.#unlockedKey();
    let drawn;
    await this.#store.change(["stacks", "codes"], (stacks, codes) => {
      codes.getAllKeys(within(round, unit)).onsuccess = ({ target: { result: names } }) => {
        if (names.length === 0) return;
        const name = names[below(names.length)];
        codes.get(name).onsuccess = ({ target }) => {
          drawn = target.result;
        };
        codes.delete(name);
        amend(stacks, round, unit, (stack) => ({ ...stack, pending: stack.pending + 1 }));
      };
    });
    // A crash from here on leaves a pending slip: its code is nowhere any more.
    if (drawn === undefined) throw new StackEmpty();
    return open(key, drawn);
  }

  /** What became of one pending slip: «handedOver» or «spoiled». */
  settle(round, unit, outcome) {
    return this.#store.change(["stacks"], (stacks) =>
      amend(stacks, round, unit, (stack) =>
        stack.pending > 0 ? { ...stack, pending: stack.pending - 1, [outcome]: stack[outcome] + 1 } : stack,
      ),
    );
  }

  /** End of the voting: what is left is wiped for good; its number stays to be signed for. */
  wipe(round, unit) {
    return this.#store.change(["stacks", "codes"], (stacks, codes) => {
      const range = within(round, unit);
      codes.count(range).onsuccess = ({ target: { result: left } }) => {
        codes.delete(range);
        amend(stacks, round, unit, (stack) => ({ ...stack, wiped: stack.wiped + left }));
      };
    });
  }

  /** The PIN is forgotten: nobody can print what is left, so it is counted as spoiled, and the lock goes with it. */
  forget() {
    this.#key = null;
    return this.#store.change(["desk", "stacks", "codes"], (desk, stacks, codes) => {
      desk.delete(LOCK);
      stacks.getAll().onsuccess = ({ target: { result: all } }) => {
        for (const stack of all) {
          codes.count(within(stack.round, stack.unit)).onsuccess = ({ target: { result: left } }) => {
            stacks.put({ ...stack, spoiled: stack.spoiled + left });
          };
        }
        codes.clear();
      };
    });
  }

  #lock() {
    return this.#store.read("desk", (desk) => desk.get(LOCK));
  }

  #left({ round, unit }) {
    return this.#store.read("codes", (codes) => codes.count(within(round, unit)));
  }

  #unlockedKey() {
    if (this.#key === null) throw new Locked();
    return this.#key;
  }
}

function amend(stacks, round, unit, change) {
  stacks.get([round, unit]).onsuccess = ({ target }) => stacks.put(change(target.result));
}

/** The names that begin with these: an array sorts behind every text. */
function within(...path) {
  return IDBKeyRange.bound(path, [...path, []]);
}
