// What is being typed, kept for when the browser drops the page. Each draft is one page's at a time.
import type { Fix } from "../log/fix.ts";
import type { Phone } from "./phone.ts";
import type { Place } from "./shift-map.ts";

export interface Draft {
  /** What the record is called once it is saved: a draft of one that was is none any more. */
  id: string;
  kind: string;
  at: number;
  /** What the officer was on. */
  on: string;
  typed: [string, string[]][];
  pin: Place | null;
  fix: Fix | null;
  /** Whether photos were taken: they are not kept. */
  photos: boolean;
}

/** Tell whether a draft can be taken up without a question. */
export const isFresh = ({ at }: Draft, now: number) => now - at < FRESH_MS;

const NAME = "drafts";
const KEPT_MS = 12 * 3_600_000;
// What is older may be of another matter, and its time and place with it.
const FRESH_MS = 30 * 60_000;
// A page that was just closed lets go a moment later, on a slow phone a long one.
const PATIENCE_MS = 2_000;

export class Drafts {
  readonly #phone: Phone;
  readonly #person: string;

  constructor(phone: Phone) {
    [this.#phone, this.#person] = [phone, phone.store!.person];
  }

  /** Where they are, for as long as the phone is open for whoever types. */
  get #store() {
    const { store } = this.#phone;
    return store?.person === this.#person ? store : null;
  }

  /** Give what is kept and neither saved nor too old. */
  async #all(isSaved: (id: string) => boolean): Promise<Draft[]> {
    const all = (await this.#store?.read<Draft[]>(NAME)) ?? [];
    return all.filter(({ id, at }) => !isSaved(id) && Date.now() - at < KEPT_MS);
  }

  /** Take up what was typed in a form of this kind; null where nothing was, "elsewhere" where another page has it open. */
  async take(kind: string, isSaved: (id: string) => boolean): Promise<Taken | "elsewhere" | null> {
    const found = (await this.#all(isSaved)).filter((draft) => draft.kind === kind);
    for (const draft of found) {
      const letGo = await hold(draft.id, PATIENCE_MS);
      if (letGo) return { draft, letGo };
    }
    return found.length ? "elsewhere" : null;
  }

  /** Keep a draft in the place of what was kept of it before, or forget it. */
  async put(id: string, draft: Draft | null): Promise<void> {
    await navigator.locks.request("ops-phone-drafts", async () => {
      const others = (await this.#all(() => false)).filter((each) => each.id !== id);
      await this.#store?.keep(NAME, draft ? [...others, draft] : others);
    });
  }
}

interface Taken {
  draft: Draft;
  letGo: () => void;
}

/** Have a draft for this page alone, until it is let go; null where another page has it for longer than this one waits. */
export function hold(id: string, patienceMs?: number): Promise<(() => void) | null> {
  return new Promise((done) => {
    const patience = patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) };
    navigator.locks.request(`ops-phone-draft-${id}`, patience, () => new Promise<void>((letGo) => done(letGo))).catch(() => done(null));
  });
}
