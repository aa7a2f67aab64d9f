"""A report as a Word document: heading styles, real tables, pictures that say what they show."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from ops.reports import pictures

LANGUAGE = "en-GB"
_FONT = "Arial"
_INK, _QUIET = RGBColor(0x0B, 0x0C, 0x0C), RGBColor(0x48, 0x49, 0x49)
_SIZES = {"Normal": 10.5, "Title": 22, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11,
          "Caption": 10}  # fmt: skip
_WIDTH = Cm(17)
_FIRST, _NUMBER = Cm(6), Cm(4.5)
# What XML cannot say; an office program would call the file damaged.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# An archive tells when it was written; ours always says the same, so that it is the same.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(told: Mapping[str, Any], at: dt.datetime) -> bytes:
    """Write a report; the same report gives the same bytes. `at` is when it was made."""
    made = docx.Document()
    _set_up(made, told, at)
    made.add_paragraph(_clean(told["title"]), "Title")
    if told["warning"]:
        made.add_paragraph().add_run(_clean(told["warning"])).bold = True
    for line in told["about"]:
        paragraph = made.add_paragraph(_clean(line))
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.runs[0].font.color.rgb = _QUIET
    for block in told["blocks"]:
        _write(made, block)
    return _packed(made)


def _set_up(made: Document, told: Mapping[str, Any], at: dt.datetime) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.3)
    properties = made.core_properties
    properties.title, properties.author = _clean(told["title"]), _clean(told["publisher"])
    properties.subject = told["marking"]
    properties.language = LANGUAGE
    properties.comments = ""
    properties.created = properties.modified = at.astimezone(dt.UTC).replace(tzinfo=None)
    for name, size in _SIZES.items():
        style = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), _INK
        style.font.bold = name != "Normal"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    _mark(section.header.paragraphs[0], told["marking"])
    _mark(section.footer.paragraphs[0], told["marking"])
    _number(section.footer.add_paragraph())


def _mark(paragraph: Paragraph, marking: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(marking).bold = True


def _number(paragraph: Paragraph) -> None:
    """Say which page it is, by fields that the office program fills in."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for words, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(words)
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        run = OxmlElement("w:r")
        shown = OxmlElement("w:t")
        shown.text = "1"
        run.append(shown)
        simple.append(run)
        paragraph._p.append(simple)


def _write(made: Document, block: Mapping[str, Any]) -> None:
    match block["is"]:
        case "heading":
            made.add_heading(_clean(block["text"]), block["level"] - 1)
        case "text":
            for each in block["paragraphs"]:
                made.add_paragraph(_clean(each))
        case "list":
            for each in block["items"]:
                paragraph = made.add_paragraph(style="List Bullet")
                if each["term"]:
                    paragraph.add_run(f"{_clean(each['term'])}: ").bold = True
                paragraph.add_run(_clean(each["text"]))
        case "table":
            _table(made, block)
        case "picture":
            _picture(made, block["picture"])


def _table(made: Document, block: Mapping[str, Any]) -> None:
    caption = made.add_paragraph(_clean(block["caption"]), "Caption")
    caption.paragraph_format.keep_with_next = True
    columns = block["columns"]
    table = made.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit = False
    _rule(table, _clean(block["caption"]))
    # A number stands near the words that it belongs to.
    others = _NUMBER if len(columns) == 2 else int((_WIDTH - _FIRST) / (len(columns) - 1))
    widths = [_FIRST if place == 0 else others for place in range(len(columns))]
    for number, row in enumerate([columns, *block["rows"]]):
        cells = table.rows[0].cells if number == 0 else table.add_row().cells
        for place, (cell, words) in enumerate(zip(cells, row, strict=True)):
            cell.width = widths[place]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(_clean(words)).bold = number == 0 or None
            if 0 < place <= block["numeric"]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
    for place, column in enumerate(table.columns):
        column.width = widths[place]
    made.add_paragraph().paragraph_format.space_after = Pt(0)


def _rule(table: Table, caption: str) -> None:
    """Part rows by thin lines and columns by none, and say what the table is of."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{edge}")
        is_line = edge in {"bottom", "insideH"}
        border.set(qn("w:val"), "single" if is_line else "nil")
        border.set(qn("w:sz"), "4")
        border.set(qn("w:color"), "B1B4B6")
        borders.append(border)
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), caption)
    properties.append(described)


def _picture(made: Document, drawn: pictures.Picture) -> None:
    shape = made.add_picture(io.BytesIO(pictures.png(drawn)), width=_WIDTH)
    properties = shape._inline.docPr
    properties.set("descr", _clean(drawn["alt"]))
    properties.set("title", _clean(drawn["caption"]))
    made.paragraphs[-1].paragraph_format.keep_with_next = True
    made.add_paragraph(_clean(drawn["caption"]), "Caption")


def _packed(made: Document) -> bytes:
    """Write the archive anew with one time for all of it."""
    loose, packed = io.BytesIO(), io.BytesIO()
    made.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _clean(words: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", words)
