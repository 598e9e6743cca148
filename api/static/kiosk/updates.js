// New versions of the kiosk: fetched in the background by the service worker, put to use between voters only.

const PAUSE_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 10 * 60_000;
const WORKER = "/kiosk/sw.js";

/** Starts looking. `between(isFree)`: from now on a new version takes over when `isFree()`, and the page begins anew with it.
 *  `version`: the page's own. */
export function keepUpToDate(version) {
  const policy = trustedTypes.createPolicy("dauys", { createScriptURL: (url) => (url === WORKER ? url : "") });
  const options = { scope: "/kiosk/", updateViaCache: "none" };
  const registering = navigator.serviceWorker.register(policy.createScriptURL(WORKER), options);
  return {
    between: async (isFree) => {
      const registration = await registering;
      // A page that was on its way while the first worker took over, or was reloaded past it, is nobody's: it would show photos from
      // the network, and never hear of a new version.
      if (!navigator.serviceWorker.controller) registration.active?.postMessage("claim");
      // Asked, not inferred from who took over when: a page that came from the network may be older than its device's first worker.
      navigator.serviceWorker.addEventListener("message", ({ data }) => {
        if (data !== version && isFree()) location.reload();
      });
      // A kiosk stays on one page for weeks; the browser looks by itself only when a page is opened. Away: it looks again later.
      setInterval(() => registration.update().catch(() => undefined), LOOK_MILLISECONDS);
      setInterval(() => {
        if (!isFree()) return;
        if (registration.waiting) registration.waiting.postMessage("take over");
        else navigator.serviceWorker.controller?.postMessage("version");
      }, PAUSE_MILLISECONDS);
    },
  };
}
