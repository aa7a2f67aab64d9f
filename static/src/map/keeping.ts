// Saves all that was changed, area by area; waits for a lost network, and says so.
import { showSummary } from "../problem.ts";
import type { Editor } from "./editor.ts";
import { Refusal, removeArea, saveArea } from "./saving.ts";
import { SIGNED_OUT, Unreachable } from "./verbs.ts";
import { EMPTY, looks } from "./work.ts";

const FIRST_WAIT_S = 5;
const LONGEST_WAIT_S = 60;

/** Save by the form's button; without a network, again until it is back. */
export function keeping(editor: Editor): void {
  let isBusy = false;
  let wait = FIRST_WAIT_S;
  let timer: number | undefined;

  async function save(): Promise<void> {
    if (isBusy) return;
    window.clearTimeout(timer);
    const { changed, gone } = editor.unsaved();
    if (changed.length + gone.length === 0) {
      if (editor.parts.length) editor.say("Everything is saved.");
      else showSummary(editor.form, new Map([["geometry", "Draw the area, or type its corners."]]));
      return;
    }
    const empty = changed.find((id) => editor.shapes.areas[id]?.length === 0);
    if (empty) {
      const sentence = `${editor.named(empty)} has no shape any more. Draw it, or remove the area.`;
      editor.problem(empty, new Refusal(new Map([["geometry", sentence]])));
      return;
    }
    isBusy = true;
    let [at] = [...changed, ...gone];
    try {
      for (const id of changed) {
        at = id;
        const fields = editor.fields[id] ?? EMPTY;
        const parts = editor.shapes.areas[id] ?? [];
        const etag = await saveArea(editor.operation, id, fields, parts, editor.saved[id], editor.csrf);
        editor.wasSaved(id, { etag, looks: looks(fields, parts) });
      }
      for (const id of gone) {
        at = id;
        await removeArea(id, editor.saved[id]!, editor.csrf);
        editor.wasRemoved(id);
      }
      done(changed, gone);
    } catch (error) {
      if (error instanceof Refusal) editor.problem(at!, error);
      else if (error instanceof Unreachable) later(error);
      else throw error;
    } finally {
      isBusy = false;
    }
  }

  function done(changed: string[], gone: string[]): void {
    wait = FIRST_WAIT_S;
    editor.form.querySelector("[data-summary]")?.remove();
    editor.part("repair").hidden = true;
    editor.part("kept").hidden = true;
    editor.part("signed-out").hidden = true;
    editor.show();
    const names = changed.map((id) => editor.named(id)).join(", ");
    const saved = changed.length ? `Saved: ${names}.` : "";
    const removed = gone.length ? ` Removed: ${gone.length === 1 ? "1 area" : `${gone.length} areas`}.` : "";
    editor.say(`${saved}${removed}`.trim());
    const address = new URL(location.href);
    if (editor.shapes.current in editor.saved) address.searchParams.set("edit", editor.shapes.current);
    history.replaceState(history.state, "", address);
  }

  function later(error: Unreachable): void {
    if (error.isSignedOut) {
      editor.part("signed-out").hidden = false;
      showSummary(editor.form, new Map([["", `${SIGNED_OUT} Sign in again, and save it then.`]]));
      return;
    }
    showSummary(editor.form, new Map([["", `${error.message} It is saved as soon as the connection is back.`]]));
    timer = window.setTimeout(() => void save(), wait * 1000);
    wait = Math.min(wait * 2, LONGEST_WAIT_S);
  }

  window.addEventListener("online", () => {
    if (timer !== undefined) void save();
  });
  editor.form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
}
