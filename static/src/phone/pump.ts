// Decides when to send: at once where something is new, and later and later where that fails.
import { delay, type Flushed } from "./outbox.ts";

interface Clock {
  set(act: () => void, ms: number): unknown;
  clear(timer: unknown): void;
  now(): number;
}

const REAL: Clock = {
  set: (act, ms) => setTimeout(act, ms),
  clear: (timer) => clearTimeout(timer as number),
  now: () => Date.now(),
};

export class Pump {
  #failures = 0;
  #timer: unknown = null;
  #isRunning = false;
  #isAskedAgain = false;
  readonly #send: () => Promise<Flushed>;
  readonly #told: (flushed: Flushed | null) => void;
  readonly #clock: Clock;

  /** `told` hears of each end, and of a beginning as null. */
  constructor(send: () => Promise<Flushed>, told: (flushed: Flushed | null) => void, clock = REAL) {
    [this.#send, this.#told, this.#clock] = [send, told, clock];
  }

  /** Send now. Never asks the device whether it is online: it says so wrongly both ways. */
  async run(): Promise<void> {
    if (this.#isRunning) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isRunning = true;
    this.#clock.clear(this.#timer);
    this.#told(null);
    let flushed: Flushed | null = null;
    try {
      flushed = await this.#send();
    } catch {
      // The store failed, not the network: as good a reason to try again.
    }
    this.#isRunning = false;
    if (flushed) this.#told(flushed);
    if (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      return this.run();
    }
    this.#failures = flushed && !flushed.stopped ? 0 : this.#failures + 1;
    const waits = [
      ...(this.#failures ? [delay(this.#failures - 1, flushed?.afterS)] : []),
      ...(flushed?.heldUntil ? [flushed.heldUntil - this.#clock.now()] : []),
    ];
    if (waits.length) this.#timer = this.#clock.set(() => void this.run(), Math.max(0, Math.min(...waits)));
  }
}
