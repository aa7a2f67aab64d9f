// Marks an area or days on the drawings of the map of analysis, with the mouse, the keys or a finger. The form has fields for both.
import { between, type Cell, type Cells, type Mark, stepped } from "./boards/mark.ts";

/** A drawing that something can be marked on; lengths are in its own units. */
interface Drawing extends Cells {
  cell(x: number, y: number): Cell;
  box(mark: Mark): { x: number; y: number; width: number; height: number };
  words(mark: Mark): string;
  fields(mark: Mark): Record<string, string>;
  hint: string;
  label: string;
  // What the button says after which a finger marks, and what to do then.
  button: string;
  finger: string;
}

// Less is a click that trembled.
const LEAST_PX = 6;
// The ground is parted into squares as fine as these, but no more than so many across.
const SIDES_M = [100, 500, 1_000, 5_000];
const MOST_ACROSS = 70;
const KEYS = "Arrow keys move the mark, with Shift they make it larger or smaller, Enter shows what is in it, Escape takes it away.";

function days(plot: { left: number; column: number; top: number; bottom: number }, steps: [string, string][]): Drawing {
  const said = (day: string) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const ends = ({ left, right }: Mark) => [steps[left]![0], steps[right]![1]] as const;
  return {
    columns: steps.length,
    rows: 1,
    cell: (x) => ({ column: Math.floor((x - plot.left) / plot.column), row: 0 }),
    box: ({ left, right }) => ({ x: plot.left + plot.column * left, y: plot.top, width: plot.column * (right - left + 1), height: plot.bottom - plot.top }),
    words: (mark) => [...new Set(ends(mark).map(said))].join(" to "),
    fields: (mark) => {
      const [from, to] = ends(mark);
      return { from, to };
    },
    hint: "To mark some of the time, drag over the bars.",
    label: "Mark some of the time.",
    button: "Mark some of the time",
    finger: "Now drag a finger over the bars.",
  };
}

function area(plot: { west: number; north: number; scale: number }, width: number, height: number): Drawing {
  const across = width / plot.scale;
  const side = SIDES_M.find((each) => across / each <= MOST_ACROSS) ?? SIDES_M.at(-1)!;
  const west = Math.floor(plot.west / side) * side;
  const north = Math.ceil(plot.north / side) * side;
  const km = (metres: number) => String(metres / 1_000);
  const fields = ({ left, top, right, bottom }: Mark) => ({
    west: km(west + left * side),
    south: km(north - (bottom + 1) * side),
    east: km(west + (right + 1) * side),
    north: km(north - top * side),
  });
  return {
    columns: Math.ceil((plot.west + across - west) / side),
    rows: Math.ceil((north - plot.north + height / plot.scale) / side),
    cell: (x, y) => ({
      column: Math.floor((plot.west + x / plot.scale - west) / side),
      row: Math.floor((north - plot.north + y / plot.scale) / side),
    }),
    box: ({ left, top, right, bottom }) => ({
      x: (west + left * side - plot.west) * plot.scale,
      y: (plot.north - north + top * side) * plot.scale,
      width: (right - left + 1) * side * plot.scale,
      height: (bottom - top + 1) * side * plot.scale,
    }),
    words: (mark) => {
      const sides = fields(mark);
      return `${sides.west} to ${sides.east} km east, ${sides.south} to ${sides.north} km north`;
    },
    fields,
    hint: "To mark an area, drag over the map.",
    label: "Mark an area of the map.",
    button: "Mark an area",
    finger: "Now drag a finger over the map, from one corner of the area to the other.",
  };
}

function open(svg: SVGSVGElement, drawing: Drawing, form: HTMLFormElement): void {
  const frame = document.createElement("div");
  frame.className = "app-mark";
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", `${drawing.label} ${KEYS}`);
  svg.replaceWith(frame);
  frame.append(svg);
  const told = document.createElement("p");
  told.className = "app-mark__told app-screen-only";
  told.setAttribute("aria-live", "polite");
  told.textContent = drawing.hint;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary app-mark__button app-screen-only";
  button.textContent = drawing.button;
  frame.after(button, told);
  const drawn = document.createElementNS(svg.namespaceURI!, "rect");
  drawn.setAttribute("class", "app-chart__marked app-chart__marked--now");

  // A finger scrolls the page, but for the one drag that the button asks for.
  const waits = () => frame.classList.contains("app-mark--waits");
  const wait = (begins: boolean) => {
    frame.classList.toggle("app-mark--waits", begins);
    button.textContent = begins ? "Stop marking" : drawing.button;
    show(null);
  };
  button.addEventListener("click", () => wait(!waits()));

  let mark: Mark | null = null;
  const show = (next: Mark | null) => {
    mark = next;
    told.textContent = mark ? drawing.words(mark) : waits() ? drawing.finger : drawing.hint;
    if (!mark) return drawn.remove();
    for (const [name, value] of Object.entries(drawing.box(mark))) drawn.setAttribute(name, String(value));
    svg.append(drawn);
  };
  const apply = () => {
    if (!mark) return;
    for (const [name, value] of Object.entries(drawing.fields(mark))) (form.elements.namedItem(name) as HTMLInputElement).value = value;
    form.requestSubmit();
  };

  const within = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
  const at = (event: PointerEvent): Cell => {
    const { left, top, width } = svg.getBoundingClientRect();
    const unit = svg.viewBox.baseVal.width / width;
    const { column, row } = drawing.cell((event.clientX - left) * unit, (event.clientY - top) * unit);
    return { column: within(column, drawing.columns), row: within(row, drawing.rows) };
  };
  let begun: PointerEvent | null = null;
  let dragged = false;
  svg.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (event.button === 0 && (event.pointerType !== "touch" || (waits() && event.isPrimary))) begun = event;
  });
  svg.addEventListener("pointermove", (event) => {
    if (event.buttons === 0) begun = null;
    if (!begun) return;
    if (!dragged && Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) < LEAST_PX) return;
    if (!dragged) svg.setPointerCapture(event.pointerId);
    dragged = true;
    show(between(at(begun), at(event)));
  });
  svg.addEventListener("pointerup", () => {
    if (begun && dragged) apply();
    begun = null;
  });
  svg.addEventListener("pointercancel", () => {
    begun = null;
    show(null);
  });
  // What can be pressed beneath is neither dragged away nor focused, nor opened by the end of a mark.
  svg.addEventListener("mousedown", (event) => event.preventDefault());
  svg.addEventListener("click", (event) => (dragged || waits()) && event.preventDefault(), { capture: true });
  svg.addEventListener("contextmenu", (event) => waits() && event.preventDefault());

  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return apply();
    if (event.key === "Escape") return wait(false);
    const middle = { column: Math.floor((drawing.columns - 1) / 2), row: Math.floor((drawing.rows - 1) / 2) };
    const next = stepped(mark ?? between(middle, middle), event.key, event.shiftKey, drawing);
    if (!next) return;
    event.preventDefault();
    show(mark ? next : between(middle, middle));
  });
}

const form = document.querySelector<HTMLFormElement>("form.app-filter");
for (const root of document.querySelectorAll<HTMLElement>("[data-mark]")) {
  const svg = root.querySelector<SVGSVGElement>("svg[data-plot]");
  if (!svg || !form) continue;
  const plot = JSON.parse(svg.dataset["plot"]!);
  const { width, height } = svg.viewBox.baseVal;
  const drawing = root.dataset["mark"] === "days" ? days(plot, JSON.parse(root.dataset["steps"]!)) : area(plot, width, height);
  open(svg, drawing, form);
}
