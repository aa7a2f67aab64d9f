"""A real OpenID provider, run beside the tests, and a browser of few words to visit it."""

import contextlib
import json
import re
import subprocess
from urllib.parse import urljoin

import requests

from tests.conftest import ROOT

CLIENT = "tracker"
SECRET = "a secret of the tests that is long enough"
GROUPS = "gmp-leads=lead@GMP, gmp-officers=officer@GMP"
PEOPLE = {
    "ada": {
        "name": "Ada Example",
        "email": "Ada@force.test",
        "email_verified": True,
        "groups": ["everybody", "gmp-leads"],
    },
    "ben": {"name": "Ben Example", "email": "ben@force.test", "groups": ["gmp-officers"]},
}
# How long a provider may take to answer, on a slow machine.
PATIENCE_S = 60


class Running:
    """A provider that runs."""

    def __init__(self, process):
        self._process = process
        self.issuer = self._told()["issuer"]

    def register(self, app_url, logout_url=None, *, tells_all_at_once=False):
        """Make the app of this address known, and begin."""
        client = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [f"{app_url}/sign-in/oidc/callback"],
            "post_logout_redirect_uris": [f"{app_url}/sign-in/oidc/signed-out"],
            "backchannel_logout_uri": logout_url or f"{app_url}/sign-in/oidc/logout",
            "backchannel_logout_session_required": True,
        }
        sent = {"clients": [client], "people": PEOPLE, "tellsAllAtOnce": tells_all_at_once}
        self._process.stdin.write(json.dumps(sent) + "\n")
        self._process.stdin.flush()
        assert self._told() == {"ready": True}

    def _told(self):
        return json.loads(self._process.stdout.readline())

    def settings(self):
        """Give the settings of a tracker that is registered here."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "GMP",
            "oidc_scope": "openid profile email groups",
            "oidc_roles": GROUPS,
        }

    def describe(self, subject, **claims):
        """Say who somebody is from now on."""
        sent = PEOPLE["ada"] | {"email": f"{subject}@force.test"} | claims
        known = {name: claim for name, claim in sent.items() if claim is not None}
        reply = requests.post(f"{self.issuer}/people/{subject}", json=known, timeout=PATIENCE_S)
        reply.raise_for_status()

    def visit(self, address, login, visitor=None, **form):
        """Sign in at the address of a provider, as a browser would; give where it leads back to."""
        visitor = visitor or requests.Session()
        reply = _to_the_end(visitor, visitor.get(address, allow_redirects=False, timeout=60))
        if reply.is_redirect:
            return reply.headers["Location"]
        sent = {"login": login, "act": "in"} | form
        reply = visitor.post(reply.url, data=sent, allow_redirects=False, timeout=60)
        reply = _to_the_end(visitor, reply)
        assert reply.is_redirect, reply.text
        return reply.headers["Location"]

    def sign_out(self, address, visitor):
        """Sign out at the provider, whose page asks once more."""
        reply = visitor.get(address, timeout=60)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', reply.text))
        action = re.search(r'action="([^"]+)"', reply.text)[1]
        sent = fields | {"logout": "yes"}
        reply = visitor.post(
            urljoin(reply.url, action), data=sent, allow_redirects=False, timeout=60
        )
        return reply.headers["Location"]


@contextlib.contextmanager
def running():
    """Run a provider, which knows no app yet."""
    command = [ROOT / ".venv/bin/node", ROOT / "tests/oidc_provider/provider.mjs"]
    # What it says of itself while it begins is for whoever runs it for real.
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Running(process)
    finally:
        # It ends with its input, also when these tests are killed.
        process.stdin.close()
        process.wait(PATIENCE_S)
        process.stdout.close()


def _to_the_end(visitor, reply):
    """Follow redirects for as long as they stay at the provider."""
    home = "/".join(reply.url.split("/")[:3])
    while reply.is_redirect:
        there = urljoin(reply.url, reply.headers["Location"])
        if not there.startswith(home):
            break
        reply = visitor.get(there, allow_redirects=False, timeout=60)
    return reply
