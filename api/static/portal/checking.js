// Check my ballot: what can be proven about an entry of the log, one step after the other, without asking the server to be believed.
// Each step is `{state, key, facts}`: state "yes" (proven), "later" (cannot be known yet) or "no" (it must not be so).

import { utf8 } from "../kiosk/bytes.js";
import { decoded, openCheckpoint, parseVerifier } from "../kiosk/note.js";
import { ballotCode } from "../kiosk/short_codes.js";
import { leafHash, ProofInvalid, sameHash, verifyConsistency, verifyInclusion } from "./merkle.js";
import { Log, Withheld } from "./tiles.js";

const BALLOT = "ballot.cast.v1";
const MOST_STEPS = 200;

/** `asked`: what receipt.js understood; `memory`: what remembered.js keeps; `read(path, init)`: fetch. Yields the steps in order. */
export async function* checked(asked, memory, read) {
  const verifier = await parseVerifier((await text(read, "/log/key")).trim());
  const newest = await openCheckpoint(await text(read, "/log/checkpoint"), verifier);
  yield* keyIsKnown(verifier, memory);
  yield yes("checkpoint", { size: newest.size, name: verifier.name });
  // What contradicts the memory does not replace it: the next visit has to notice it, too.
  if (yield* hasOnlyGrown(newest, verifier, memory, read)) memory.keep(verifier, newest);
  const log = new Log(newest, read);
  if (asked.receipt) yield* receiptStands(asked.receipt, newest, verifier, log, read);
  if (asked.note) yield* slipStands(asked, newest, verifier, read);
  const index = await placeOf(asked, read);
  if (index === null || index >= newest.size) {
    yield no("not_found", {});
    return;
  }
  await log.leaf(index);
  yield yes("in_log", { position: index + 1n, size: newest.size });
  yield* isCounted(index, asked.code, log, read);
}

function* keyIsKnown(verifier, memory) {
  const known = memory.key();
  if (known === null) yield later("new_key", { key: verifier.text });
  else if (known === verifier.text) yield yes("same_key", {});
  else yield no("other_key", { key: verifier.text });
}

async function* hasOnlyGrown(newest, verifier, memory, read) {
  const note = memory.checkpoint(verifier);
  if (note === null) return true;
  const before = await openCheckpoint(note, verifier);
  try {
    await extendsTo(before, newest, read);
    yield yes("grown", { size: before.size });
    return true;
  } catch (fault) {
    if (!(fault instanceof ProofInvalid)) throw fault;
    yield no("rewritten", { size: before.size });
    return false;
  }
}

/** The receipt's own signature and path, and that today's log is a continuation of the one it was given under. */
async function* receiptStands(receipt, newest, verifier, log, read) {
  const given = await openCheckpoint(receipt.note, verifier);
  const leaf = await log.leaf(receipt.index);
  await verifyInclusion(leaf, receipt.index, given.size, receipt.path, given.root);
  await extendsTo(given, newest, read);
  yield yes("receipt", { size: given.size });
}

/** What a slip's QR holds of the receipt: the log's signature for a tree that has the position, which today's log continues. */
async function* slipStands({ note, position }, newest, verifier, read) {
  const given = await openCheckpoint(note, verifier);
  if (given.size < position) throw new ProofInvalid("the slip's checkpoint is of a log without its position");
  await extendsTo(given, newest, read);
  yield yes("receipt", { size: given.size });
}

async function extendsTo(before, after, read) {
  if (before.size > after.size) throw new ProofInvalid("the log has become shorter");
  const path = before.size === after.size ? "" : await text(read, `/log/consistency/${before.size}/${after.size}`);
  const hashes = path.split("\n").filter(Boolean).map(decoded);
  await verifyConsistency(before.size, before.root, after.size, after.root, hashes);
}

/** Index of the ballot, from 0. Only a ballot code has to be looked up; it is sent in a body, which no log of addresses keeps. */
async function placeOf(asked, read) {
  if (asked.receipt) return asked.receipt.index;
  if (asked.position) return asked.position - 1n;
  const answer = await read("/v1/ballots/position", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code: asked.code }),
  });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`position: ${answer.status}`);
  return BigInt((await answer.json()).position) - 1n;
}

/** That the entry is a ballot of a round, and stands between the opening and the closing of its voting: then it is in the tally. */
async function* isCounted(index, code, log, read) {
  let entry;
  try {
    entry = await log.entry(index);
  } catch (fault) {
    if (!(fault instanceof Withheld)) throw fault;
    yield later("withheld", {});
    return;
  }
  if (entry.topic !== BALLOT || (code && ballotCode(entry.id).replaceAll("-", "") !== code)) {
    yield no("not_a_ballot", {});
    return;
  }
  const round = JSON.parse(await text(read, `/v1/rounds/${entry.state.round_id}`));
  yield yes("ballot", { title: round.title });
  const { items } = JSON.parse(await text(read, `/v1/trail/${round.id}?limit=${MOST_STEPS}`));
  const opened = await stepInLog(items, entry.state.round_id, "round.voting_opened.v1", log);
  const closed = await stepInLog(items, entry.state.round_id, "round.voting_closed.v1", log);
  if (round.phase === "cancelled") yield no("cancelled", {});
  else if (opened === null || closed === null) yield later("open", {});
  else if (opened < index && index < closed) yield yes("counted", { opened: opened + 1n, closed: closed + 1n });
  else yield no("outside", {});
}

/** Index of the newest of the round's entries with this topic, shown to be in the log; null where there is none. */
async function stepInLog(items, roundId, topic, log) {
  const told = items.findLast((item) => item.topic === topic);
  if (!told || BigInt(told.position) > log.checkpoint.size) return null;
  const index = BigInt(told.position) - 1n;
  const { id, topic: of } = JSON.parse(told.entry);
  if (id !== roundId || of !== topic || !sameHash(await leafHash(utf8(told.entry)), await log.leaf(index))) {
    throw new ProofInvalid("a step of the round is not in the log");
  }
  return index;
}

async function text(read, path) {
  const answer = await read(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

const yes = (key, facts) => ({ state: "yes", key, facts });
const later = (key, facts) => ({ state: "later", key, facts });
const no = (key, facts) => ({ state: "no", key, facts });
