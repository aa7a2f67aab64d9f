"""The library for map files, which is to go nowhere by itself."""

import contextlib
import socket
import threading

import pyogrio
import pytest

from ops.geo import gdal


@contextlib.contextmanager
def listening():
    """Listen on a port of this machine, and note who asks."""
    asked = []
    listener = socket.create_server(("127.0.0.1", 0))

    def note():
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                caller.close()
                asked.append("somebody")

    thread = threading.Thread(target=note)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()


def test_the_library_reaches_no_network_even_where_it_is_told_to():
    gdal.library()
    with listening() as (address, asked):
        for name in (f"/vsicurl/{address}/a.geojson", f"{address}/a.geojson"):
            with pytest.raises(pyogrio.errors.DataSourceError):
                pyogrio.read_info(name)

    assert asked == []
