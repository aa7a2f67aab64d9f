"""The headers of every reply, refusals included: what a browser may do with it.

By hand and not by flask-talisman: that knows neither the policies between
origins nor a policy by the sort of reply, and redirects and session cookies,
which it also wants to see to, are not ours or not Flask's here.
"""

from urllib.parse import urlsplit

import flask

_PAGE = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
}


def page_policy(tiles: str = "") -> str:
    """Say what a page may do; it may ask for images of `tiles`, an operator's own server."""
    allowed = {**_PAGE, "img-src": f"{_PAGE['img-src']} {tiles}".strip()}
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


PAGE_POLICY = page_policy()
# What is no page runs nothing and loads nothing, should a browser ever show it as one.
BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A file made to be kept; what it may do once opened from a disk, it says itself.
FILE_POLICY = f"{BARE_POLICY}; sandbox"


def permissions(camera: str = "") -> str:
    """Say what of the device a page may use: where it is, and the camera where it reads labels."""
    return (
        f"camera=({camera}), display-capture=(), geolocation=(self), microphone=(), payment=(),"
        " usb=()"
    )


_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": permissions(),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A year, the least that OWASP asks for.
_HTTPS_ONLY = "max-age=31536000; includeSubDomains"
# A built file with another content has another name, so a browser never needs to ask again.
_FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: flask.Flask) -> None:
    """Send these headers with each reply."""
    settings = app.config["SETTINGS"]
    is_https = settings.public_url.startswith("https:")
    own = urlsplit(settings.basemap_url)
    of_page = page_policy(f"{own.scheme}://{own.netloc}" if own.netloc else "")

    @app.after_request
    def set_headers(response: flask.Response) -> flask.Response:
        headers = response.headers
        # What a page has said itself stays; to look for each among all would take the longest.
        said = {name.lower() for name, _ in headers}
        for name, value in _ALWAYS.items():
            if name.lower() not in said:
                headers.add(name, value)
        if "content-security-policy" not in said:
            headers.add("Content-Security-Policy", _policy(response, of_page))
        if is_https or flask.request.is_secure:
            headers["Strict-Transport-Security"] = _HTTPS_ONLY
        if flask.request.endpoint == "static" and response.status_code < 400:
            headers["Cache-Control"] = _FOR_EVER
        else:
            if "cache-control" not in said:
                headers.add("Cache-Control", "no-store")
            # Whoever keeps a reply in spite of that keeps it for one person.
            response.vary.update(("Authorization", "Cookie"))
        return response


def _policy(response: flask.Response, of_page: str) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return FILE_POLICY
    return of_page if response.mimetype == "text/html" else BARE_POLICY
