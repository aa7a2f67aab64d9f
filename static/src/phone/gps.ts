// Follows where the phone is for as long as a form is open: the best fix so far, and still looking for a better one.
import { type Fix, fixOf, refusalText } from "../log/fix.ts";
import { better } from "./where.ts";

export type Placed = Fix & { at: number };

// To know near what one is needs no satellite, and no battery; what comes later would change the page under the thumb.
const GLANCE: PositionOptions = { maximumAge: 120_000, timeout: 5_000 };
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 30_000, timeout: 60_000 };

export class Follower {
  fix: Placed | null = null;
  /** Why there is none. */
  trouble = "";
  #watch: number | null = null;
  readonly #told: () => void;

  constructor(told: () => void) {
    this.#told = told;
  }

  start(): void {
    this.#watch ??= navigator.geolocation.watchPosition(
      (position) => {
        this.fix = better(this.fix, { ...fixOf(position), at: Date.now() });
        this.trouble = "";
        this.#told();
      },
      ({ code }) => {
        this.trouble = refusalText(code);
        this.#told();
      },
      OPTIONS,
    );
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
  }

  /** Start where the officer allowed it before, so that no page opens with a question. */
  async startIfAllowed(): Promise<void> {
    if (await isAllowed()) this.start();
  }
}

/** Tell where the phone is about now, if that may be known without a question and soon is. */
export async function glance(told: (place: Placed) => void): Promise<void> {
  if (await isAllowed()) navigator.geolocation.getCurrentPosition((position) => told({ ...fixOf(position), at: Date.now() }), null, GLANCE);
}

async function isAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false; // A browser that can't be asked is asked by the button.
  }
}
