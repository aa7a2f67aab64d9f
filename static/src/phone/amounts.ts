// Numbers as people type them on a doorstep: read where there is one way to read them, asked about where there are two.

export type Read =
  | { is: "number"; text: string; unit: string | null }
  /** It may be any of these. */
  | { is: "doubtful"; texts: string[]; unit: string | null }
  | { is: "wrong"; sentence: string };

const TYPED = /^£?\s*([\d.,\s’']+?)\s*(\p{L}+)?$/u;
const UNITS: Record<string, string> = {
  kg: "kg", kgs: "kg", kilo: "kg", kilos: "kg", g: "g", gram: "g", grams: "g", mg: "mg", l: "l", litre: "l", litres: "l", ml: "ml",
  tablet: "tablets", tablets: "tablets", wrap: "wraps", wraps: "wraps", item: "items", items: "items", plants: "plants",
};

/** Read a number that was typed, with its unit where one stands behind it. */
export function readAmount(typed: string): Read {
  const found = TYPED.exec(typed.trim());
  if (!found) return { is: "wrong", sentence: "Type a number, such as 1250.50." };
  const digits = found[1]!.replace(/[\s’']/g, "");
  const word = found[2]?.toLowerCase();
  const unit = word ? (UNITS[word] ?? word) : null;
  const exact = (text: string): Read => ({ is: "number", text, unit });
  if (/^\d+(\.\d+)?$/.test(digits)) return exact(digits);
  // Thousands as they are written here, with or without pence.
  if (/^\d{1,3}(,\d{3}){2,}(\.\d+)?$|^\d{1,3}(,\d{3})+\.\d+$/.test(digits)) return exact(digits.replaceAll(",", ""));
  // As they are written elsewhere.
  if (/^\d{1,3}(\.\d{3}){2,}(,\d+)?$|^\d{1,3}(\.\d{3})+,\d+$/.test(digits)) {
    return exact(digits.replaceAll(".", "").replace(",", "."));
  }
  const [whole, part, ...more] = digits.split(",");
  if (whole && part && more.length === 0 && /^\d+$/.test(whole + part)) {
    const decimal = `${whole}.${part}`;
    // 1,250 is a thousand and more to everybody here; 12,5 is a decimal to nobody else.
    if (part.length === 3 && whole.length <= 3 && !whole.startsWith("0")) return exact(whole + part);
    return { is: "doubtful", texts: part.length <= 2 ? [decimal, whole + part] : [whole + part, decimal], unit };
  }
  return { is: "wrong", sentence: "This number can be read in no way. Type it with digits and one point, such as 1250.50." };
}
