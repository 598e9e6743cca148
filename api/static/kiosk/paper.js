// The poll: the round that is voted on and its frozen paper, read from the server and kept on the device for when it is away.
// A paper is taken only if its SHA-256 is the one in the round's opening event; it never changes after that.

import { sha256, textOf, toHex } from "./bytes.js";
import { compare, serverNow } from "./clock.js";

const ANSWER_MILLISECONDS = 15_000;

/** `{round: {id, title, closes}, paper}`, the poll that this device holds; null when it holds none. */
export async function keptPoll(database) {
  return (await database.get("poll")) ?? null;
}

/** What the server says now, kept; null when nothing is being voted on in `unit` (null: anywhere). Throws while it is away. */
export async function refreshPoll(database, unit) {
  const { items } = await (await read("/v1/rounds")).json();
  const known = await keptPoll(database);
  for (const { id } of items.filter((round) => round.phase === "voting")) {
    if (known?.round.id === id && isOf(known.paper, unit)) return known;
    const round = await (await read(`/v1/rounds/${id}`)).json();
    if (!isOf(round.terms, unit)) continue;
    const poll = { round: { id, title: round.title, closes: round.terms.voting_closes }, paper: await frozenPaper(round) };
    await database.put("poll", poll);
    return poll;
  }
  if (known) await database.put("poll", null);
  return null;
}

/** Whether voters are still taken: kiosks stop at the announced end, what they have kept is delivered all the same. */
export const takesVoters = (poll) => poll !== null && serverNow() < Date.parse(poll.round.closes);

async function read(path) {
  const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  compare(response);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}

async function frozenPaper({ id, paper_digest: digest }) {
  const bytes = new Uint8Array(await (await read(`/v1/rounds/${id}/paper`)).arrayBuffer());
  if (toHex(await sha256(bytes)) !== digest) throw new Error("the paper is not the frozen one");
  return JSON.parse(textOf(bytes));
}

const isOf = ({ units }, unit) => unit === null || units.some(({ kato }) => kato === unit);
