// Where the voter lives, on a kiosk of several units: it decides which projects may be chosen. The server knows and checks.

import { button, element, screen } from "../dom.js";
import { t } from "../strings.js";

export function unit({ state, dispatch }) {
  const place = ({ kato, name }) =>
    button(name, () => dispatch({ type: "unit", unit: kato }), { class: "wide", "data-unit": kato });
  return {
    element: screen("unit", t("Where do you live?"),
      element("p", { class: "lead" }, t("You can choose projects of your own place and of the whole area it belongs to.")),
      element("div", { class: "units" }, state.poll.paper.units.map(place)),
      element("div", { class: "actions" }, button(t("Cancel"), () => dispatch({ type: "leave" })))),
  };
}
