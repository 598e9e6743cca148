// Photos of the projects on the paper: all of them are fetched when the paper is, and kept for when the network is away. Nobody is
// told which one a voter looks at: the page shows only what is kept, and only while the service worker answers for it (sw.js).

import { MOST_SPOOL_BYTES } from "./spool.js";

const NAME = "photos-";
const MOST_BYTES = 96 * 1024 * 1024;
const MOST_BYTES_OF_ONE = 256 * 1024;
const MOST_PHOTOS = 2_000;
const ANSWER_MILLISECONDS = 15_000;
/** A hall's kiosks share one address, and votes go out by it too. */
const PAUSE_MILLISECONDS = 100;

const listOf = (round) => `/kiosk/rounds/${round}/photos`;
const addressOf = (digest) => `/kiosk/photos/${digest}`;

/** Project id → address, of the round's photos that this device holds; none where a request would reach the server. */
export async function keptPhotos(round) {
  if (!navigator.serviceWorker.controller) return new Map();
  const cache = await caches.open(NAME + round);
  const list = await cache.match(listOf(round));
  if (!list) return new Map();
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const { photos } = await list.json();
  return new Map(photos.map(({ project, digest }) => [project, addressOf(digest)]).filter(([, address]) => kept.has(address)));
}

/** Fetches what is missing of one round's photos at a time, and lets another round's go. */
export class Photos {
  #whole = null;
  #under_way = false;

  /** Nobody waits for it, and nothing depends on it: what could not be had is asked for again at the next call. */
  async fetch(round) {
    if (this.#under_way || this.#whole === round) return;
    this.#under_way = true;
    try {
      if (await fetchAll(round)) this.#whole = round;
    } catch {
      // Away, or no room: the ballot has no pictures then.
    } finally {
      this.#under_way = false;
    }
  }
}

/** Whether there is nothing left to fetch. */
async function fetchAll(round) {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota - usage < MOST_SPOOL_BYTES + MOST_BYTES) return true;
  for (const name of await caches.keys()) if (name.startsWith(NAME) && name !== NAME + round) await caches.delete(name);
  const cache = await caches.open(NAME + round);
  const list = await read(listOf(round));
  if (!list.ok) return false;
  const { photos } = await list.clone().json();
  await cache.put(listOf(round), list);
  let room = MOST_BYTES;
  let missing = 0;
  for (const { digest, bytes } of photos.slice(0, MOST_PHOTOS)) {
    if (bytes > MOST_BYTES_OF_ONE || bytes > room) continue;
    room -= bytes;
    if (await cache.match(addressOf(digest))) continue;
    if (!(await keep(cache, addressOf(digest), bytes))) missing += 1;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  return missing === 0;
}

/** Whether the photo is kept, in as many bytes as the list says. */
async function keep(cache, address, bytes) {
  const response = await read(address);
  const body = await response.blob();
  if (!response.ok || body.size !== bytes) return false;
  await cache.put(address, new Response(body, { headers: { "Content-Type": body.type } }));
  return true;
}

const read = (address) => fetch(address, { priority: "low", signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
