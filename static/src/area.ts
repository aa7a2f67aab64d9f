// Draws and edits the areas of an operation: with a pointer, in a table, or from text. Saves them through the API.
import type { Tool } from "./map/drawing.ts";
import { Editor } from "./map/editor.ts";
import { finder } from "./map/finder.ts";
import { keeping } from "./map/keeping.ts";
import { rove } from "./map/toolbar.ts";
import { ways } from "./map/ways.ts";
import { FIELDS } from "./map/work.ts";

const HELP: Record<Tool, string> = {
  outline: "Click or tap each corner. To close the shape, click its first corner again or press “Finish”.",
  rectangle: "Click or tap one corner, then the opposite one.",
  round: "Click or tap the middle, then the edge.",
  hole: "Click or tap each corner of what to cut away. To close it, press “Finish”.",
  split: "Click or tap from one side of the area to the other, then press “Finish”.",
  line: "Click or tap along the line, then press “Finish”. It is widened by the metres that you typed.",
};
const WHILE_DRAWING = new Set(["back", "finish", "stop"]);
// What needs a shape to work on.
const OF_A_SHAPE = new Set(["hole", "split", "move"]);

function open(root: HTMLElement, form: HTMLFormElement): void {
  const editor = new Editor(root, form);
  const toolbar = editor.part("tools");
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("button[data-tool]")];
  const roved = rove(toolbar);

  const acts: Record<string, () => Promise<void> | void> = {
    ...ways(editor),
    back: () => editor.drawing.undo(),
    finish: () => editor.drawing.finish(),
    stop: () => {
      editor.drawing.stop();
      editor.say(`Stopped. ${editor.measured()}`);
      editor.onChange();
    },
    move: () => {
      editor.drawing.move(!editor.drawing.moving);
      editor.say(editor.drawing.moving ? "Drag the area to where it belongs." : "Drag a corner to move it.");
      editor.onChange();
    },
    snap: () => {
      editor.drawing.snap(!editor.drawing.snaps);
      editor.say(editor.drawing.snaps ? "Corners jump to boundaries and other areas near them." : "Corners stay where you put them.");
      editor.onChange();
    },
    undo: () => editor.back(),
    redo: () => editor.again(),
    new: () => {
      editor.begin();
      editor.say("A new area. Draw it, or give its shape in another way.");
      editor.field("name").focus();
    },
    remove: () => editor.drop(),
    discard: () => {
      editor.discard();
      location.reload();
    },
  };
  const tools = Object.keys(HELP) as Tool[];
  for (const tool of tools) {
    acts[tool] = () => {
      editor.start(tool);
      editor.say(HELP[tool]);
    };
  }

  editor.onChange = () => {
    const { drawing, history } = editor;
    const isBusy = drawing.tool !== null;
    for (const button of buttons) {
      const name = button.dataset["tool"] ?? "";
      if (toolbar.contains(button)) button.hidden = WHILE_DRAWING.has(name) !== isBusy;
      if (OF_A_SHAPE.has(name)) button.hidden ||= editor.parts.length === 0;
      if (name === "undo") button.disabled = !history.canUndo;
      if (name === "redo") button.disabled = !history.canRedo;
      if (name === "move") button.setAttribute("aria-pressed", String(drawing.moving));
      if (name === "snap") button.setAttribute("aria-pressed", String(drawing.snaps));
    }
    roved();
    const { changed, gone } = editor.unsaved();
    const count = changed.length + gone.length;
    editor.part("measure").textContent = editor.measured();
    editor.part("save").textContent = count > 1 ? `Save ${count} areas` : "Save the area";
    editor.part("heading").textContent = editor.shapes.current in editor.saved ? `Change ${editor.named(editor.shapes.current)}` : "Draw an area";
    editor.part("too-many").hidden = editor.hasHandles;
  };

  for (const button of buttons) {
    button.addEventListener("click", () => void editor.attempt(acts[button.dataset["tool"] ?? ""] ?? (() => {})));
  }
  // A search is no wish to save: Enter in a field of a way presses the button beside it.
  for (const field of form.querySelectorAll<HTMLInputElement>("input[data-enter]")) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      void editor.attempt(acts[field.dataset["enter"] ?? ""] ?? (() => {}));
    });
  }
  for (const name of FIELDS) editor.field(name).addEventListener("input", () => editor.typed());
  editor.part("corners-details").addEventListener("toggle", () => editor.corners());
  document.addEventListener("keydown", (event) => {
    const isText = (event.target as HTMLElement).matches("input:not([type=checkbox]), textarea, select");
    if (isText || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    event.shiftKey ? editor.again() : editor.back();
  });
  keeping(editor);
  finder(form.querySelector<HTMLElement>("[data-find-place]")!, editor.ground.map, ({ name, point: { coordinates } }) => {
    editor.field("lon").value = coordinates[0]!.toFixed(6);
    editor.field("lat").value = coordinates[1]!.toFixed(6);
    editor.say(`The map is at ${name}. “A point and a radius” starts from there.`);
  });

  for (const element of form.querySelectorAll<HTMLElement>("[data-scripted]")) element.hidden = false;
  // Removing by a form of its own is for whoever has no script.
  for (const element of document.querySelectorAll<HTMLElement>("[data-plain]")) element.hidden = true;
  editor.show();
  editor.drawing.look();
}

const root = document.querySelector<HTMLElement>("[data-module=area-editor]");
const form = document.querySelector<HTMLFormElement>("form[data-area-form]");
if (root && form) open(root, form);
