// The voter's code: scanned (a scanner types), read by the camera, or typed with a keyboard or on the screen. It stays in the field
// until it is right or the voter goes, and nowhere else.

import { CODE_SYMBOLS, KEYS, grouped, meant, parseCode } from "../crockford.js";
import { button, element, screen } from "../dom.js";
import { canScan, scan } from "../scanner.js";
import { t } from "../strings.js";

const SYMBOLS_WITH_CHECK = CODE_SYMBOLS + 1;
const CHECK_ONLY = 5;

export function code({ dispatch, identify, typed }) {
  const field = element("input", {
    id: "code",
    type: "text",
    inputmode: "none",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 64,
    "aria-describedby": "code-fault",
  });
  const fault = element("p", { id: "code-fault", class: "fault", role: "alert" });
  const submit = async () => {
    const outcome = await identify(field.value);
    if (outcome !== "mistyped" || !field.isConnected) return;
    fault.textContent = t("That is not a code. Please compare it with your slip, sign by sign.");
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const changed = () => {
    fault.textContent = "";
    field.removeAttribute("aria-invalid");
    const symbols = meant(field.value);
    if (symbols !== field.value.replaceAll("-", "") || field.value.includes("--")) field.value = grouped(symbols);
    if (symbols.length === SYMBOLS_WITH_CHECK) submit();
  };
  const press = (symbol) => {
    field.value = grouped(meant(field.value + symbol).slice(0, SYMBOLS_WITH_CHECK));
    changed();
    field.focus();
  };
  const read = (text) => {
    field.value = parseCode(text) ? grouped(meant(text)) : ""; // what is no code would have to be erased sign by sign
    submit();
  };
  const erase = () => {
    field.value = grouped(meant(field.value).slice(0, -1));
    changed();
    field.focus();
  };
  field.addEventListener("input", changed);
  const form = element("form", { class: "code-form", autocomplete: "off" },
    element("label", { for: "code" }, t("Code")), field, fault, keyboard(press, erase),
    element("div", { class: "actions" },
      button(t("Cancel"), () => dispatch({ type: "leave" })),
      button(t("Next"), submit, { class: "primary" })),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  if (typed) press(typed);
  return {
    element: screen("code", t("Your code"),
      element("p", { class: "lead" }, t("Hold the QR code of your slip under the scanner, or type the code.")),
      canScan() && camera(read), form),
    focus: field,
  };
}

function keyboard(press, erase) {
  const keys = KEYS.map((symbol, place) =>
    button(symbol, () => press(symbol), { class: place < KEYS.length - CHECK_ONLY ? "key" : "key check", "data-key": symbol }));
  return element("div", { class: "keyboard", role: "group", "aria-label": t("Keyboard") },
    keys, button("⌫", erase, { class: "key erase", "aria-label": t("Erase the last sign") }));
}

function camera(read) {
  const place = element("div", { class: "camera" });
  const begin = async () => {
    const video = element("video", { muted: true, playsinline: true });
    const stopping = new AbortController();
    place.replaceChildren(video, button(t("Stop the camera"), () => stopping.abort()));
    // The screen may be gone before anything is read: then the camera goes off too.
    const gone = setInterval(() => place.isConnected || stopping.abort(), 500);
    try {
      const text = await scan(video, stopping.signal);
      place.replaceChildren(start());
      if (text && place.isConnected) read(text);
    } catch { // there is none, it is somebody else's, or nobody allowed it
      place.replaceChildren(start(), element("p", { class: "fault", role: "alert" }, t("The camera cannot be used. Please type the code.")));
    } finally {
      clearInterval(gone);
    }
  };
  const start = () => button(t("Scan QR"), begin);
  place.append(start());
  return place;
}
