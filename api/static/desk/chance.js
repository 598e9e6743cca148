// Chance that favours nobody, from the browser's cryptographic source.

const VALUES = 2 ** 32;

/** A whole number from 0 to `bound` - 1, each as likely as the others: what would favour the first ones is drawn again. */
export function below(bound, draw = fromBrowser) {
  const fair = VALUES - (VALUES % bound);
  for (;;) {
    const drawn = draw();
    if (drawn < fair) return drawn % bound;
  }
}

function fromBrowser() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
