"""A provider that does all the wrong things a real one can't be made to do."""

import contextlib
import http.server
import json
import threading
import time

from joserfc import jws
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry

from tests.oidc_provider import CLIENT, SECRET

NAMES = {
    "authorization_endpoint": "/auth",
    "token_endpoint": "/token",
    "jwks_uri": "/keys",
    "userinfo_endpoint": "/me",
    "end_session_endpoint": "/end",
}
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
ABSENT = object()


class Fake:
    """What the provider answers; a test changes what it is about."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.begin_again()

    def begin_again(self):
        """Answer everything rightly."""
        self.asked = []
        self.answers = {
            "/.well-known/openid-configuration": (
                200,
                {"issuer": self.issuer} | {k: self.issuer + v for k, v in NAMES.items()},
            ),
            "/keys": (200, KeySet([self.key]).as_dict(private=False)),
            "/token": (400, {"error": "invalid_grant"}),
            "/me": (200, {}),
        }

    def token(self, key=None, header=None, **claims):
        """Sign a token for the tracker; `ABSENT` leaves a claim out."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "sub": "ada"}
        said = {name: each for name, each in (right | claims).items() if each is not ABSENT}
        header = {"alg": "RS256", "kid": "one"} | (header or {})
        algorithms = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        payload = json.dumps(said).encode()
        return jws.serialize_compact(header, payload, key or self.key, registry=algorithms)

    def id_token(self, nonce, /, **more):
        """Sign what a right sign-in would bring."""
        who = {"email": "ada@force.test", "name": "Ada", "groups": ["gmp-leads"]}
        return self.token(**({"nonce": nonce} | who | more))

    def logout_token(self, **more):
        """Sign an order to end sessions."""
        order = {"jti": f"{time.monotonic_ns()}", "events": {LOGOUT: {}}}
        return self.token(**(order | more))

    def hand_out(self, id_token, **more):
        """Give this for the next code."""
        self.answers["/token"] = 200, {"token_type": "Bearer", "id_token": id_token} | more

    def settings(self):
        """Give the settings of a tracker that uses this."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "GMP",
            "oidc_roles": "gmp-leads=lead@GMP",
        }


@contextlib.contextmanager
def running():
    """Run it in a thread."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            fake.asked.append((self.path, self.rfile.read(length).decode()))
            status, body = fake.answers.get(self.path, (404, {}))
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as the library names it

        def log_message(self, *_words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake = Fake(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
