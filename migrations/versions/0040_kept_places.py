"""Keep the ward and the square of a result beside its district, so that a total by either is one scan."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# Both are found for what was logged before, once, as they are for what is logged from now on.
FILL = """
update result set
    ward = (
        select code from boundary
        where layer = 'ward' and st_covers(geom, point)
            and coalesce(valid_from <= (occurred_at at time zone 'Europe/London')::date, true)
            and coalesce(valid_to > (occurred_at at time zone 'Europe/London')::date, true)
        order by code, boundary.id limit 1
    ),
    square = case when point && st_makeenvelope(-7.5, 49.8, 2.0, 61.2, 4326) then (
        select east * 100000 + north
        from st_transform(point, 27700) metres,
            lateral (select floor(st_x(metres) / 100)::integer east,
                floor(st_y(metres) / 100)::integer north) square
        where east between 0 and 6999 and north between 0 and 12999
    ) end
where point is not null
"""


def upgrade() -> None:
    op.add_column("result", sa.Column("ward", sa.Text(), nullable=True))
    op.add_column("result", sa.Column("square", sa.Integer(), nullable=True))
    # It is no change of a record.
    op.execute("alter table result disable trigger user")
    op.execute(FILL)
    op.execute("alter table result enable trigger user")


def downgrade() -> None:
    op.drop_column("result", "square")
    op.drop_column("result", "ward")
