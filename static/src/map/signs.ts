// Points by the thousand on one canvas, each with the outline of its kind.
import L from "leaflet";
import { type Glyph, glyph } from "./glyph.ts";

// Half the width of a sign. What is clicked or tapped is a little larger.
const SIZE_PX = 7;
const TOLERANCE_PX = 6;

interface Canvas extends L.Canvas {
  _ctx: CanvasRenderingContext2D;
  _drawing: boolean;
}

/** A sign on a canvas, in place of the circle that Leaflet would draw. */
export class Sign extends L.CircleMarker {
  declare readonly glyph: Glyph;
  declare readonly isStruck: boolean;
  declare _point: L.Point;
  declare _renderer: Canvas;

  _updatePath(): void {
    if (!this._renderer._drawing) return;
    const context = this._renderer._ctx;
    const { x, y } = this._point;
    context.beginPath();
    for (const [right, down] of this.glyph.corners) context.lineTo(x + SIZE_PX * right, y + SIZE_PX * down);
    context.closePath();
    context.lineWidth = 1.5;
    context.fillStyle = this.isStruck ? "#ffffff" : this.glyph.colour;
    context.strokeStyle = this.isStruck ? this.glyph.colour : "#ffffff";
    context.fill();
    context.stroke();
    if (!this.isStruck) return;
    context.beginPath();
    context.moveTo(x - SIZE_PX, y + SIZE_PX);
    context.lineTo(x + SIZE_PX, y - SIZE_PX);
    context.stroke();
  }
}

/** Give the canvas that all signs of a map share. */
export const canvas = (): L.Canvas => L.canvas({ padding: 0.3, tolerance: TOLERANCE_PX });

/** Make a sign; a struck one is hollow, with a line through it. */
export function sign(place: L.LatLngExpression, kind: number, isStruck: boolean, renderer: L.Canvas): Sign {
  const made = new Sign(place, { renderer, radius: SIZE_PX, bubblingMouseEvents: false });
  return Object.assign(made, { glyph: glyph(kind), isStruck });
}
