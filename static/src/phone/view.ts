// What is shown, where something goes on while it is.

export interface View {
  element: HTMLElement;
  /** Stop what goes on while it is open. */
  close(): void;
}
