// Whether two values of the wire say the same, however each side writes numbers and times.

const NUMBER = /^-?\d+(\.\d+)?$/;
const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** Tell whether two values say the same; what is missing, null or empty says nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (isNothing(one) || isNothing(other)) return isNothing(one) && isNothing(other);
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((each, at) => same(each, other[at]));
  if (typeof one === "object" && typeof other === "object") {
    return [...new Set([...Object.keys(one!), ...Object.keys(other!)])].every((name) => same((one as Values)[name], (other as Values)[name]));
  }
  return plain(one) === plain(other);
}

type Values = Record<string, unknown>;

const isNothing = (value: unknown) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

function plain(value: unknown): unknown {
  const text = String(value);
  // A reference such as 007 is no number that may be written as 7.
  if (NUMBER.test(text)) return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return MOMENT.test(text) ? Date.parse(text) : text;
}
