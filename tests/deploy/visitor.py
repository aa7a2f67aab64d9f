"""Somebody's browser on the network of the machine: `-m tests.deploy.visitor NAME CA EMAIL`.

The password comes on standard input; what was seen goes out as JSON.
"""

import json
import socket
import sys

import pyotp
import requests

TOLD = ("Strict-Transport-Security", "Location", "Retry-After", "Content-Type", "X-Request-ID")


def main(name, authority, email=""):
    """Look at the service as people do, and sign in if there is somebody to."""
    # The name leads here, as it will where it is known.
    ask = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *more, **how: ask(
        "127.0.0.1" if host == name else host, *more, **how
    )
    seen = {}
    with requests.Session() as browser:
        browser.verify = authority
        browser.trust_env = False
        for label, address in {
            "plain": f"http://{name}/sign-in?next=%2Fmap",
            "healthz": f"https://{name}/healthz",
            "readyz": f"https://{name}/readyz",
            "sign-in": f"https://{name}/sign-in",
            "api": f"https://{name}/api/v1/operations",
        }.items():
            seen[label] = told(browser.get(address, allow_redirects=False, timeout=60))
        if email:
            password = sys.stdin.readline().strip()
            seen["signed in"] = sign_in(browser, f"https://{name}", email, password)
    sys.stdout.write(json.dumps(seen))


def told(reply):
    """Give what of a reply is looked at."""
    kept = {key: reply.headers[key] for key in TOLD if key in reply.headers}
    return {"status": reply.status_code, "headers": kept, "text": reply.text}


def sign_in(browser, site, email, password):
    """Sign in for the first time: with the password, and an authenticator app that is added."""
    page = browser.post(f"{site}/sign-in", data={"email": email, "password": password}, timeout=60)
    secret = page.text.partition("Key: <code>")[2].partition("<")[0].replace(" ", "")
    code = pyotp.TOTP(secret).now()
    browser.post(f"{site}/sign-in/set-up", data={"code": code}, timeout=60).raise_for_status()
    return told(browser.get(f"{site}/account", timeout=60))


main(*sys.argv[1:])
