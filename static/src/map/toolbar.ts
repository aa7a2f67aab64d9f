// One stop by Tab for all the tools; the arrow keys go from one to the next (WAI-ARIA toolbar pattern).

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Let the arrow keys move within a toolbar; call what comes back after buttons were hidden or shown. */
export function rove(root: HTMLElement): () => void {
  const buttons = () => [...root.querySelectorAll<HTMLButtonElement>("button")].filter((button) => !button.hidden && !button.disabled);
  const stop = (at: HTMLButtonElement | undefined) => {
    for (const button of root.querySelectorAll("button")) button.tabIndex = button === at ? 0 : -1;
  };
  root.addEventListener("keydown", (event) => {
    const all = buttons();
    const here = all.indexOf(event.target as HTMLButtonElement);
    if (here < 0) return;
    const step = STEPS[event.key];
    const next =
      event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : step && all.at((here + step) % all.length);
    if (!next) return;
    event.preventDefault();
    stop(next);
    next.focus();
  });
  root.addEventListener("focusin", (event) => stop(event.target as HTMLButtonElement));
  return () => {
    const all = buttons();
    const current = all.find((button) => button.tabIndex === 0) ?? all[0];
    stop(current);
    // Whoever pressed what is no longer there stays among the tools.
    const focused = document.activeElement as HTMLElement | null;
    if (focused && root.contains(focused) && !all.includes(focused as HTMLButtonElement)) current?.focus();
  };
}
