// Reads the barcode of a label by the camera, where the browser can read one.
import { button, h } from "./dom.ts";
import type { Detecting } from "./scan-field.ts";

const LOOK_EVERY_MS = 120;
const TROUBLE: Record<string, string> = {
  NotAllowedError: "This browser may not use the camera here. Allow it in the settings, or type what the label says.",
  NotFoundError: "This device has no camera that can be used. Type what the label says.",
};
const OTHER_TROUBLE = "The camera could not be started; another app may be using it. Type what the label says.";

/** Look for a barcode until one is read or the officer has enough; the camera is off when this is over. */
export function scanLabel(detector: Detecting): Promise<string | null> {
  const video = h("video", { muted: true, playsinline: true, "aria-hidden": "true" });
  const said = h("p", { role: "status" }, "Starting the camera…");
  const end = button("Cancel", () => dialog.close(), "wide");
  const dialog = h("dialog", { class: "scan", "aria-labelledby": "scan-title" }, h("h2", { id: "scan-title" }, "Scan the label"), video, said, end);
  let stream: MediaStream | null = null;
  let timer = 0;
  let found: string | null = null;

  const stop = () => {
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  };
  const look = async () => {
    // While the picture is not there yet, there is nothing to be read, and a detector says so loudly.
    const codes = await detector.detect(video).catch(() => []);
    if (!dialog.open) return;
    found = codes.map(({ rawValue }) => plain(rawValue)).find((text) => text !== "") ?? null;
    if (found === null) timer = window.setTimeout(() => void look(), LOOK_EVERY_MS);
    else dialog.close();
  };
  const start = async () => {
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      stream = opened;
      // It was given up while the browser asked.
      if (!dialog.open) return stop();
      video.srcObject = opened;
      await video.play();
      said.textContent = "Hold the barcode in front of the camera.";
      void look();
    } catch (error) {
      stop();
      video.hidden = true;
      said.textContent = TROUBLE[(error as Error).name] ?? OTHER_TROUBLE;
      end.textContent = "Close";
    }
  };
  return new Promise((done) => {
    const leave = () => {
      if (document.hidden) dialog.close();
    };
    // Also by the Escape key, by the way back, and where the page goes into the background.
    dialog.addEventListener("close", () => {
      stop();
      document.removeEventListener("visibilitychange", leave);
      removeEventListener("hashchange", leaveView);
      dialog.remove();
      done(found);
    });
    const leaveView = () => dialog.close();
    document.addEventListener("visibilitychange", leave);
    addEventListener("hashchange", leaveView);
    document.body.append(dialog);
    dialog.showModal();
    void start();
  });
}

/** Leave out what a label's maker puts in for machines. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, "").trim();
