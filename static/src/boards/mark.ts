// A mark on a drawing that is parted into cells: columns of days, or squares of the ground.

export interface Cell {
  column: number;
  row: number;
}

/** The first and the last of its columns and rows; rows count downwards. */
export interface Mark {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Cells {
  columns: number;
  rows: number;
}

const STEPS: Record<string, Cell> = {
  ArrowLeft: { column: -1, row: 0 },
  ArrowRight: { column: 1, row: 0 },
  ArrowUp: { column: 0, row: -1 },
  ArrowDown: { column: 0, row: 1 },
};

/** Mark what lies between two cells, both of them with it. */
export function between(one: Cell, other: Cell): Mark {
  return {
    left: Math.min(one.column, other.column),
    top: Math.min(one.row, other.row),
    right: Math.max(one.column, other.column),
    bottom: Math.max(one.row, other.row),
  };
}

/** Move a mark by an arrow key, or by its last column and row make it larger or smaller; it stays on the drawing. */
export function stepped(mark: Mark, key: string, isGrowing: boolean, { columns, rows }: Cells): Mark | null {
  const step = STEPS[key];
  if (!step) return null;
  const moved = { ...mark, right: mark.right + step.column, bottom: mark.bottom + step.row };
  if (!isGrowing) Object.assign(moved, { left: mark.left + step.column, top: mark.top + step.row });
  const fits = moved.left >= 0 && moved.top >= 0 && moved.right < columns && moved.bottom < rows;
  return fits && moved.left <= moved.right && moved.top <= moved.bottom ? moved : mark;
}
