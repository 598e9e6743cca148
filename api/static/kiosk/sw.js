// The service worker: keeps one version of the kiosk's files, whole, and answers for the page from them, with or without a network.
// The server puts KIOSK = {version, files} before this text. A new version waits until the page says that nobody is voting.

const NAME = `kiosk-${KIOSK.version}`;
const PAGE = "/kiosk/";
const PHOTOS = "/kiosk/photos/";

self.addEventListener("install", (event) => {
  // addAll takes all of them or none: half a version is never kept.
  const requests = [PAGE, ...KIOSK.files].map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const others = (names) => names.filter((name) => name.startsWith("kiosk-") && name !== NAME);
  const tidied = caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name))));
  event.waitUntil(tidied.then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
  if (event.data === "version") event.source.postMessage(KIOSK.version);
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  // A photo that is looked at comes from what is kept (photos.js) or not at all: else the server knew what a voter looks at.
  if (pathname.startsWith(PHOTOS) && event.request.destination === "image") {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? Response.error()));
    return;
  }
  if (pathname !== PAGE && !KIOSK.files.includes(pathname)) return;
  const kept = caches.open(NAME).then((cache) => cache.match(pathname));
  event.respondWith(kept.then((response) => response ?? fetch(event.request)));
});
