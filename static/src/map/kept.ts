// An unsaved drawing outlives a reload, in this tab alone; saving or discarding it ends it.
import type { Parts } from "./shape.ts";

export interface Kept {
  /** Made once, so that saving twice adds one area. */
  id: string;
  fields: Record<string, string>;
  parts: Parts;
}

export function keep(key: string, draft: Kept): void {
  sessionStorage.setItem(key, JSON.stringify(draft));
}

export function kept(key: string): Kept | null {
  const text = sessionStorage.getItem(key);
  return text === null ? null : (JSON.parse(text) as Kept);
}

export function forget(key: string): void {
  sessionStorage.removeItem(key);
}
