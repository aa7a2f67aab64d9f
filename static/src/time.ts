// Times by the clock of Europe/London, wherever the device thinks it is.
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Write a moment as a date and time field wants it. */
export function typed(moment: Date): string {
  const part = Object.fromEntries(CLOCK.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}`;
}

/** Give the day it is. */
export const today = (): string => typed(new Date()).slice(0, 10);

/** Read a date and time field: the first such moment, where the clocks go back. */
export function moment(field: string): Date | null {
  const asUtc = new Date(`${field}Z`);
  if (field === "" || Number.isNaN(asUtc.valueOf())) return null;
  // London is at most an hour ahead; the candidate that reads the same there is the one.
  const summer = new Date(asUtc.valueOf() - 3_600_000);
  return typed(summer) === field.slice(0, 16) ? summer : asUtc;
}
