// The sender: takes the spool's deliveries to the server, one at a time and in order, and checks what comes back.
// A delivery leaves the spool only when its answer is for it and its receipt holds; else the sender stops and says with which code.

import { SpoolDamaged } from "./spool.js";
import { Stopped, askUntilAnswered } from "./server.js";
import { ReceiptInvalid, checkAtOnce } from "./receipt.js";
import { positionCode } from "./short_codes.js";

export const DELIVERIES = "/kiosk/deliveries";
export const SEALED_TYPE = "application/octet-stream";

export class Sender {
  /** Why it has stopped for good: a refusal's code; null while it works. */
  stopped = null;
  /** When the server last answered, as a Date. */
  lastAnswer = null;
  /** Why the last attempt failed; null when it did not. */
  silence = null;
  #spool;
  #verifier;
  #changed;
  #awaited = new Map();
  #wake = () => undefined;

  /** `onChange()` is called whenever one of the above, or the spool, has changed. */
  constructor(spool, verifier, onChange) {
    this.#spool = spool;
    this.#verifier = verifier;
    this.#changed = onChange;
  }

  /** Works until it is stopped. */
  async run() {
    try {
      while (true) {
        const delivery = await this.#spool.next();
        if (delivery) await this.#send(delivery);
        else await new Promise((resolve) => (this.#wake = resolve));
      }
    } catch (fault) {
      this.stopped = fault instanceof Stopped ? fault.code : fault instanceof SpoolDamaged ? "spool_damaged" : "internal_error";
      this.#changed();
    }
  }

  /** The result of the ballot in delivery `sequence`, once it is there: as state.js has it. Ask before `wake`. */
  resultOf(sequence) {
    return new Promise((resolve) => this.#awaited.set(sequence, resolve));
  }

  /** Something was put into the spool. */
  wake() {
    this.#wake();
  }

  async #send({ sequence, sealed }) {
    const answer = await askUntilAnswered(DELIVERIES, SEALED_TYPE, sealed, (why) => {
      this.silence = why;
      this.#changed();
    });
    const result = await this.#checked(answer, sequence);
    await this.#spool.markAnswered(sequence);
    this.silence = null;
    this.lastAnswer = new Date();
    this.#awaited.get(sequence)?.(result);
    this.#awaited.delete(sequence);
    this.#changed();
  }

  async #checked(answer, sequence) {
    const results = answer?.results;
    if (answer?.sequence !== sequence || !Array.isArray(results) || results.length !== 1) throw new Stopped("not_understood");
    const [{ status, position, receipt, code }] = results;
    if (status === "refused" && code) return { code };
    if (status !== "recorded") throw new Stopped("not_understood");
    try {
      await checkAtOnce(receipt, position, this.#verifier);
    } catch (fault) {
      if (fault instanceof ReceiptInvalid) throw new Stopped("receipt_invalid");
      throw fault;
    }
    return { position, positionCode: positionCode(position), receipt };
  }
}
