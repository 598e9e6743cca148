// Enrolment: the office's one-time code and a PIN of the staff's own make this device a kiosk.

import { button, element, screen } from "../dom.js";
import { FEWEST_DIGITS } from "../pin.js";
import { Silence, Stopped } from "../server.js";
import { t } from "../strings.js";

/** `enrol({code, pin})` resolves when the device is a kiosk. */
export function enrolment(enrol) {
  const secret = { type: "password", inputmode: "numeric", maxlength: 20 };
  const code = field("enrolment-code", t("One-time code of the office"), { type: "text", maxlength: 100 });
  const pin = field("pin", t("PIN for the staff, at least {number} digits", { number: FEWEST_DIGITS }), secret);
  const again = field("pin-again", t("The PIN again"), secret);
  const fault = element("p", { class: "fault", role: "alert" });
  const submit = button(t("Enrol this kiosk"), () => undefined, { type: "submit", class: "primary" });
  const form = element("form", { class: "form", autocomplete: "off" }, code.element, pin.element, again.element, fault,
    element("div", { class: "actions" }, submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.textContent = pinFault(pin.input.value, again.input.value);
    if (fault.textContent) return;
    submit.disabled = true;
    try {
      await enrol({ code: code.input.value, pin: pin.input.value });
    } catch (refused) {
      fault.textContent = told(refused);
      submit.disabled = false;
    }
  });
  return screen("enrol", t("Set up this kiosk"),
    element("p", { class: "lead" }, t("The akim's office gives the one-time code. It works for a day, and once.")), form);
}

export function field(id, label, attributes) {
  const input = element("input", { id, autocomplete: "off", spellcheck: "false", required: true, ...attributes });
  return { input, element: element("div", { class: "field" }, element("label", { for: id }, label), input) };
}

function pinFault(pin, again) {
  if (!/^[0-9]+$/.test(pin) || pin.length < FEWEST_DIGITS) {
    return t("The PIN needs at least {number} digits.", { number: FEWEST_DIGITS });
  }
  return pin === again ? "" : t("The two PINs differ.");
}

function told(fault) {
  if (fault instanceof Silence) return t("The server does not answer. Please try again.");
  if (fault instanceof Stopped) return t("The server refused the code: {code}. Please ask for a new one.", { code: fault.code });
  throw fault;
}
