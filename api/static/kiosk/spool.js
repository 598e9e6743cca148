// The spool: deliveries on this device's disk, from before they are first sent until every ballot of them is answered.
// - What is kept is sealed to the server (sealing.js): exactly these bytes go out, again and again, and nobody can read them here.
// - Numbers have no gap and each delivery names the hash of the one before; both follow from what lies here.
// - The answer is noted and the delivery removed in one transaction: a crash leaves both or neither.
// - One tab at a time (tab.js), one `keep` at a time.

import { sha256, toBase64url, utf8 } from "./bytes.js";
import { deliveryHash, signDelivery } from "./delivery.js";
import { DELIVERY_INFO, seal } from "./sealing.js";

const MOST_DELIVERIES = 10_000;
const MOST_DELIVERY_BYTES = 60 * 1024;
/** Room that nothing else on this device may take. */
export const MOST_SPOOL_BYTES = MOST_DELIVERIES * MOST_DELIVERY_BYTES;
const HOUR_MILLISECONDS = 3_600_000;
const NONE_ANSWERED = { sequence: 0, hash: "" };

export class SpoolFull extends Error {
  code = "spool_full";
}

/** Deliveries that may have been sent are missing or changed: send nothing, keep the device, have it looked at. */
export class SpoolDamaged extends Error {}

export class Spool {
  #database;
  #kiosk;
  #last;
  #waiting;
  #keeping = Promise.resolve();

  /** `kiosk`: `{id, audience, key, markKey, spoolKey}` (identity.js). */
  static async open(database, kiosk) {
    const spool = new Spool(database, kiosk);
    await spool.#read();
    return spool;
  }

  constructor(database, kiosk) {
    this.#database = database;
    this.#kiosk = kiosk;
  }

  /** How many deliveries have no answer yet. */
  get depth() {
    return this.#waiting.length;
  }

  /** How many deliveries this kiosk ever made. */
  get made() {
    return this.#last.sequence;
  }

  /** The hour in which the oldest waiting delivery was made, as a Date; null when none waits. */
  async oldest() {
    const record = await this.#first();
    return record ? new Date(record.hour * HOUR_MILLISECONDS) : null;
  }

  /** Sign, seal and store a delivery of one ballot; its number. It is on disk when this resolves. */
  keep(ballot, ballotId) {
    const kept = this.#keeping.then(() => this.#keep(ballot, ballotId));
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  /** Whether a ballot with this id waits here. */
  async holds(ballotId) {
    const mark = await this.#mark(ballotId);
    return (await this.#database.read((spool) => spool.index("mark").count(mark))) > 0;
  }

  /** `{sequence, sealed}` of the delivery to be sent next; null when none waits. */
  async next() {
    const record = await this.#first();
    if (!record) return null;
    if (toBase64url(await sha256(record.sealed)) !== record.digest) throw new SpoolDamaged("bytes were changed");
    return { sequence: record.sequence, sealed: record.sealed };
  }

  /** Forget the first waiting delivery: its ballot is answered. */
  async markAnswered(sequence) {
    if (sequence !== this.#waiting[0]) throw new RangeError("deliveries are answered in their order");
    const { hash } = await this.#first();
    await this.#database.change(["device", "spool"], ({ device, spool }) => {
      device.put({ sequence, hash }, "answered");
      spool.delete(sequence);
    });
    this.#waiting.shift();
  }

  async #read() {
    const answered = (await this.#database.get("answered")) ?? NONE_ANSWERED;
    this.#waiting = await this.#database.read((spool) => spool.getAllKeys());
    if (this.#waiting.some((sequence, place) => sequence !== answered.sequence + place + 1)) {
      throw new SpoolDamaged("a delivery is missing");
    }
    const last = this.#waiting.at(-1);
    this.#last = last === undefined ? answered : await this.#database.read((spool) => spool.get(last));
  }

  async #keep(ballot, ballotId) {
    if (this.depth >= MOST_DELIVERIES) throw new SpoolFull("as many deliveries wait as the spool holds");
    const sequence = this.#last.sequence + 1;
    const delivery = await signDelivery(this.#kiosk, { sequence, previous: this.#last.hash, ballots: [ballot] });
    if (delivery.length > MOST_DELIVERY_BYTES) throw new SpoolFull("the ballot is too long");
    const sealed = await seal(this.#kiosk.spoolKey, DELIVERY_INFO, delivery);
    const record = {
      sequence,
      hash: await deliveryHash(delivery),
      sealed,
      digest: toBase64url(await sha256(sealed)),
      mark: await this.#mark(ballotId),
      hour: Math.floor(Date.now() / HOUR_MILLISECONDS),
    };
    await this.#store(record);
    this.#waiting.push(sequence);
    this.#last = { sequence, hash: record.hash };
    return sequence;
  }

  async #store(record) {
    try {
      // add() and not put(): a number that is there already is never written over.
      await this.#database.change(["spool"], ({ spool }) => spool.add(record));
    } catch (fault) {
      if (fault?.name === "QuotaExceededError") throw new SpoolFull("the disk is full");
      throw fault;
    }
  }

  #first() {
    const [sequence] = this.#waiting;
    return sequence === undefined ? null : this.#database.read((spool) => spool.get(sequence));
  }

  /** Tells this device, and nobody without its key, that it holds this ballot. */
  async #mark(ballotId) {
    return toBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", this.#kiosk.markKey, utf8(ballotId))));
  }
}
