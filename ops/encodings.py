"""In which letters a text file is written, as spreadsheet programs save it."""

import codecs
from typing import BinaryIO

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AT_ONCE = 2**20


def encoding_of(file: BinaryIO) -> str | None:
    """Tell UTF-8, UTF-16 or Windows-1252 by what is in a file; none of them fits no text."""
    start = file.read(2)
    file.seek(0)
    for encoding in ("utf-16",) if start in _MARKS else ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while part := file.read(_AT_ONCE):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        else:
            return encoding
        finally:
            file.seek(0)
    return None
