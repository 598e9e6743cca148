// What a voter may put on a ballot of each form, as pure functions; the server checks the same again (domain/ballot_form.py).
// Choices: a list of project ids in the order they were chosen, or project id → points where points are given.

/** Projects that a voter of `unit` may choose: those of the unit and of every unit above it, in the paper's order. */
export function openTo(paper, unit) {
  const parents = new Map(paper.units.map((each) => [each.kato, each.parent]));
  const units = new Set();
  for (let at = unit; at; at = parents.get(at)) units.add(at);
  return paper.projects.filter((project) => units.has(project.unit));
}

export const givesPoints = (form) => form.type === "cumulative";
export const isRanked = (form) => form.type === "ranked";
export const most = (form) => (form.type === "choose_one" ? 1 : form.max_choices);

export const noChoices = (form) => (givesPoints(form) ? {} : []);
export const chosen = (choices) => (Array.isArray(choices) ? choices : Object.keys(choices));
export const isChosen = (choices, id) => (Array.isArray(choices) ? choices.includes(id) : Object.hasOwn(choices, id));

/** How many more projects, or points, may be given. */
export function left(form, choices) {
  return givesPoints(form) && form.max_points !== null ? form.max_points - points(choices) : most(form) - chosen(choices).length;
}

/** Whether the ballot may be cast as it is. */
export function isComplete(form, choices) {
  const count = chosen(choices).length;
  return count >= form.min_choices && count <= most(form) && left(form, choices) >= 0;
}

/** Whether this project may be chosen now, or given one more point. */
export function mayAdd(form, choices, id) {
  if (givesPoints(form)) {
    const room = isChosen(choices, id) || chosen(choices).length < most(form);
    return room && (form.max_points === null || points(choices) < form.max_points);
  }
  return !isChosen(choices, id) && (chosen(choices).length < most(form) || form.type === "choose_one");
}

/** Choose, or give a point. A full ballot stays as it is; where one is chosen, the new one takes the old one's place. */
export function add(form, choices, id) {
  if (!mayAdd(form, choices, id)) return choices;
  if (givesPoints(form)) return { ...choices, [id]: (choices[id] ?? 0) + 1 };
  return form.type === "choose_one" ? [id] : [...choices, id];
}

/** No longer choose, or take a point back. */
export function take(form, choices, id) {
  if (!isChosen(choices, id)) return choices;
  if (!givesPoints(form)) return choices.filter((each) => each !== id);
  const { [id]: had, ...rest } = choices;
  return had > 1 ? { ...choices, [id]: had - 1 } : rest;
}

/** Move a ranked choice by so many places; those between make room. */
export function move(choices, id, by) {
  const from = choices.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= choices.length) return choices;
  const moved = choices.filter((each) => each !== id);
  moved.splice(to, 0, id);
  return moved;
}

/** The one encoding of these choices: ids are printable ASCII, so code units sort as code points do. */
export const encoded = (form, choices) => (givesPoints(form) || isRanked(form) ? choices : [...choices].sort());

const points = (choices) => Object.values(choices).reduce((sum, given) => sum + given, 0);
