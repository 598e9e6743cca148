// The day's report: prints it, and tells at the counting what this browser's codes add to the piles.

import { t } from "../web/strings.js";
import { Stacks } from "./stacks.js";

for (const hidden of document.querySelectorAll(".script-only")) hidden.hidden = false;
document.querySelector("[data-does=print]")?.addEventListener("click", () => print());

const place = document.getElementById("place");
if (place !== null) {
  const { round } = JSON.parse(place.textContent);
  for (const { unit, left, wiped, spoiled, pending } of await (await Stacks.open()).of(round)) {
    const told = document.querySelector(`.in-browser[data-unit="${unit}"]`);
    const facts = { unused: left + wiped, spoiled: spoiled + pending };
    if (told !== null) told.textContent = t("Of them as codes in this browser: {unused} unused, {spoiled} spoiled.", facts);
  }
}
