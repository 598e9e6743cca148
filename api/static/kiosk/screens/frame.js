// The bar on every screen of a voter: language, text size, contrast, sound. Changing any of them keeps what was chosen.

import { button, element } from "../dom.js";
import { canSpeak } from "../speech.js";
import { SIZES, THEMES } from "../state.js";
import { t } from "../strings.js";

export function frame({ state, dispatch, config }) {
  return element(
    "header",
    { class: "bar" },
    element("div", { class: "choice", role: "group", "aria-label": t("Language") }, languages(state, dispatch, config.languages)),
    element("div", { class: "choice", role: "group", "aria-label": t("Text size") }, sizes(state, dispatch)),
    element("div", { class: "choice", role: "group", "aria-label": t("Contrast") }, themes(state, dispatch)),
    canSpeak() && sound(state, dispatch),
  );
}

function languages(state, dispatch, all) {
  return Object.entries(all).map(([code, name]) =>
    button(name, () => dispatch({ type: "language", language: code }), {
      lang: code,
      "data-language": code,
      "aria-pressed": String(state.language === code),
    }),
  );
}

function sizes(state, dispatch) {
  return Array.from({ length: SIZES }, (_, size) =>
    button("A", () => dispatch({ type: "size", size }), {
      class: `size-${size}`,
      "data-size": size,
      "aria-label": t("Text size {number} of {all}", { number: size + 1, all: SIZES }),
      "aria-pressed": String(state.size === size),
    }),
  );
}

function themes(state, dispatch) {
  const names = { light: t("Light"), dark: t("Dark"), contrast: t("High contrast"), soft: t("Soft") };
  return THEMES.map((theme) =>
    button("◐", () => dispatch({ type: "theme", theme }), {
      class: `theme theme-${theme}`,
      "data-theme": theme,
      "aria-label": names[theme],
      "aria-pressed": String(state.theme === theme),
    }),
  );
}

function sound(state, dispatch) {
  return button(state.sound ? t("Sound off") : t("Read aloud"), () => dispatch({ type: "sound" }), {
    "aria-pressed": String(state.sound),
  });
}
