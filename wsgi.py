"""The application for any WSGI server; `ops serve` runs it by itself."""

from ops import create_app

app = create_app()
