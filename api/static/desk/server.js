// What the desk asks the server for: the page's own forms, answered as JSON. A code never goes this way.

/** The server said no: its `title` and `detail` in the page's language, and `code` for programs. */
export class Refusal extends Error {
  constructor({ code, title, detail }) {
    super(code);
    this.code = code;
    this.title = title;
    this.detail = detail;
  }
}

/** No answer came, or none that we know: what was asked for may have been done, or not. */
export class NoAnswer extends Error {}

const PATIENCE_MS = 20_000;

/** Post these fields, a form's token among them; Refusal, NoAnswer. */
export function post(address, fields) {
  return ask(address, { method: "POST", body: new URLSearchParams(fields) });
}

export function get(address) {
  return ask(address, {});
}

async function ask(address, request) {
  let response, told;
  try {
    const how = { headers: { accept: "application/json" }, redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
    response = await fetch(address, { ...how, ...request });
    told = await response.json();
  } catch {
    throw new NoAnswer();
  }
  if (response.ok) return told;
  if (response.status < 500 && told.code) throw new Refusal(told);
  throw new NoAnswer();
}
