// A project's photo, beside the words that say what it is. Where there is none its frame is empty, so that no project looks lesser.

import { element } from "../dom.js";

/** `photos`: project id → address; nothing is shown at all on a ballot without photos. */
export function picture(photos, id) {
  if (!photos?.size) return null;
  const frame = element("span", { class: "picture" });
  if (photos.has(id)) {
    const image = element("img", { src: photos.get(id), alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.remove());
    frame.append(image);
  }
  return frame;
}
