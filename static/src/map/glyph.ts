// How results are told apart: each kind has an outline of its own as well as a colour. Pure.

type Point = readonly [number, number];

const regular = (corners: number, turn = 0): Point[] =>
  Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * (index + turn)) / corners - Math.PI / 2;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
const star = (rays: number): Point[] =>
  Array.from({ length: rays * 2 }, (_, index) => {
    const angle = (Math.PI * index) / rays - Math.PI / 2;
    const far = index % 2 ? 0.45 : 1.1;
    return [far * Math.cos(angle), far * Math.sin(angle)] as const;
  });
const cross: Point[] = [
  [-0.35, -1],
  [0.35, -1],
  [0.35, -0.35],
  [1, -0.35],
  [1, 0.35],
  [0.35, 0.35],
  [0.35, 1],
  [-0.35, 1],
  [-0.35, 0.35],
  [-1, 0.35],
  [-1, -0.35],
  [-0.35, -0.35],
];
const OUTLINES: readonly Point[][] = [
  regular(24),
  regular(4, 0.5),
  regular(3),
  regular(4),
  star(5),
  regular(6),
  cross,
  regular(3, 1.5),
];
// Dark enough for white edges to show on any ground.
const COLOURS = ["#00703c", "#1d5fa8", "#942514", "#54319f"] as const;

export interface Glyph {
  corners: readonly Point[];
  colour: string;
}

/** The sign of a site: a square, as in the key. */
export const SITE: Glyph = { corners: regular(4, 0.5), colour: "#54319f" };

/** Give the sign of the nth kind: outlines first, colours when these run out. */
export function glyph(place: number): Glyph {
  return {
    corners: OUTLINES[place % OUTLINES.length]!,
    colour: COLOURS[(place + Math.floor(place / OUTLINES.length)) % COLOURS.length]!,
  };
}

/** Write a sign as the points of an SVG polygon in a box of 20. */
export function svgPoints({ corners }: Glyph): string {
  return corners.map(([x, y]) => `${(10 + 7 * x).toFixed(1)},${(10 + 7 * y).toFixed(1)}`).join(" ");
}
