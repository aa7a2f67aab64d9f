"""Charts and maps as a few shapes: the same drawn as SVG for a page, and as PNG for a document."""

import base64
import functools
import html
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

# So many points of a PNG for one unit of a drawing: sharp on paper at the width of a page.
DENSITY = 3
INK = "#0b0c0c"
QUIET = "#505a5f"
RULE = "#b1b4b6"
BLUE = "#1d5fa8"
_FONT = 'font-family="Liberation Sans, Arial, sans-serif"'
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}

# A drawing is stored with what was issued, so its shapes are plain lists and texts.
Shape = Mapping[str, Any]
Picture = dict[str, Any]


def picture(alt: str, caption: str, width: int, height: int, shapes: Sequence[Shape]) -> Picture:
    """Frame shapes; `alt` says to whoever does not see them what they show."""
    return {
        "alt": alt,
        "caption": caption,
        "width": width,
        "height": height,
        "shapes": list(shapes),
    }


def box(x: float, y: float, width: float, height: float, fill: str) -> Shape:
    """Draw a filled box."""
    return {"is": "box", "x": x, "y": y, "width": width, "height": height, "fill": fill}


def line(x: float, y: float, to_x: float, to_y: float, stroke: str, width: int = 1) -> Shape:
    """Draw a line."""
    return {"is": "line", "at": [x, y, to_x, to_y], "stroke": stroke, "width": width}


def outline(points: Sequence[tuple[float, float]], fill: str, stroke: str) -> Shape:
    """Draw a closed outline."""
    return {"is": "outline", "points": [list(each) for each in points], "fill": fill,
            "stroke": stroke}  # fmt: skip


def text(
    x: float, y: float, words: str, anchor: str = "start", *, size: int = 13, fill: str = INK
) -> Shape:
    """Write words on a line."""
    return {"is": "text", "x": x, "y": y, "words": words, "anchor": anchor, "size": size,
            "fill": fill}  # fmt: skip


def svg(drawn: Picture) -> str:
    """Write a drawing as SVG, which needs no style of a page."""
    size = f"{drawn['width']} {drawn['height']}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" {_FONT}>'
        f"{''.join(_tags(drawn['shapes']))}</svg>"
    )


def address(drawn: Picture) -> str:
    """Give a drawing as the address of a picture, which holds all of it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(drawn).encode()).decode()


def png(drawn: Picture) -> bytes:
    """Paint a drawing; the same drawing gives the same bytes."""
    size = (drawn["width"] * DENSITY, drawn["height"] * DENSITY)
    image = Image.new("RGB", size, "white")
    canvas = ImageDraw.Draw(image)
    for shape in drawn["shapes"]:
        _paint(canvas, shape)
    made = io.BytesIO()
    image.quantize(64).save(made, "PNG", optimize=True)
    return made.getvalue()


def _tags(shapes: Sequence[Shape]) -> Iterator[str]:
    for each in shapes:
        match each["is"]:
            case "box":
                yield (
                    f'<rect x="{each["x"]}" y="{each["y"]}" width="{each["width"]}"'
                    f' height="{each["height"]}" fill="{each["fill"]}"/>'
                )
            case "line":
                x, y, to_x, to_y = each["at"]
                yield (
                    f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{each["stroke"]}"'
                    f' stroke-width="{each["width"]}"/>'
                )
            case "outline":
                steps = "L".join(f"{x} {y}" for x, y in each["points"])
                yield f'<path d="M{steps}Z" fill="{each["fill"]}" stroke="{each["stroke"]}"/>'
            case "text":
                yield (
                    f'<text x="{each["x"]}" y="{each["y"]}" font-size="{each["size"]}"'
                    f' text-anchor="{each["anchor"]}" fill="{each["fill"]}">'
                    f"{html.escape(each['words'])}</text>"
                )


def _paint(canvas: ImageDraw.ImageDraw, each: Shape) -> None:
    match each["is"]:
        case "box":
            x, y = each["x"] * DENSITY, each["y"] * DENSITY
            far = (x + each["width"] * DENSITY, y + each["height"] * DENSITY)
            canvas.rectangle([(x, y), far], fill=each["fill"])
        case "line":
            at = [value * DENSITY for value in each["at"]]
            canvas.line(at, fill=each["stroke"], width=each["width"] * DENSITY)
        case "outline":
            points = [(x * DENSITY, y * DENSITY) for x, y in each["points"]]
            canvas.polygon(points, fill=each["fill"])
            canvas.line([*points, points[0]], fill=each["stroke"], width=DENSITY)
        case "text":
            start = (each["x"] * DENSITY, each["y"] * DENSITY)
            font = _font(each["size"])
            canvas.text(start, each["words"], each["fill"], font, _ANCHORS[each["anchor"]])


@functools.cache
def _font(size: int) -> Any:
    """Load the letters that the library brings, so that every machine paints the same."""
    return ImageFont.load_default(size * DENSITY)
