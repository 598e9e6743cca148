// The kiosk does nothing more by itself: another tab is the kiosk, or it has stopped for good. Nothing of a voter is here.

import { element, screen } from "../dom.js";
import { t } from "../strings.js";

export function elsewhere() {
  return screen("elsewhere", t("The kiosk is open in another window"),
    element("p", { class: "lead" }, t("This window takes over when the other one is closed.")));
}

/** `code`: of the refusal or fault, as docs/kiosks.md lists them; the spool stays as it is. */
export function halted(code, staff = null) {
  return screen("halted", t("This kiosk is out of service"),
    element("p", { class: "lead" }, t("Please vote at another kiosk. Votes already cast here are kept.")),
    element("p", { class: "note" }, t("For the staff: {code}", { code })), staff);
}
