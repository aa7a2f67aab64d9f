"""Places by name: imported gazetteers, found through typing errors.

A gazetteer is published data: it belongs to no operation, and whoever runs the system brings it in.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("point", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("bbox", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_place"),
        sa.UniqueConstraint("layer", "code", name="uq_place_layer_code"),
    )
    for table in ("place", "boundary"):
        op.create_index(
            f"ix_{table}_name",
            table,
            ["name"],
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        )
    op.create_index(
        "ix_place_lower_name",
        "place",
        [sa.func.lower(sa.literal_column("name")).label("lower_name")],
        postgresql_ops={"lower_name": "text_pattern_ops"},
    )
    op.create_index("ix_place_point", "place", ["point"], postgresql_using="gist")
    op.create_index(
        "ix_place_postcode", "place", ["postcode"], postgresql_ops={"postcode": "text_pattern_ops"}
    )
    op.execute("revoke insert, update, delete on place from ops_application")


def downgrade() -> None:
    op.drop_table("place")
    op.drop_index("ix_boundary_name", "boundary")
