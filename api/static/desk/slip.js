// One slip on paper: built beside the page, printed, and gone from it before anything else happens.

import { drawing } from "../web/qr.js";
import { t } from "../web/strings.js";

/** `width`: «80mm» of a receipt printer, or «a6». Resolves when the print dialog is closed; the code is nowhere then. */
export async function printSlip({ code, unitName, width }) {
  const sheet = document.createElement("section");
  sheet.id = "printing";
  sheet.dataset.width = width;
  sheet.append(document.getElementById("slip").content.cloneNode(true));
  sheet.querySelector(".slip-unit").textContent = unitName;
  sheet.querySelector(".slip-qr").append(drawing(code, t("The voting code as QR")));
  sheet.querySelector(".slip-code").append(...halves(code));
  try {
    document.body.append(sheet);
    await laidOut();
    window.print(); // the browser waits here until its dialog is closed
  } finally {
    sheet.remove();
  }
}

/** XXXX-XXXX-XXXX-XXXX-C on two lines, so that it is large on a narrow roll too. */
function halves(code) {
  const groups = code.split("-");
  return [groups.slice(0, 2).join("-"), groups.slice(2).join("-")].map((line) => {
    const half = document.createElement("span");
    half.textContent = line;
    return half;
  });
}

function laidOut() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
