// Reading aloud, off until the voter turns it on: the device's own voice of the language, where it has one.

import { spoken } from "./strings.js";

/** Whether this device could read something aloud in the language of the screen. */
export const canSpeak = () => voice() !== undefined;

/** Whatever was being read is cut short: only what is on the screen now matters. */
export function speak(text) {
  hush();
  const found = voice();
  if (!found) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = found;
  utterance.lang = found.lang;
  speechSynthesis.speak(utterance);
}

export const hush = () => speechSynthesis.cancel();

const voice = () => speechSynthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith(spoken()));
