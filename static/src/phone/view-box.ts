// Which part of a drawing is looked at: pure. All parts have the form of the whole drawing, so a width says how large one is.

export const WIDTH = 320;
export const HEIGHT = 300;
const CLOSEST = WIDTH / 64;

export interface Box {
  x: number;
  y: number;
  width: number;
}

const between = (least: number, value: number, most: number) => Math.min(Math.max(value, least), Math.max(least, most));
const height = (width: number) => (width * HEIGHT) / WIDTH;

/** Move a part, and keep it inside the whole. */
export function moved({ x, y, width }: Box, byX: number, byY: number, whole: Box): Box {
  const is = between(CLOSEST, width, whole.width);
  return {
    x: between(whole.x, x + byX, whole.x + whole.width - is),
    y: between(whole.y, y + byY, whole.y + height(whole.width) - height(is)),
    width: is,
  };
}

/** Look at a part from nearer or farther, so that a point of it stays where it is. */
export function zoomed({ x, y, width }: Box, by: number, atX: number, atY: number, whole: Box): Box {
  const is = between(CLOSEST, width / by, whole.width);
  const share = is / width;
  return moved({ x: atX - (atX - x) * share, y: atY - (atY - y) * share, width: is }, 0, 0, whole);
}

/** Widen a part until it holds a point, with a margin. */
export function fitted({ x, y, width }: Box, atX: number, atY: number, margin: number): Box {
  const [left, right] = [Math.min(x, atX - margin), Math.max(x + width, atX + margin)];
  const [top, bottom] = [Math.min(y, atY - margin), Math.max(y + height(width), atY + margin)];
  const is = Math.max(right - left, ((bottom - top) * WIDTH) / HEIGHT);
  return { x: (left + right - is) / 2, y: (top + bottom - height(is)) / 2, width: is };
}
