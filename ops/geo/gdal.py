"""The library that reads and writes map files, imported when the first one comes.

Most workers never see one, and it is an eighth of their memory.
"""

import functools
from pathlib import Path
from types import ModuleType

import pyproj

# A file may name another place; the library shall go to none. Nothing listens on this port.
_NOWHERE = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
}


@functools.cache
def library() -> ModuleType:
    """Give the library, which may go to no other place."""
    import pyogrio

    pyogrio.set_gdal_config_options(_NOWHERE)
    return pyogrio


def layers(dataset: Path) -> list[str]:
    """Name the layers of a file that hold shapes."""
    return [str(name) for name, kind in library().list_layers(dataset) if kind is not None]


def unreadable() -> tuple[type[Exception], ...]:
    """Say what it raises of a file that it can't read, or reads as something else than it says."""
    errors = library().errors
    return (
        errors.CRSError,
        errors.DataLayerError,
        errors.DataSourceError,
        errors.FeatureError,
        errors.FieldError,
        errors.GeometryError,
        pyproj.exceptions.CRSError,
        # Its own slip, where a layer's coordinate system is damaged.
        UnboundLocalError,
        UnicodeDecodeError,
    )
