"""The one place that knows every part."""

import flask

import ops.access.account_pages
import ops.access.oidc_pages
import ops.access.pages
import ops.access.token_pages
import ops.access.views
import ops.geo.views
import ops.ledger.pages
import ops.ledger.views
import ops.operations.deployment_pages
import ops.operations.deployment_views
import ops.operations.map_pages
import ops.operations.member_pages
import ops.operations.member_views
import ops.operations.pages
import ops.operations.views
import ops.outcomes.pages
import ops.outcomes.views
import ops.results.map_pages
import ops.results.pages
import ops.results.schemas
import ops.results.views
import ops.retention.pages
import ops.retention.views
from ops import api, compression, db, fields, headers, intake, logs, refusals, web
from ops.access import guard, limits, oidc
from ops.config import Settings
from ops.ledger import consultation

API = (
    ops.access.views.blp,
    ops.operations.views.blp,
    ops.operations.deployment_views.blp,
    ops.operations.member_views.blp,
    ops.geo.views.blp,
    ops.ledger.views.blp,
    ops.results.views.blp,
    ops.outcomes.views.blp,
    ops.retention.views.blp,
)
PAGES = (
    api.health,
    ops.access.pages.blp,
    ops.access.oidc_pages.blp,
    ops.access.account_pages.blp,
    ops.access.token_pages.blp,
    ops.operations.pages.blp,
    ops.operations.deployment_pages.blp,
    ops.operations.map_pages.blp,
    ops.operations.member_pages.blp,
    ops.results.pages.blp,
    ops.results.map_pages.blp,
    ops.outcomes.pages.blp,
    ops.ledger.pages.blp,
    ops.retention.pages.blp,
)


def create_app(settings: Settings | None = None) -> flask.Flask:
    """Build the app from its settings; without any, from the environment."""
    settings = settings or Settings.from_env()
    app = flask.Flask(__name__, static_folder="../static/build", static_url_path="/static/build")
    app.json = api.FastJSON(app)
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
    headers.init_app(app)
    compression.init_app(app)
    guard.init_app(app)
    oidc.init_app(app)
    limits.init_app(app)
    guard.lock(app)
    web.init_app(app)
    consultation.init_app(app)
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
