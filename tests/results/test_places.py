"""Where a result lies, by where the National Grid reaches."""

import pytest
import sqlalchemy as sa

from ops.geo.shapes import SRID
from ops.results import places


@pytest.mark.parametrize(
    ("lon", "lat", "square"),
    [
        (-2.241, 53.485, 3841_03987),
        # The Isles of Scilly are on the grid; what is as far south in the Channel is not.
        (-6.34, 49.89, 883_00078),
        (-2.0, 49.85, None),
        (2.0, 49.8, None),
        (12.5, 41.9, None),
    ],
)
def test_a_position_off_the_national_grid_is_in_none_of_its_squares(session, lon, lat, square):
    point = sa.func.ST_SetSRID(sa.func.ST_MakePoint(lon, lat), SRID)

    assert session.scalar(sa.select(places.square_of(point))) == square
