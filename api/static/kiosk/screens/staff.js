// The staff's corner, behind the PIN: how the kiosk is, whose it is, and its signed reports. It can neither see nor change a vote.

import { button, element, screen } from "../dom.js";
import { moment, t } from "../strings.js";
import { field } from "./enrol.js";

/** `staff`: what the corner may do (staff.js); nothing of it is shown before the PIN was right. */
export function staffCorner({ dispatch, staff }) {
  const place = element("div", { class: "corner" });
  const leave = () => dispatch({ type: "leave" });
  const open = async () => place.replaceChildren(await panel(staff));
  if (staff.isOpen()) open();
  else place.append(pinForm(staff, open));
  const actions = element("div", { class: "actions" }, button(t("Back"), leave, { "data-action": "leave" }));
  return { element: screen("staff", t("Staff"), place, actions) };
}

function pinForm(staff, onOpen) {
  const pin = field("pin", t("PIN"), { type: "password", inputmode: "numeric", maxlength: 20 });
  const fault = element("p", { class: "fault", role: "alert" });
  const submit = button(t("Enter"), () => undefined, { type: "submit", class: "primary" });
  const form = element("form", { class: "form", autocomplete: "off" }, pin.element, fault, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const { open, wait } = await staff.tryPin(pin.input.value);
    pin.input.value = "";
    if (open) return onOpen();
    fault.textContent = t("Wrong PIN. Wait {seconds} seconds before the next attempt.", { seconds: Math.ceil(wait / 1000) });
    submit.disabled = false;
    return undefined;
  });
  return form;
}

async function panel(staff) {
  const shown = element("div", { class: "reports" });
  const draw = async () => shown.replaceChildren(...(await staff.reports()).reverse().map(report));
  await draw();
  const make = (kind) => async () => {
    await staff.report(kind);
    await draw();
  };
  return element("div", {},
    element("h2", {}, t("Health")), facts(await staff.health()),
    element("h2", {}, t("Whose kiosk this is")), placeChooser(staff),
    element("h2", {}, t("Reports")),
    element("div", { class: "actions" },
      button(t("Zero report at opening"), make("zero"), { "data-action": "zero" }),
      button(t("Closing report"), make("closing"), { "data-action": "closing" })),
    shown,
    element("h2", {}, t("New enrolment")), reEnrolment(staff));
}

function facts(health) {
  const rows = [
    [t("State"), health.stopped ? t("Stopped: {code}", { code: health.stopped }) : t("Working")],
    [t("Votes kept and not yet sent"), health.waiting],
    [t("The oldest of them is of the hour"), health.oldest ? moment(health.oldest) : "—"],
    [t("Deliveries made"), health.made],
    [t("Last answer of the server"), health.lastAnswer ? moment(health.lastAnswer) : "—"],
    [t("Last attempt failed"), health.silence ?? "—"],
    [t("Clock against the server's, seconds"), (health.clockOffset / 1000).toFixed(1)],
    [t("Version"), health.version],
    [t("Kiosk"), health.kiosk],
  ];
  const told = rows.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, String(value))]);
  return element("dl", { class: "health" }, told);
}

function placeChooser(staff) {
  const select = element("select", { id: "unit" }, element("option", { value: "" }, t("Ask every voter")),
    staff.units().map(({ kato, name }) => element("option", { value: kato, selected: kato === staff.unit() }, name)));
  select.addEventListener("change", () => staff.serve(select.value || null));
  return element("div", { class: "field" }, element("label", { for: "unit" }, t("The voters of this kiosk live in")), select);
}

function report(signed) {
  const title = signed.kind === "zero" ? t("Zero report at opening") : t("Closing report");
  return element("details", {}, element("summary", {}, `${title} · ${moment(new Date(signed.at))}`),
    element("pre", { tabindex: "0" }, JSON.stringify(signed, null, 2)));
}

function reEnrolment(staff) {
  if (!staff.mayForget()) return element("p", {}, t("Possible once every kept vote is sent."));
  const sure = element("input", { type: "checkbox", id: "sure" });
  const go = button(t("Forget this kiosk's key"), () => sure.checked && staff.forget(), { class: "danger" });
  return element("div", { class: "field" }, element("label", { for: "sure" }, sure, t("A new one-time code is at hand")), go);
}
