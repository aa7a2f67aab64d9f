"""Run the migrations: one process at a time, never waiting long for a lock."""

import sqlalchemy as sa
from alembic import context
from geoalchemy2 import alembic_helpers

import ops.access.member_models
import ops.access.models
import ops.access.oidc_models
import ops.briefings.models
import ops.deconfliction.models
import ops.evaluation.models
import ops.geo.models
import ops.ledger.models
import ops.live.models
import ops.operations.asset_models
import ops.operations.calendar_models
import ops.operations.models
import ops.operations.progress_models
import ops.operations.skill_models
import ops.outcomes.models
import ops.outcomes.reconciliation_models
import ops.plans.models
import ops.releases.models
import ops.results.custody_models
import ops.results.kinds
import ops.results.models
import ops.retention.models  # noqa: F401  (each brings its tables)
from ops import db
from ops.config import Settings

# Any number that no other program uses; two starts at once take turns on it.
LOCK = 3_141_592_653
url = context.config.attributes.get("url") or Settings.from_env().database_url
engine = sa.create_engine(url, poolclass=sa.NullPool)

with engine.connect() as connection:
    connection.execute(sa.text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()
    # Whoever waits for a table behind a long query stops everybody else: it comes again instead.
    connection.execute(sa.text("set lock_timeout = '1s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=db.Model.metadata,
        include_object=alembic_helpers.include_object,
        render_item=alembic_helpers.render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
