// What was done, to take back and to do again. Pure; states are never changed, only replaced.

interface Step<T> {
  state: T;
  /** What led from this state to the next, in words. */
  said: string;
}

// Enough for a morning's drawing; a shape has a few kilobytes.
const MOST_STEPS = 100;

export class History<T> {
  #past: Step<T>[] = [];
  #future: Step<T>[] = [];
  #present: T;

  constructor(present: T) {
    this.#present = present;
  }

  get present(): T {
    return this.#present;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Go on to another state; what was taken back before can't be done again then. */
  act(next: T, said: string): void {
    this.#past = [...this.#past, { state: this.#present, said }].slice(-MOST_STEPS);
    this.#future = [];
    this.#present = next;
  }

  /** Put another state in place of this one, which is no step: nothing to take back. */
  settle(next: T): void {
    this.#present = next;
  }

  /** Go back one step, and say which was taken back. */
  undo(): string | null {
    const step = this.#past.pop();
    if (!step) return null;
    this.#future.push({ state: this.#present, said: step.said });
    this.#present = step.state;
    return step.said;
  }

  /** Do again what was taken back last, and say what that was. */
  redo(): string | null {
    const step = this.#future.pop();
    if (!step) return null;
    this.#past.push({ state: this.#present, said: step.said });
    this.#present = step.state;
    return step.said;
  }
}
