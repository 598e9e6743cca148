// One tab at a time: two on one device would number two deliveries alike. However a tab ends, the browser frees its lock.

const LOCK = "dauys-kiosk";

/** Resolves once this tab is the one; `onBusy()` is called if another one is at the moment. Held until the tab ends. */
export function onlyTab(onBusy) {
  return new Promise((resolve) => {
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return held(resolve);
      onBusy();
      navigator.locks.request(LOCK, () => held(resolve));
      return undefined;
    });
  });
}

function held(resolve) {
  resolve();
  return new Promise(() => undefined);
}
