// Idle: nobody has touched the screen for so long. A warning first, and some seconds later the screen is the next voter's.

export class Idle {
  #timer = 0;
  #plan = null;
  #onWarn;
  #onReset;

  constructor({ onWarn, onReset }) {
    this.#onWarn = onWarn;
    this.#onReset = onReset;
    for (const sign of ["click", "keydown", "wheel", "touchmove"]) {
      addEventListener(sign, () => this.touched(), { passive: true, capture: true });
    }
  }

  /** Warn after `warnAfter` seconds without a touch (null: never), reset `resetAfter` seconds later. null: don't watch. */
  watch(plan) {
    this.#plan = plan;
    this.touched();
  }

  touched() {
    clearTimeout(this.#timer);
    if (this.#plan === null) return;
    const { warnAfter, resetAfter } = this.#plan;
    this.#onWarn(0);
    if (warnAfter === null) this.#timer = setTimeout(this.#onReset, resetAfter * 1000);
    else this.#timer = setTimeout(() => this.#warned(resetAfter), warnAfter * 1000);
  }

  #warned(seconds) {
    this.#onWarn(seconds);
    this.#timer = setTimeout(() => (seconds > 1 ? this.#warned(seconds - 1) : this.#onReset()), 1000);
  }
}
