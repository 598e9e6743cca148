// What this browser has seen of the log before: its key, and the newest checkpoint. With them a log that is rewritten, or shown
// differently to different people, is noticed by whoever looks twice. Nothing of a ballot is kept.

const KEY = "dauys.log.key";
const CHECKPOINT = "dauys.log.checkpoint";

export const memory = {
  key: () => kept(KEY),
  /** The newest checkpoint seen under this key, as its signed note. */
  checkpoint: (verifier) => (kept(KEY) === verifier.text ? kept(CHECKPOINT) : null),
  /** Of another key than the one known nothing is kept: the next visit has to notice it, too. */
  keep(verifier, checkpoint) {
    const known = kept(KEY);
    if (known !== null && known !== verifier.text) return;
    try {
      localStorage.setItem(KEY, verifier.text);
      localStorage.setItem(CHECKPOINT, checkpoint.note);
    } catch {
      // A browser that keeps nothing checks all but what needs a memory.
    }
  },
};

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
