"""The one place that knows every part."""

import os

# With lxml there, openpyxl would read by that, and defusedxml would guard nothing.
os.environ["OPENPYXL_LXML"] = "False"

import flask

import ops.access.account_pages
import ops.access.oidc_pages
import ops.access.pages
import ops.access.token_pages
import ops.access.views
import ops.boards.map_pages
import ops.boards.pages
import ops.boards.programme_pages
import ops.boards.views
import ops.briefings.copy_views
import ops.briefings.pages
import ops.briefings.views
import ops.deconfliction.pages
import ops.deconfliction.views
import ops.doubles.pages
import ops.doubles.views
import ops.evaluation.pages
import ops.evaluation.views
import ops.exports.dictionary_pages
import ops.exports.pages
import ops.exports.return_pages
import ops.exports.return_views
import ops.exports.views
import ops.geo.basemap
import ops.geo.export_views
import ops.geo.place_views
import ops.geo.shape_views
import ops.geo.views
import ops.help.pages
import ops.ledger.pages
import ops.ledger.views
import ops.lines.pages
import ops.lines.views
import ops.live.pages
import ops.live.views
import ops.live.welfare_pages
import ops.live.welfare_views
import ops.ogc.kept
import ops.ogc.pages
import ops.ogc.tile_pages
import ops.operations.asset_pages
import ops.operations.asset_views
import ops.operations.calendar_pages
import ops.operations.day_pages
import ops.operations.deployment_pages
import ops.operations.deployment_views
import ops.operations.many_pages
import ops.operations.many_views
import ops.operations.map_pages
import ops.operations.member_pages
import ops.operations.member_views
import ops.operations.pages
import ops.operations.progress_pages
import ops.operations.progress_views
import ops.operations.skill_pages
import ops.operations.skill_views
import ops.operations.views
import ops.outcomes.board_views
import ops.outcomes.measure_pages
import ops.outcomes.measure_views
import ops.outcomes.pages
import ops.outcomes.reconciliation_pages
import ops.outcomes.reconciliation_views
import ops.outcomes.views
import ops.phone.pages
import ops.phone.views
import ops.plans.action_pages
import ops.plans.action_views
import ops.plans.copy_pages
import ops.plans.copy_views
import ops.plans.decision_pages
import ops.plans.decision_views
import ops.plans.pages
import ops.plans.views
import ops.releases.pages
import ops.releases.release_pages
import ops.releases.release_views
import ops.releases.views
import ops.reports.file_views
import ops.reports.pages
import ops.reports.views
import ops.results.attachment_views
import ops.results.custody_views
import ops.results.disposal_views
import ops.results.exhibit_views
import ops.results.map_pages
import ops.results.map_views
import ops.results.pages
import ops.results.return_pages
import ops.results.return_views
import ops.results.schemas
import ops.results.seizure_pages
import ops.results.site_pages
import ops.results.step_pages
import ops.results.views
import ops.retention.pages
import ops.retention.views
import ops.subscriptions.pages
import ops.subscriptions.tak_pages
import ops.subscriptions.tak_views
import ops.subscriptions.views
import ops.todo.pages
from ops import (
    api,
    compression,
    db,
    fields,
    headers,
    health,
    intake,
    logs,
    metrics,
    refusals,
    replica,
    web,
)
from ops.access import guard, limits, oidc
from ops.config import Settings
from ops.ledger import consultation

API = (
    ops.access.views.blp,
    ops.operations.views.blp,
    ops.operations.deployment_views.blp,
    ops.operations.progress_views.blp,
    ops.operations.asset_views.blp,
    ops.operations.skill_views.blp,
    ops.operations.many_views.blp,
    ops.operations.member_views.blp,
    ops.geo.views.blp,
    ops.geo.shape_views.blp,
    ops.geo.place_views.blp,
    ops.geo.export_views.blp,
    ops.ledger.views.blp,
    ops.results.views.blp,
    ops.results.map_views.blp,
    ops.doubles.views.blp,
    ops.deconfliction.views.blp,
    ops.results.attachment_views.blp,
    ops.results.custody_views.blp,
    ops.results.exhibit_views.blp,
    ops.results.disposal_views.blp,
    ops.results.return_views.blp,
    ops.lines.views.blp,
    ops.outcomes.views.blp,
    ops.outcomes.measure_views.blp,
    ops.outcomes.reconciliation_views.blp,
    ops.evaluation.views.blp,
    ops.outcomes.board_views.blp,
    ops.exports.views.blp,
    ops.exports.return_views.blp,
    ops.plans.views.blp,
    ops.plans.action_views.blp,
    ops.plans.copy_views.blp,
    ops.plans.decision_views.blp,
    ops.releases.views.blp,
    ops.releases.release_views.blp,
    ops.live.views.blp,
    ops.live.welfare_views.blp,
    ops.briefings.views.blp,
    ops.briefings.copy_views.blp,
    ops.reports.views.blp,
    ops.reports.file_views.blp,
    ops.retention.views.blp,
    ops.phone.views.blp,
    ops.boards.views.blp,
    ops.subscriptions.views.blp,
    ops.subscriptions.tak_views.blp,
)
PAGES = (
    health.blp,
    ops.access.pages.blp,
    ops.access.oidc_pages.blp,
    ops.access.account_pages.blp,
    ops.access.token_pages.blp,
    ops.operations.pages.blp,
    ops.operations.deployment_pages.blp,
    ops.operations.progress_pages.blp,
    ops.operations.asset_pages.blp,
    ops.operations.skill_pages.blp,
    ops.operations.many_pages.blp,
    ops.operations.day_pages.blp,
    ops.operations.calendar_pages.blp,
    ops.operations.map_pages.blp,
    ops.geo.basemap.blp,
    ops.operations.member_pages.blp,
    ops.results.pages.blp,
    ops.results.seizure_pages.blp,
    ops.results.step_pages.blp,
    ops.results.site_pages.blp,
    ops.results.map_pages.blp,
    ops.doubles.pages.blp,
    ops.deconfliction.pages.blp,
    ops.results.return_pages.blp,
    ops.lines.pages.blp,
    ops.outcomes.pages.blp,
    ops.outcomes.measure_pages.blp,
    ops.outcomes.reconciliation_pages.blp,
    ops.evaluation.pages.blp,
    ops.exports.dictionary_pages.blp,
    ops.exports.pages.blp,
    ops.exports.return_pages.blp,
    ops.boards.programme_pages.blp,
    ops.plans.pages.blp,
    ops.plans.action_pages.blp,
    ops.plans.copy_pages.blp,
    ops.plans.decision_pages.blp,
    ops.releases.pages.blp,
    ops.releases.release_pages.blp,
    ops.briefings.pages.blp,
    ops.reports.pages.blp,
    ops.ledger.pages.blp,
    ops.live.pages.blp,
    ops.live.welfare_pages.blp,
    ops.ogc.pages.blp,
    ops.ogc.tile_pages.blp,
    ops.phone.pages.blp,
    ops.retention.pages.blp,
    ops.subscriptions.pages.blp,
    ops.subscriptions.tak_pages.blp,
    ops.todo.pages.blp,
    ops.boards.pages.blp,
    ops.boards.map_pages.blp,
    ops.help.pages.blp,
)


def create_app(settings: Settings | None = None) -> flask.Flask:
    """Build the app from its settings; without any, from the environment."""
    settings = settings or Settings.from_env()
    app = flask.Flask(__name__, static_folder="../static/build", static_url_path="/static/build")
    app.json = api.FastJSON(app)
    # None of ours is a coroutine; Flask would look whether it is one before it calls any.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    is_https = settings.public_url.startswith("https:")
    cookie = guard.SECURE_COOKIE if is_https else guard.COOKIE
    app.config.update(
        SETTINGS=settings,
        DATABASE_URL=settings.database_url,
        API_TITLE="Operations tracker",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "security": [{"bearer": []}, {"cookie": []}],
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "cookie": {"type": "apiKey", "in": "cookie", "name": cookie},
                }
            },
        },
    )
    logs.init_app(app)
    intake.init_app(app)
    db.init_app(app)
    metrics.init_app(app)
    replica.init_app(app)
    headers.init_app(app)
    compression.init_app(app)
    guard.init_app(app)
    oidc.init_app(app)
    limits.init_app(app)
    guard.lock(app)
    web.init_app(app)
    consultation.init_app(app)
    ops.ogc.kept.init_app(app)
    app.before_request(api.refuse_unknown_query)
    surface = api.Api(app, spec_kwargs={"extra_plugins": [refusals.Refusals()]})
    surface.register_field(fields.Quantity, "string", "decimal")
    for part in API:
        surface.register_blueprint(part, url_prefix=api.PREFIX)
    for name, schema in ops.results.schemas.COMPONENTS.items():
        surface.spec.components.schema(name, schema=schema)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app
