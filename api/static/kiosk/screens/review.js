// The last look before the vote is cast: what will be on the ballot, in the order it will have. After it, nothing shows it again.

import { button, element, screen } from "../dom.js";
import * as form from "../form.js";
import { t, tenge } from "../strings.js";
import { picture } from "./picture.js";

export function review({ state, dispatch, cast }) {
  const { paper, photos } = state.poll;
  const projects = new Map(paper.projects.map((project) => [project.id, project]));
  const list = element(form.isRanked(paper.form) ? "ol" : "ul", { class: "projects" });
  const update = ({ choices }) => {
    const ids = form.chosen(choices);
    list.replaceChildren(...ids.map((id, place) => 
      row(projects.get(id), picture(photos, id), place, ids.length, paper.form, choices, dispatch)));
  };
  update(state);
  return {
    element: screen("review", t("Check your choice"),
      element("p", { class: "lead" }, t("This is your vote. Once it is cast it cannot be changed.")),
      list,
      element("div", { class: "actions sticky" },
        button(t("Back"), () => dispatch({ type: "back" }), { "data-action": "back" }),
        button(t("Cast my vote"), cast, { class: "primary huge", "data-action": "cast" }))),
    update,
  };
}

function row(project, photo, place, all, rules, choices, dispatch) {
  const facts = element("p", { class: "facts" },
    element("span", {}, `№ ${project.id}`), element("strong", {}, tenge(project.cost_tiyn)));
  return element("li", { class: "project chosen", "data-project": project.id },
    form.isRanked(rules) && element("span", { class: "rank" }, String(place + 1)),
    photo, element("div", { class: "what" }, element("h2", {}, project.title), facts),
    form.givesPoints(rules) && element("output", { class: "points" }, t("Points: {number}", { number: choices[project.id] })),
    form.isRanked(rules) && order(project, place, all, dispatch));
}

/** The buttons come back in the same place after a move, so a second press moves on: the focus follows the project. */
function order(project, place, all, dispatch) {
  const moved = (by) => {
    dispatch({ type: "move", id: project.id, by });
    document.querySelector(`[data-move="${project.id}:${by}"]:enabled`)?.focus();
  };
  const step = (sign, by, label, disabled) => {
    const attributes = { class: "step", "aria-label": label, disabled, "data-move": `${project.id}:${by}` };
    return button(sign, () => moved(by), attributes);
  };
  return element("div", { class: "giving" },
    step("↑", -1, t("Move up: {title}", { title: project.title }), place === 0),
    step("↓", 1, t("Move down: {title}", { title: project.title }), place === all - 1));
}
