// What became of the vote: being recorded, recorded, kept to be sent, or refused. Never what was chosen.
// The receipt's QR is an address: position (or ballot) code and, behind it, the signed checkpoint, as docs/kiosks.md has it.

import { toBase64url, utf8 } from "../bytes.js";
import { button, element, screen } from "../dom.js";
import { drawing } from "../../web/qr.js";
import { t } from "../strings.js";

const LONGEST_QR_CHARACTERS = 600;

export function casting() {
  return { element: screen("casting", t("Your vote is being recorded"), element("p", { class: "lead", role: "status" }, t("One moment, please."))) };
}

export function recorded(app) {
  const { positionCode, ballotCode, receipt } = app.state.outcome;
  const checkpoint = receipt.slice(receipt.indexOf("\n\n") + 2);
  const address = `${location.origin}/check#${positionCode}`;
  const whole = `${address}.${toBase64url(utf8(checkpoint))}`;
  return slip(app, "recorded", t("Vote recorded"), whole.length <= LONGEST_QR_CHARACTERS ? whole : address, [
    [t("Receipt"), positionCode],
    [t("Ballot code"), ballotCode],
  ], t("With this code you can check at home that your vote is counted. Nobody can see from it how you voted while voting goes on."));
}

export function kept(app) {
  const { ballotCode } = app.state.outcome;
  return slip(app, "kept", t("Your vote is kept safely"), `${location.origin}/check#${ballotCode}`, [[t("Ballot code"), ballotCode]],
    t("There is no connection just now. Your vote is on this device's disk and will be sent by itself. With this code you can check later that it was counted."));
}

export function refused({ state, dispatch }) {
  const { title, text } = told(state.outcome.code);
  return {
    element: screen("refused", title, element("p", { class: "lead", role: "alert" }, text),
      element("div", { class: "actions" },
        button(t("Finish"), () => dispatch({ type: "leave" }), { class: "primary huge", "data-action": "done" }))),
  };
}

function slip({ dispatch, config }, name, title, address, codes, explanation) {
  const facts = element("dl", { class: "codes" }, codes.flatMap(([term, code]) => [element("dt", {}, term), element("dd", {}, code)]));
  return {
    element: screen(name, title,
      element("div", { class: "slip" },
        element("div", { class: "qr", "data-address": address }, drawing(address, t("QR code of the receipt"))), facts, element("p", {}, explanation)),
      element("p", { class: "note" }, t("This screen is cleared after {seconds} seconds.", { seconds: config.receipt_seconds })),
      element("div", { class: "actions" },
        button(t("Print"), () => print(), { "data-action": "print" }),
        button(t("Finish"), () => dispatch({ type: "leave" }), { class: "primary huge", "data-action": "done" }))),
  };
}

/** A sentence for every refusal of a ballot in docs/kiosks.md, and for those of the kiosk itself. */
function told(code) {
  const again = t("Please enter your code again and choose again.");
  const sentences = {
    already_voted: { title: t("You have already voted"), text: t("A vote with this code is recorded, and it stands.") },
    already_kept: { title: t("You have already voted"), text: t("A vote with this code is kept on this device and will be sent. It stands.") },
    unknown_credential: { title: t("This code is not registered"), text: t("It is not registered for this vote. Please go back to the check-in desk with your slip.") },
    round_not_open: { title: t("Voting is not open"), text: t("Voting has not begun, or is over. Your vote was not taken.") },
    choice_not_for_unit: { title: t("Not a project of your place"), text: [t("One of the projects is not for the place you are registered in."), again].join(" ") },
    points_invalid: { title: t("Your vote was not taken"), text: again },
    spool_full: { title: t("This kiosk takes no more votes"), text: t("Your vote was not taken. Please vote at another kiosk.") },
  };
  const chosenAgain = ["too_few_choices", "too_many_choices", "duplicate_choice", "unknown_choice", "points_over_limit"];
  if (chosenAgain.includes(code)) return sentences.points_invalid;
  return sentences[code] ?? { title: t("Your vote was not taken"), text: t("Something is wrong with this kiosk. Please call for help and vote at another one.") };
}
