// The kiosk's screen: shows the state, hands on what the voter does, and does what a step of the voter's way asks for.
// All that is remembered of a voter is in the state and in Voter; both are let go together, whichever way the voter leaves.
// Whom it speaks to is given to it: a kiosk's voter, spool and server (main.js), or a preview's (../preview/main.js).

import { button, element } from "./dom.js";
import { Idle } from "./idle.js";
import { choose } from "./screens/choose.js";
import { code } from "./screens/code.js";
import { frame } from "./screens/frame.js";
import { halted } from "./screens/halted.js";
import { casting, kept, recorded, refused } from "./screens/outcome.js";
import { resting, toStaff } from "./screens/resting.js";
import { review } from "./screens/review.js";
import { unit } from "./screens/unit.js";
import { hush, speak } from "./speech.js";
import { atRest, reduce } from "./state.js";
import { speakIn, t } from "./strings.js";

const SCREENS = { resting, code, unit, choose, review, casting, recorded, kept, refused, staff: (app) => app.staff.screen(app) };
const OUTCOMES = ["recorded", "kept", "refused"];

export class App {
  #root;
  #device;
  #staff;
  #idle;
  #state;
  #shown = null;
  #typed = "";
  #warning = null;
  #failed = null;
  #atRestShown = "";

  /**
   * `device`: `{config, unit, away, poll(), takesVoters(poll), voter, sender}`; `voter` as voter.js has it, of `sender` `stopped`,
   * `silence`, `resultOf` and `wake`. `staff`: their corner (staff.js); null where they have none.
   */
  constructor(root, device, staff) {
    this.#root = root;
    this.#device = device;
    this.#staff = staff;
    this.#idle = new Idle({ onWarn: (seconds) => this.#warn(seconds), onReset: () => this.dispatch({ type: "leave" }) });
    this.#state = atRest({ poll: device.poll() });
    addEventListener("keydown", (event) => this.#scanned(event));
    this.#draw();
  }

  get atRest() {
    return this.#state.screen === "resting";
  }

  dispatch(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state === before) return;
    if (this.atRest && before.screen !== "resting") this.#leave();
    this.#redraw(before);
  }

  /** Something of the device has changed: the poll, the connection, the sender. The poll is taken between voters only. */
  refresh() {
    const { stopped } = this.#device.sender;
    if (stopped) {
      this.#failed ??= stopped;
      this.dispatch({ type: "stopped" });
    }
    if (!this.atRest) return;
    this.#takePoll();
    // Only what is seen to change is drawn anew: a finger may be on the button just now.
    if (this.#atRestNow() !== this.#atRestShown) this.#draw(false);
  }

  /** Out of service from now on, whatever is on the screen. */
  fail(code) {
    this.#failed = code;
    this.#device.voter.forget();
    this.#state = atRest({ poll: this.#device.poll(), language: this.#state.language });
    this.#draw();
  }

  #leave() {
    this.#device.voter.forget();
    this.#staff?.close();
    this.#takePoll();
  }

  #takePoll() {
    this.#state = reduce(this.#state, { type: "poll", poll: this.#device.poll() });
  }

  /** All that the screen between voters depends on. */
  #atRestNow() {
    const { poll } = this.#state;
    return [poll?.round.id, this.#device.takesVoters(poll), this.#away, this.#failed].join();
  }

  get #away() {
    return this.#device.away || this.#device.sender.silence !== null;
  }

  async #identify(typed) {
    const { poll } = this.#state;
    const outcome = await this.#device.voter.identify(typed, poll.round.id);
    if (outcome === "kept") this.dispatch({ type: "alreadyKept" });
    if (outcome === "identified") this.dispatch({ type: "identified", unit: this.#unitOf(poll.paper) });
    return outcome;
  }

  #unitOf({ units }) {
    if (units.some(({ kato }) => kato === this.#device.unit)) return this.#device.unit;
    return units.length === 1 ? units[0].kato : null;
  }

  async #cast() {
    const { screen, poll, choices } = this.#state;
    if (screen !== "review") return;
    const keeping = this.#device.voter.cast(poll.paper.form, choices);
    this.dispatch({ type: "cast" });
    let sequence, ballotCode;
    try {
      ({ sequence, ballotCode } = await keeping);
    } catch (fault) {
      if (fault.code !== "spool_full") throw fault;
      this.dispatch({ type: "failed", code: fault.code });
      return;
    }
    // From here on the vote is safe: nothing that happens on the screen can undo or repeat it.
    this.dispatch({ type: "spooled", sequence, ballotCode });
    this.refresh();
    this.#device.sender.resultOf(sequence).then((result) => this.dispatch({ type: "answered", sequence, result }));
    this.#device.sender.wake();
    setTimeout(() => this.dispatch({ type: "waited", sequence }), this.#device.config.answer_seconds * 1000);
  }

  /** A scanner types, wherever the focus is: at rest that begins a voter's turn, before the code's field it goes into it. */
  #scanned(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === " ") return;
    if (this.#state.screen === "code") document.getElementById("code").focus();
    if (!this.atRest || this.#failed || !this.#device.takesVoters(this.#state.poll)) return;
    event.preventDefault();
    this.#typed = event.key;
    this.dispatch({ type: "start" });
  }

  #redraw(before) {
    const now = this.#state;
    if (now.screen === before.screen && now.language === before.language && this.#shown?.update) this.#shown.update(now);
    if (now.screen !== before.screen || now.language !== before.language) this.#draw(now.screen !== before.screen);
    else if (now.size !== before.size || now.theme !== before.theme || now.sound !== before.sound) this.#drawFrame();
    if (now.sound && !before.sound) this.#readAloud();
    if (!now.sound) hush();
  }

  #draw(fresh = true) {
    const { screen, language } = this.#state;
    speakIn(language);
    if (!fresh && screen === "code") this.#typed = document.getElementById("code").value;
    this.#shown = this.#failed && screen === "resting" ? this.#outOfService() : SCREENS[screen](this.#context());
    this.#typed = "";
    this.#atRestShown = this.#atRestNow();
    this.#drawFrame();
    this.#root.querySelector("main").replaceChildren(this.#shown.element);
    this.#idle.watch(this.#idlePlan(screen));
    if (!fresh) return;
    scrollTo(0, 0);
    (this.#shown.focus ?? this.#root.querySelector("h1")).focus();
    if (this.#state.sound) this.#readAloud();
  }

  /** The focus stays on the button that was pressed, though it is another one now. */
  #drawFrame() {
    const { size, theme, language } = this.#state;
    const bar = this.#root.querySelector(".bar");
    const [pressed] = bar?.contains(document.activeElement) ? Object.keys(document.activeElement.dataset) : [];
    Object.assign(document.documentElement.dataset, { size, theme });
    if (bar) bar.replaceWith(frame(this.#context()));
    else this.#root.replaceChildren(frame(this.#context()), element("main"));
    if (pressed) this.#root.querySelector(`.bar [data-${pressed}="${{ size, theme, language }[pressed]}"]`).focus();
  }

  #outOfService() {
    return { element: halted(this.#failed, this.#staff && toStaff((event) => this.dispatch(event))) };
  }

  #context() {
    return {
      state: this.#state,
      dispatch: (event) => this.dispatch(event),
      identify: (typed) => this.#identify(typed),
      cast: () => this.#cast(),
      config: this.#device.config,
      staff: this.#staff,
      open: this.#device.takesVoters(this.#state.poll),
      away: this.#away,
      typed: this.#typed,
    };
  }

  #idlePlan(screen) {
    const { idle_seconds: warnAfter, reset_seconds: resetAfter, receipt_seconds: receiptSeconds } = this.#device.config;
    if (screen === "resting" || screen === "casting") return null;
    return OUTCOMES.includes(screen) ? { warnAfter: null, resetAfter: receiptSeconds } : { warnAfter, resetAfter };
  }

  #warn(seconds) {
    this.#warning?.remove();
    this.#warning = null;
    if (!seconds) return;
    const text = t("This screen is cleared in {seconds} seconds.", { seconds });
    this.#warning = element("div", { class: "warning", role: "alertdialog", "aria-label": t("Are you still there?") },
      element("p", { class: "lead" }, t("Are you still there?")), element("p", {}, text),
      button(t("Go on"), () => this.#idle.touched(), { class: "primary" }));
    this.#root.append(this.#warning);
  }

  #readAloud() {
    const parts = this.#root.querySelectorAll("h1, .lead");
    speak([...parts].map((part) => part.textContent).join(". "));
  }
}
