// New versions of the kiosk: fetched in the background by the service worker, put to use between voters only.

const PAUSE_MILLISECONDS = 5_000;
const WORKER = "/kiosk/sw.js";

/** Starts looking. `between(isFree)`: from now on a new version takes over when `isFree()`, and the page begins anew with it. */
export function keepUpToDate() {
  const policy = trustedTypes.createPolicy("dauys", { createScriptURL: (url) => (url === WORKER ? url : "") });
  const registering = navigator.serviceWorker.register(policy.createScriptURL(WORKER), { scope: "/kiosk/", updateViaCache: "none" });
  return {
    between: async (isFree) => {
      const registration = await registering;
      const hadOne = Boolean(navigator.serviceWorker.controller);
      let taken = false;
      // The first worker of a device takes over a page that is its own version already.
      navigator.serviceWorker.addEventListener("controllerchange", () => (taken = hadOne));
      setInterval(() => {
        if (!isFree()) return;
        if (taken) location.reload();
        else registration.waiting?.postMessage("take over");
      }, PAUSE_MILLISECONDS);
    },
  };
}
