"""Keep each area as the web map draws it, and how far its corners may be moved, for tiles.

The ledger keeps neither: both follow from the shape, which it keeps.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column(
        "drawn",
        Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
        sa.Computed("st_forcepolygoncw(st_transform(geom, 3857))", persisted=True),
    ),
    sa.Column(
        "clearance",
        sa.Double(),
        sa.Computed(
            "case when st_npoints(geom) <= 32"
            " then st_minimumclearance(st_transform(geom, 3857)) else null::double precision end",
            persisted=True,
        ),
    ),
)
_ROWS = ("record_change()", "record_added()")
_LEFT_OUT = "apart,audience_id,"
_DRAWN = "clearance,drawn,"
# Puts other words into a function of ours, whatever else is in it.
REWORD = """
do $$ begin
    execute replace(pg_get_functiondef('{name}'::regprocedure), '{before}', '{after}');
end $$
"""


def upgrade() -> None:
    for name in _ROWS:
        op.execute(REWORD.format(name=name, before=_LEFT_OUT, after=_LEFT_OUT + _DRAWN))
    for column in COLUMNS:
        op.add_column("area", column)


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("area", column.name)
    for name in _ROWS:
        op.execute(REWORD.format(name=name, before=_LEFT_OUT + _DRAWN, after=_LEFT_OUT))
