// The voter before the screen: from a code to a ballot on the device's disk. The only place that holds a voter's key.
// The code is forgotten as soon as the key is made of it; the key as soon as the ballot is kept, or the voter goes.

import { newSalt, signBallot } from "./ballot.js";
import { parseCode } from "./crockford.js";
import { encoded } from "./form.js";
import { credentialOf } from "./keys.js";
import { ballotCode, ballotId } from "./short_codes.js";

export class Voter {
  #spool;
  #credential = null;
  #ballotId = "";
  #round = "";
  #turn = 0;

  constructor(spool) {
    this.#spool = spool;
  }

  /** "identified"; "mistyped"; "kept" when a ballot of this code waits here already; "gone" when the voter left meanwhile. */
  async identify(typed, round) {
    const code = parseCode(typed);
    if (!code) return "mistyped";
    this.forget();
    const turn = this.#turn;
    const credential = await credentialOf(code, round);
    code.fill(0);
    const id = await ballotId(round, credential.credential);
    const held = await this.#spool.holds(id);
    if (turn !== this.#turn) return "gone";
    if (held) return "kept";
    [this.#credential, this.#ballotId, this.#round] = [credential, id, round];
    return "identified";
  }

  /** Sign and keep: `{sequence, ballotCode}`. Once it resolves the ballot outlives this tab; the voter's key has not. */
  async cast(form, choices) {
    const [credential, id] = [this.#credential, this.#ballotId];
    this.forget();
    const ballot = await signBallot(credential, this.#round, encoded(form, choices), newSalt());
    return { sequence: await this.#spool.keep(ballot, id), ballotCode: ballotCode(id) };
  }

  /** Also what is being derived just now comes too late after this. */
  forget() {
    this.#turn += 1;
    this.#credential = null;
    this.#ballotId = "";
  }
}
