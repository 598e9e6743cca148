// The server as a kiosk sees it: asked again and again with the same bytes until it answers, never answered for.
// What may pass (silence, 408, 429, 5xx) is tried again after a growing, jittered pause; what will not pass stops, with a code.

const ANSWER_MILLISECONDS = 30_000;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 10_000;
const ANSWER_BYTES = 16 * 1024 * 1024;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** The server refused for good, or answered what no sound server answers. `code` is its refusal code, or ours. */
export class Stopped extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** No answer for now; whether the bytes were taken is not known. */
export class Silence extends Error {}

/** The body of a 200 or 201, read as JSON, however long it takes. `onSilence(why)` is told of every attempt that failed. */
export async function askUntilAnswered(path, contentType, body, onSilence) {
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS)) {
    const { answer, why, retryAfter = 0 } = await attempt(path, contentType, body);
    if (answer !== undefined) return answer;
    onSilence(why);
    // Jitter: a hall full of kiosks must not come back in step after the same power cut.
    await sleep(Math.max(pause, retryAfter) * (0.5 + Math.random() / 2));
  }
}

/** As above, once: Silence when there was no answer. */
export async function askOnce(path, contentType, body) {
  const { answer, why } = await attempt(path, contentType, body);
  if (answer === undefined) throw new Silence(why);
  return answer;
}

async function attempt(path, contentType, body) {
  let response, text;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": contentType },
      body,
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    text = await limitedText(response);
  } catch (fault) {
    if (fault instanceof Stopped) throw fault;
    return { why: fault.name };
  }
  if (response.status === 200 || response.status === 201) return { answer: asJson(text) };
  if (!PASSING.has(response.status)) throw new Stopped(asJson(text)?.code ?? "not_understood");
  const asked = Number(response.headers.get("Retry-After") ?? 0) * 1000;
  return { why: `HTTP ${response.status}`, retryAfter: Math.min(asked || 0, LONGEST_PAUSE_MILLISECONDS) };
}

async function limitedText(response) {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) throw new Stopped("answer_too_long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Stopped("not_understood");
  }
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
