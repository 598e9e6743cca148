// Between voters: what is voted on, and the way in. Nothing of anybody is here.

import { button, element, screen } from "../dom.js";
import { moment, t } from "../strings.js";

export function resting({ state, dispatch, staff, open, away }) {
  const title = open ? t("Cast your vote") : t("Voting is not open");
  return {
    element: screen(
      "resting",
      title,
      element("img", { class: "sign", src: document.querySelector("link[rel=icon]").href, alt: "" }),
      open && element("p", { class: "lead" }, state.poll.round.title),
      open && element("p", {}, t("Open until {moment}", { moment: moment(new Date(state.poll.round.closes)) })),
      open ? way(dispatch) : element("p", { class: "lead" }, t("Please come back when voting has begun.")),
      open && away && withoutNetwork(),
      staff && toStaff(dispatch),
    ),
  };
}

/** The way to the staff's corner, at the foot of a screen. */
export function toStaff(dispatch) {
  return element("footer", { class: "foot" }, button(t("Staff"), () => dispatch({ type: "staff" }), { class: "quiet" }));
}

function withoutNetwork() {
  return element("p", { class: "note" }, t("No connection just now. You can vote: your vote is kept here and will be sent."));
}

function way(dispatch) {
  return element(
    "div",
    { class: "way" },
    element(
      "ol",
      { class: "how" },
      element("li", {}, t("Scan or type the code on your slip")),
      element("li", {}, t("Choose projects")),
      element("li", {}, t("Check your choice and cast your vote")),
    ),
    button(t("Begin"), () => dispatch({ type: "start" }), { class: "primary huge", "data-action": "start" }),
  );
}
