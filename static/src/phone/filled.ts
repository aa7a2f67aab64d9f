// Reads what was typed into a form as the wire wants it. No page here: names and texts go in, a detail comes out.
import { readAmount } from "./amounts.ts";
import type { Code, Field, Forms } from "./shift.ts";
import { moment } from "../time.ts";

export type Typed = Map<string, string[]>;

export interface Filled {
  detail: Record<string, unknown>;
  /** A sentence for each field that can't be sent as it is. */
  wrong: Map<string, string>;
  /** Numbers that could be read in two ways: which. */
  doubts: Map<string, string[]>;
}

/** Tell whether a field is asked for, by what another one says. */
export function isAsked(field: Field, typed: Typed): boolean {
  return !field.only || (typed.get(field.only.field) ?? []).some((code) => field.only!.codes.includes(code));
}

/** Make the detail of a result from what was typed. */
export function fill(fields: Field[], typed: Typed, forms: Pick<Forms, "code_lists">): Filled {
  const filled: Filled = { detail: {}, wrong: new Map(), doubts: new Map() };
  for (const field of fields) {
    if (!isAsked(field, typed)) continue;
    const value = read(field, field.name, typed, filled, fields, forms);
    if (value !== undefined) filled.detail[field.name] = value;
    else if (field.required && !filled.wrong.has(field.name) && !filled.doubts.has(field.name)) {
      filled.wrong.set(field.name, `Say: ${field.label.toLowerCase()}.`);
    }
  }
  return filled;
}

function read(field: Field, name: string, typed: Typed, filled: Filled, siblings: Field[], forms: Pick<Forms, "code_lists">): unknown {
  if (field.type === "rows") return rows(field, name, typed, filled, forms);
  const texts = (typed.get(name) ?? []).map((text) => text.trim()).filter((text) => text !== "");
  const [text] = texts;
  if (text === undefined) return undefined;
  switch (field.type) {
    case "codes":
      return texts;
    case "texts":
      return text.split("\n").map((line) => line.trim()).filter(Boolean);
    case "code":
      return text === "true" ? true : text === "false" ? false : text;
    case "moment":
      return moment(text)?.toISOString();
    case "number":
      return number(field, name, text, typed, filled, siblings, forms);
    default:
      return text;
  }
}

function number(
  field: Field, name: string, text: string, typed: Typed, filled: Filled, siblings: Field[], forms: Pick<Forms, "code_lists">,
): string | undefined {
  const found = readAmount(text);
  if (found.is === "wrong") {
    filled.wrong.set(name, found.sentence);
    return undefined;
  }
  const units = siblings.find(({ name: other, list }) => other === "unit" && list);
  if (found.unit) {
    const known: Code[] = forms.code_lists[units?.list ?? ""] ?? [];
    const unit = known.find(({ code, label }) => code === found.unit || label.toLowerCase() === found.unit);
    const chosen = typed.get("unit")?.[0];
    if (field.name !== "quantity" || !unit || (chosen && chosen !== unit.code)) {
      const meant = chosen ? known.find(({ code }) => code === chosen)?.label : field.unit;
      filled.wrong.set(name, `Type the number alone${meant ? `, in ${meant.toLowerCase()}` : ""}: “${text}” has another unit in it.`);
      return undefined;
    }
    filled.detail["unit"] = unit.code;
  }
  if (found.is === "doubtful") {
    filled.doubts.set(name, found.texts);
    return undefined;
  }
  return found.text;
}

/** Read the rows of a list; one in which nothing was typed is none. */
function rows(field: Field, name: string, typed: Typed, filled: Filled, forms: Pick<Forms, "code_lists">): unknown {
  const numbers = new Set<number>();
  for (const key of typed.keys()) {
    const found = new RegExp(`^${name}\\.(\\d+)\\.`).exec(key);
    if (found) numbers.add(Number(found[1]));
  }
  const made = [...numbers].sort((one, other) => one - other).flatMap((row) => {
    const columns = field.columns ?? [];
    const values = columns.map((column) => [column.name, read(column, `${name}.${row}.${column.name}`, typed, filled, columns, forms)]);
    const said = values.filter(([, value]) => value !== undefined);
    return said.length ? [Object.fromEntries(said)] : [];
  });
  return made.length ? made : undefined;
}
