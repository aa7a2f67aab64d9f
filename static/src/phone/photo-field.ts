// The part of a form that takes photos.
import { button, h } from "./dom.ts";
import { NoPhoto, type Photo, photoOf } from "./photo.ts";

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString("en-GB", { maximumFractionDigits: 1 })} MB`;

/** Take photos: each is made small and stripped at once, and can be turned or left out. */
export function photoField(): { element: HTMLElement; taken(): Promise<Photo[]> } {
  const taken = new Map<HTMLElement, Photo>();
  // What is still being made smaller or turned is waited for.
  let working: Promise<unknown> = Promise.resolve();
  const list = h("div", { class: "photos" });
  const said = h("p", { class: "wrong", role: "alert", hidden: true });
  const input = h("input", { type: "file", id: "f-photo", accept: "image/*", capture: "environment", onchange: () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (file) working = Promise.all([working, add(file)]);
  } });
  async function make(file: Blob, turns: number): Promise<Photo | null> {
    said.hidden = true;
    try {
      return await photoOf(file, turns);
    } catch (error) {
      said.textContent = error instanceof NoPhoto ? error.message : "This photo could not be read. Take it again.";
      said.hidden = false;
      return null;
    }
  }
  async function add(file: Blob): Promise<void> {
    let turns = 0;
    const first = await make(file, turns);
    if (!first) return;
    const line = h("div", { class: "photo" });
    const show = (photo: Photo) => {
      taken.set(line, photo);
      const sizes = `${megabytes(file.size)}, sent as ${megabytes(photo.bytes.byteLength)}.`;
      photo.canvas.setAttribute("role", "img");
      photo.canvas.setAttribute("aria-label", "The photo as it is sent");
      line.replaceChildren(photo.canvas, h("p", { class: "hint" }, sizes),
        button("Turn", () => {
          turns = (turns + 1) % 4;
          working = Promise.all([working, make(file, turns).then((turned) => turned && show(turned))]);
        }, "quiet"),
        button("Leave out", () => {
          taken.delete(line);
          line.remove();
        }, "quiet"));
    };
    show(first);
    list.append(line);
  }
  return {
    element: h("div", { class: "field" }, h("label", { for: "f-photo" }, "Photo"), h("p", { class: "hint" }, "Made small, and without its location. It is not the exhibit."), input, said, list),
    taken: () => working.then(() => [...taken.values()]),
  };
}
