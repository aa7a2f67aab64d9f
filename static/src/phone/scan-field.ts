// A text field that can be filled in from a label's barcode, where the browser can read one.
import { button, h } from "./dom.ts";

/** What a browser has that reads barcodes (the Shape Detection API), where it has it. */
export interface Detecting {
  detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface Detector {
  new (): Detecting;
  getSupportedFormats(): Promise<string[]>;
}

// The references that labels of custody and exhibits carry.
const ON_LABELS = new Set(["custody_ref", "exhibit_ref", "seal"]);

export const isOnLabel = (name: string) => ON_LABELS.has(name.split(".").at(-1)!);

/** Give what reads a label into a field: nothing, where the browser can't. */
export function scanButton(input: HTMLInputElement, label: string): HTMLElement {
  const made = h("div", { class: "scan-field" });
  const said = h("p", { class: "hint", role: "status" });
  const scan = button("Scan the label", () => void read(), "quiet");
  scan.setAttribute("aria-label", `Scan the label: ${label.toLowerCase()}`);
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: Detector };
  if (BarcodeDetector && "mediaDevices" in navigator) {
    void BarcodeDetector.getSupportedFormats().then((formats) => {
      if (formats.length) made.append(scan, said);
    });
  }

  async function read(): Promise<void> {
    said.textContent = "";
    try {
      const { scanLabel } = await import("./scan.ts");
      const found = await scanLabel(new BarcodeDetector!());
      if (found === null) return;
      input.value = found.slice(0, input.maxLength);
      said.textContent = `The label says ${found}.`;
      for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
    } catch {
      said.textContent = "This can’t be opened without a signal yet. Type what the label says.";
    }
  }

  return made;
}
