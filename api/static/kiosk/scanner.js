// The camera as a scanner, where the browser can read QR codes by itself. Pictures are looked at and never kept.

const PAUSE_MILLISECONDS = 150;

export const canScan = () => "BarcodeDetector" in globalThis && Boolean(navigator.mediaDevices);

/** Shows the camera in `video` until a QR is read, and gives its text; null once `signal` is aborted. */
export async function scan(video, signal) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const [found] = await detector.detect(video);
      if (found) return found.rawValue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
