// Elements from code: text is text, attributes are attributes, and nothing is ever parsed as HTML.

/** `element("button", {class: "big", onclick: …}, "Vote", icon)`; null and false children and attributes are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (attribute.startsWith("on")) made.addEventListener(attribute.slice(2), value);
    else made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

/** A button that can be hit: at least as large as style.css makes `.button`. */
export function button(label, onclick, attributes = {}) {
  const classes = ["button", attributes.class].filter(Boolean).join(" ");
  return element("button", { type: "button", ...attributes, class: classes, onclick }, label);
}

/** A screen: its heading takes the focus, so that a screen reader begins there. */
export function screen(name, title, ...children) {
  const heading = element("h1", { tabindex: "-1" }, title);
  return element("section", { class: `screen screen-${name}`, "data-screen": name }, heading, ...children);
}
