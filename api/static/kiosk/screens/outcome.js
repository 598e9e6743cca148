// What became of the vote: being recorded, recorded, kept to be sent, or refused. Never what was chosen.
// The receipt's QR is an address: position (or ballot) code and, behind it, the signed checkpoint, as docs/kiosks.md has it.

import { toBase64url, utf8 } from "../bytes.js";
import { button, element, screen } from "../dom.js";
import { drawing } from "../../web/qr.js";
import { t } from "../strings.js";

const LONGEST_QR_CHARACTERS = 600;

export function casting() {
  const patience = element("p", { class: "lead", role: "status" }, t("One moment, please."));
  return { element: screen("casting", t("Your vote is being recorded"), patience) };
}

export function recorded(app) {
  const { positionCode, ballotCode, receipt } = app.state.outcome;
  const checkpoint = receipt.slice(receipt.indexOf("\n\n") + 2);
  const address = `${location.origin}/check#${positionCode}`;
  const whole = `${address}.${toBase64url(utf8(checkpoint))}`;
  const codes = [
    [t("Receipt"), positionCode],
    [t("Ballot code"), ballotCode],
  ];
  const explanation = t("With this code you can check at home that your vote is counted. Nobody can see from it how you voted while voting goes on.");
  const scanned = whole.length <= LONGEST_QR_CHARACTERS ? whole : address;
  return slip(app, { name: "recorded", title: t("Vote recorded"), address: scanned, codes, explanation });
}

export function kept(app) {
  const { ballotCode } = app.state.outcome;
  const address = `${location.origin}/check#${ballotCode}`;
  const explanation = t("There is no connection just now. Your vote is on this device's disk and will be sent by itself. With this code you can check later that it was counted.");
  const codes = [[t("Ballot code"), ballotCode]];
  return slip(app, { name: "kept", title: t("Your vote is kept safely"), address, codes, explanation });
}

export function refused({ state, dispatch }) {
  const { title, text } = told(state.outcome.code);
  const done = button(t("Finish"), () => dispatch({ type: "leave" }), { class: "primary huge", "data-action": "done" });
  const sentence = element("p", { class: "lead", role: "alert" }, text);
  return { element: screen("refused", title, sentence, element("div", { class: "actions" }, done)) };
}

function slip({ dispatch, config }, { name, title, address, codes, explanation }) {
  const qr = element("div", { class: "qr", "data-address": address }, drawing(address, t("QR code of the receipt")));
  const facts = element("dl", { class: "codes" },
    codes.flatMap(([term, code]) => [element("dt", {}, term), element("dd", {}, code)]));
  return {
    element: screen(name, title,
      element("div", { class: "slip" }, qr, facts, element("p", {}, explanation)),
      element("p", { class: "note" }, t("This screen is cleared after {seconds} seconds.", { seconds: config.receipt_seconds })),
      element("div", { class: "actions" },
        button(t("Print"), () => print(), { "data-action": "print" }),
        button(t("Finish"), () => dispatch({ type: "leave" }), { class: "primary huge", "data-action": "done" }))),
  };
}

/** A sentence for every refusal of a ballot in docs/kiosks.md, and for those of the kiosk itself. */
function told(code) {
  const again = t("Please enter your code again and choose again.");
  switch (code) {
    case "already_voted":
      return { title: t("You have already voted"), text: t("A vote with this code is recorded, and it stands.") };
    case "already_kept":
      return {
        title: t("You have already voted"),
        text: t("A vote with this code is kept on this device and will be sent. It stands."),
      };
    case "unknown_credential":
      return {
        title: t("This code is not registered"),
        text: t("It is not registered for this vote. Please go back to the check-in desk with your slip."),
      };
    case "round_not_open":
      return { title: t("Voting is not open"), text: t("Voting has not begun, or is over. Your vote was not taken.") };
    case "choice_not_for_unit":
      return {
        title: t("Not a project of your place"),
        text: [t("One of the projects is not for the place you are registered in."), again].join(" "),
      };
    case "too_few_choices":
    case "too_many_choices":
    case "duplicate_choice":
    case "unknown_choice":
    case "points_invalid":
    case "points_over_limit":
      return { title: t("Your vote was not taken"), text: again };
    case "spool_full":
      return {
        title: t("This kiosk takes no more votes"),
        text: t("Your vote was not taken. Please vote at another kiosk."),
      };
    case "kiosk_stopped":
      return {
        title: t("This kiosk is out of service"),
        text: t("Your vote is kept here but could not be sent. Please vote at another kiosk with the same slip: if it was counted, you will be told so."),
      };
    default:
      return {
        title: t("Your vote was not taken"),
        text: t("Something is wrong with this kiosk. Please call for help and vote at another one."),
      };
  }
}
