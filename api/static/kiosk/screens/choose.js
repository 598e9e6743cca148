// Choosing: every project the voter may vote for, searched and filtered without the network. Rows are built once and only changed
// after that, so that 1,500 of them move smoothly; the browser lays out those in sight (content-visibility in kiosk.css).

import { button, element, screen } from "../dom.js";
import * as form from "../form.js";
import { count, t, tenge } from "../strings.js";
import { picture } from "./picture.js";

export function choose(app) {
  const { state, dispatch } = app;
  const { paper } = state.poll;
  const projects = form.openTo(paper, state.unit);
  const unitNames = new Map(paper.units.map(({ kato, name }) => [kato, name]));
  const rows = projects.map((project) => 
    row(project, picture(state.poll.photos, project.id), unitNames.get(project.unit), paper.form, dispatch));
  const left = element("p", { class: "left", role: "status" });
  const none = element("p", { class: "note" }, t("Nothing found. Try another word."));
  const onward = button(t("Next"), () => dispatch({ type: "review" }), { class: "primary", "data-action": "review" });
  const update = (now) => {
    left.textContent = leftText(paper.form, now.choices);
    onward.disabled = !form.isComplete(paper.form, now.choices);
    for (const each of rows) each.show(now);
    none.hidden = rows.some(({ item }) => !item.hidden);
  };
  update(state);
  return {
    element: screen("choose", t("Choose projects"),
      element("p", { class: "lead" }, task(paper.form)),
      finder(state, dispatch, new Set(projects.map(({ category }) => category).filter(Boolean))),
      none,
      element("ul", { class: "projects" }, rows.map(({ item }) => item)),
      element("div", { class: "actions sticky" }, button(t("Cancel"), () => dispatch({ type: "leave" })), left, onward)),
    update,
  };
}

/** What is asked of the voter, in a sentence. */
function task(rules) {
  const facts = { number: form.most(rules), points: rules.max_points };
  if (rules.type === "choose_one") return t("Choose one project.");
  if (form.isRanked(rules)) return t("Choose up to {number} projects, the best one first.", facts);
  if (!form.givesPoints(rules)) return t("Choose up to {number} projects.", facts);
  if (rules.max_points === null) return t("Give points to up to {number} projects.", facts);
  return t("Share out {points} points among up to {number} projects.", facts);
}

function leftText(rules, choices) {
  const number = count(form.left(rules, choices));
  if (form.givesPoints(rules) && rules.max_points !== null) return t("Points left: {number}", { number });
  return t("Choices left: {number}", { number });
}

function finder(state, dispatch, categories) {
  const field = element("input", { id: "search", type: "search", autocomplete: "off", maxlength: 100, value: state.search });
  field.addEventListener("input", () => dispatch({ type: "search", text: field.value }));
  const select = element("select", { id: "category" }, element("option", { value: "" }, t("All categories")),
    [...categories].map((each) => element("option", { value: each, selected: each === state.category }, each)));
  select.addEventListener("change", () => dispatch({ type: "category", category: select.value }));
  return element("div", { class: "finder" },
    element("div", { class: "field" }, element("label", { for: "search" }, t("Search")), field),
    categories.size > 1 && element("div", { class: "field" }, element("label", { for: "category" }, t("Category")), select));
}

/** A project's row, and how it shows a state: only what has changed is touched. */
function row(project, photo, place, rules, dispatch) {
  const title = element("h2", { id: `project-${project.id}` }, project.title);
  const controls = form.givesPoints(rules) ? points(project, rules, dispatch) : mark(project, rules, dispatch);
  const facts = element("p", { class: "facts" },
    element("span", {}, `№ ${project.id}`), element("span", {}, place),
    project.category && element("span", {}, project.category), element("strong", {}, tenge(project.cost_tiyn)));
  const item = element("li", { class: "project", "data-project": project.id },
    photo, element("div", { class: "what" }, title, facts), controls.element);
  const words = `${project.id} ${project.title} ${project.category} ${place}`.toLowerCase();
  const show = ({ choices, search, category }) => {
    const hidden = (category !== "" && category !== project.category) || !words.includes(search.trim().toLowerCase());
    if (item.hidden !== hidden) item.hidden = hidden;
    controls.show(choices);
    item.classList.toggle("chosen", form.isChosen(choices, project.id));
  };
  return { item, show };
}

function mark(project, rules, dispatch) {
  const press = button("", () => dispatch({ type: press.ariaPressed === "true" ? "take" : "add", id: project.id }), {
    class: "mark",
    "aria-describedby": `project-${project.id}`,
  });
  const show = (choices) => {
    const isChosen = form.isChosen(choices, project.id);
    const place = form.isRanked(rules) ? ` № ${choices.indexOf(project.id) + 1}` : "";
    const label = isChosen ? ["✓ ", t("Selected"), place].join("") : t("Select");
    if (press.textContent !== label) press.textContent = label;
    press.ariaPressed = String(isChosen);
    press.disabled = !isChosen && !form.mayAdd(rules, choices, project.id);
  };
  return { element: press, show };
}

function points(project, rules, dispatch) {
  const given = element("output", { class: "points" });
  const { id, title } = project;
  const step = (sign, type, label) => button(sign, () => dispatch({ type, id }), { class: "step", "aria-label": label });
  const less = step("−", "take", t("One point less: {title}", { title }));
  const more = step("+", "add", t("One point more: {title}", { title }));
  const show = (choices) => {
    const now = String(choices[project.id] ?? 0);
    if (given.value !== now) given.value = now;
    less.disabled = now === "0";
    more.disabled = !form.mayAdd(rules, choices, project.id);
  };
  return { element: element("div", { class: "giving" }, less, given, more), show };
}
