// New versions of the kiosk: fetched in the background by the service worker, put to use between voters only.

const PAUSE_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 10 * 60_000;
const WORKER = "/kiosk/sw.js";

/** Starts looking. `between(isFree)`: from now on a new version takes over when `isFree()`, and the page begins anew with it. */
export function keepUpToDate() {
  const policy = trustedTypes.createPolicy("dauys", { createScriptURL: (url) => (url === WORKER ? url : "") });
  const options = { scope: "/kiosk/", updateViaCache: "none" };
  const registering = navigator.serviceWorker.register(policy.createScriptURL(WORKER), options);
  return {
    between: async (isFree) => {
      const registration = await registering;
      let controlled = Boolean(navigator.serviceWorker.controller);
      let taken = false;
      // The first worker of a device takes over a page that is its own version already; the next one's is another.
      navigator.serviceWorker.addEventListener("controllerchange", () => {
        taken = controlled;
        controlled = true;
      });
      // A kiosk stays on one page for weeks; the browser looks by itself only when a page is opened. Away: it looks again later.
      setInterval(() => registration.update().catch(() => undefined), LOOK_MILLISECONDS);
      setInterval(() => {
        if (!isFree()) return;
        if (taken) location.reload();
        else registration.waiting?.postMessage("take over");
      }, PAUSE_MILLISECONDS);
    },
  };
}
