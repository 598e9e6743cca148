// Where the voter lives, on a kiosk that serves several units: it decides which projects may be chosen. The server knows and checks.

import { button, element, screen } from "../dom.js";
import { t } from "../strings.js";

export function unit({ state, dispatch }) {
  const { units } = state.poll.paper;
  return {
    element: screen("unit", t("Where do you live?"),
      element("p", { class: "lead" }, t("You can choose projects of your own place and of the whole area it belongs to.")),
      element("div", { class: "units" },
        units.map(({ kato, name }) => button(name, () => dispatch({ type: "unit", unit: kato }), { class: "wide", "data-unit": kato }))),
      element("div", { class: "actions" }, button(t("Cancel"), () => dispatch({ type: "leave" })))),
  };
}
