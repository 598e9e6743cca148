// The voter's way as a pure function: (state, event) → state. What does not fit the screen it happens on changes nothing,
// so a second tap, a late answer or a stray key can do nothing. «cast» leaves «review» once; from «casting» no way leads back.
// No code, key or signature is ever in here; choices are gone once the ballot is cast.

import { add, isComplete, move, noChoices, take } from "./form.js";

export const SIZES = 4;
export const THEMES = ["light", "dark", "contrast", "soft"];

/** `poll`: the round, its paper (paper.js) and photos (photos.js), null while there is nothing to vote on; it changes between voters only. */
export function atRest({ poll = null, language = "kk" } = {}) {
  return {
    screen: "resting",
    poll,
    language,
    size: 1,
    theme: THEMES[0],
    sound: false,
    unit: null,
    choices: null,
    search: "",
    category: "",
    sequence: null,
    outcome: null,
  };
}

const always = {
  language: (state, { language }) => ({ ...state, language }),
  size: (state, { size }) => ({ ...state, size }),
  theme: (state, { theme }) => ({ ...state, theme }),
  sound: (state) => ({ ...state, sound: !state.sound }),
};

const onScreen = {
  resting: {
    poll: (state, { poll }) => ({ ...state, poll }),
    start: (state) => (state.poll ? { ...state, screen: "code" } : state),
    staff: (state) => ({ ...state, screen: "staff" }),
  },
  staff: { leave: afresh },
  code: {
    /** The code belongs to a voter of `unit`; null: the voter has to say. */
    identified: (state, { unit }) => (unit ? choosing(state, unit) : { ...state, screen: "unit" }),
    alreadyKept: (state) => ({ ...state, screen: "refused", outcome: { code: "already_kept" } }),
    leave: afresh,
  },
  unit: {
    unit: (state, { unit }) => choosing(state, unit),
    leave: afresh,
  },
  choose: {
    add: (state, { id }) => ({ ...state, choices: add(state.poll.paper.form, state.choices, id) }),
    take: (state, { id }) => ({ ...state, choices: take(state.poll.paper.form, state.choices, id) }),
    move: moved,
    search: (state, { text }) => ({ ...state, search: text }),
    category: (state, { category }) => ({ ...state, category }),
    review: (state) => (isComplete(state.poll.paper.form, state.choices) ? { ...state, screen: "review" } : state),
    leave: afresh,
  },
  review: {
    back: (state) => ({ ...state, screen: "choose" }),
    move: moved,
    cast: (state) => ({ ...state, screen: "casting", choices: null }),
    leave: afresh,
  },
  casting: {
    /** On this device's disk, as delivery `sequence`. */
    spooled: (state, { sequence, ballotCode }) => ({ ...state, sequence, outcome: { ballotCode } }),
    /** The answer is not here yet, and the voter has waited long enough. */
    waited: (state, { sequence }) => (sequence === state.sequence ? { ...state, screen: "kept" } : state),
    answered: told,
    stopped,
    failed: (state, { code }) => ({ ...state, screen: "refused", outcome: { code } }),
  },
  kept: { answered: told, stopped, leave: afresh },
  recorded: { leave: afresh },
  refused: { leave: afresh },
};

export function reduce(state, event) {
  const step = always[event.type] ?? onScreen[state.screen][event.type];
  return step ? step(state, event) : state;
}

/** The next voter's: nothing is left of this one's but the poll. The language goes back to the state language. */
function afresh(state) {
  return atRest({ poll: state.poll });
}

function choosing(state, unit) {
  return { ...state, screen: "choose", unit, choices: noChoices(state.poll.paper.form) };
}

function moved(state, { id, by }) {
  return { ...state, choices: move(state.choices, id, by) };
}

/** The kiosk has stopped for good: what waits in it may never be sent, and whoever is still here can vote elsewhere. */
function stopped(state) {
  return { ...state, screen: "refused", outcome: { code: "kiosk_stopped" } };
}

/** `result`: `{position, positionCode, receipt}`, or `{code}` of a refusal; one of an earlier voter's delivery is nobody's here. */
function told(state, { sequence, result }) {
  if (sequence !== state.sequence) return state;
  return { ...state, screen: result.code ? "refused" : "recorded", outcome: { ...state.outcome, ...result } };
}
