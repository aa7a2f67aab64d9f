"""What a photo is, told by its content and never by its name: as it is, or not at all.

Its bytes are kept as they came, so that their hash is that of what was sent; so a photo that says
where it was taken is refused rather than changed.
"""

import dataclasses
import io
import warnings

from PIL import ExifTags, Image

from ops.errors import Invalid

FORMATS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
MEDIA_TYPES = dict(FORMATS.values())
# What a phone's camera takes at most; to unpack more takes more memory than a worker has to spare.
MOST_PIXELS = 50_000_000
SEND = "Send a photo as JPEG, PNG or WebP."
NO_PHOTO = f"This is no photo that can be read. {SEND}"
_HEIC = {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}


@dataclasses.dataclass(frozen=True)
class Photo:
    """What a photo says of itself."""

    media_type: str
    width: int
    height: int


def look(content: bytes) -> Photo:
    """Look at what was sent; refuse, in a sentence, what is no photo that may be kept."""
    _refuse_other(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with _opened(content) as image:
                # To its last chunk, which need not be there for all of a PNG to be drawn.
                image.verify()
            with _opened(content) as image:
                return _looked_at(image, content)
    except Image.DecompressionBombError as error:
        raise _refusal(_too_large()) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _refusal(NO_PHOTO) from error


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=tuple(FORMATS))


def _looked_at(image: Image.Image, content: bytes) -> Photo:
    if image.width * image.height > MOST_PIXELS:
        raise _refusal(_too_large())
    if getattr(image, "n_frames", 1) > 1:
        raise _refusal(f"This picture moves. {SEND}")
    # All of it, so that half a photo is not taken for one.
    image.load()
    is_located = image.getexif().get_ifd(ExifTags.IFD.GPSInfo) or "GPSLatitude" in str(image.info)
    if is_located or b"GPSLatitude" in content:
        raise _refusal(
            "This photo says where it was taken. Take its location out and send it again; where"
            " something happened is said by the record."
        )
    return Photo(FORMATS[image.format or ""][0], image.width, image.height)


def _refuse_other(content: bytes) -> None:
    """Name what people send in place of a photo."""
    said = None
    if not content:
        said = f"Nothing was sent. {SEND}"
    elif content.startswith(b"%PDF-"):
        said = f"This is a PDF, whatever its name says. {SEND}"
    elif content[4:8] == b"ftyp":
        what = "a HEIC photo" if content[8:12] in _HEIC else "a video"
        said = f"This is {what}. {SEND}"
    if said:
        raise _refusal(said)


def _too_large() -> str:
    return f"This photo has more than {MOST_PIXELS // 10**6} million pixels; make it smaller."


def _refusal(said: str) -> Invalid:
    return Invalid(said, {"photo": [said]})
