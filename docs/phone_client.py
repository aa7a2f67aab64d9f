"""A phone in a hundred lines: a worked example for whoever builds an app of their own.

It keeps what is logged in a file until the server has confirmed it, so that nothing is lost and
nothing is there twice, however often it is sent. It needs Python alone:

    python phone_client.py http://127.0.0.1:8000 TOKEN
"""

import datetime as dt
import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

# What the server has for good; `waiting` and `refused` stay here, the latter for a person to mend.
THERE = {"created", "replayed"}
MOST = 200


def now():
    """Give the phone's own time; that it may be wrong, the server finds out from `sent_at`."""
    return dt.datetime.now(dt.UTC).isoformat()


class Phone:
    """Somebody's shift, and what they logged that the server does not have yet."""

    def __init__(self, address, token, kept="outbox.json"):
        self.address, self.token, self.kept = address, token, Path(kept)
        self.items = json.loads(self.kept.read_text()) if self.kept.exists() else []
        self.refused, self.tag, self.last_tag = {}, None, None
        bundle = self.ask("GET", "bundle")
        self.after, self.kinds = bundle["after"], bundle["kinds"]
        self.operations = {each["id"]: each for each in bundle["operations"]}

    def ask(self, method, path, body=None, *, headers=None, **query):
        """Ask the API; whoever calls sees its refusals as `urllib.error.HTTPError`."""
        address = f"{self.address}/api/v1/{path}"
        if query:
            address += f"?{urllib.parse.urlencode(query)}"
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if body is not None and not isinstance(body, bytes):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(address, body, sent | (headers or {}), method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            self.last_tag = reply.headers.get("ETag")
            return json.load(reply)

    def read(self):
        """Put what changed over what is known; drop what is not one's own any more."""
        more = True
        while more:
            headers = {"If-None-Match": self.tag} if self.tag else {}
            try:
                changes = self.ask("GET", "changes", headers=headers, after=self.after)
            except urllib.error.HTTPError as error:
                if error.code != 304:
                    raise
                return
            for key in changes["gone"]:
                self.operations.pop(key, None)
            for told in changes["operations"]:
                self.put(told)
            self.after, self.tag, more = changes["after"], self.last_tag, changes["more"]

    def put(self, told):
        """Put what was told of an operation over what is known of it."""
        before = {} if told["whole"] else self.operations[told["id"]]
        for name in ("areas", "deployments", "sites"):
            parts = {each["id"]: each for each in before.get(name, []) + told[name]}
            for gone in told["gone"].get(name, []):
                parts.pop(gone, None)
            told[name] = list(parts.values())
        self.operations[told["id"]] = before | told

    def log(self, operation, kind, detail, **more):
        """Log something: it is kept here first, under an id of its own."""
        item = {"id": str(uuid.uuid4()), "operation": operation, "kind": kind, "detail": detail}
        self.items.append(item | {"occurred_at": now()} | more)
        self.keep()
        return item["id"]

    def send(self):
        """Send what is kept; nothing leaves before the server says that it is there."""
        batch = [each for each in self.items if each["id"] not in self.refused][:MOST]
        reply = self.ask("POST", "results/batch", {"items": batch, "sent_at": now()})
        done = {each["id"] for each in reply["items"] if each["outcome"] in THERE}
        for each in reply["items"]:
            if each["outcome"] in {"refused", "conflict"}:
                self.refused[each["id"]] = each["problem"]["detail"]
        # What waits goes to the end, so that it never stands in the way of the rest.
        left = [each for each in self.items if each not in batch]
        self.items = left + [each for each in batch if each["id"] not in done]
        self.keep()
        return [each["outcome"] for each in reply["items"]]

    def add_photo(self, result, photo):
        """Add a photo to what the server has; the same again is the same photo."""
        sha256 = hashlib.sha256(photo).hexdigest()
        headers = {"Content-Type": "image/jpeg"}
        return self.ask("POST", "attachments", photo, headers=headers, result=result, sha256=sha256)

    def say(self, deployment, what, **body):
        """Say something of a deployment: `steps`, `check-ins`, `welfare-timer`, `assistance`."""
        body = {"id": str(uuid.uuid4()), "at": now()} | body
        return self.ask("POST", f"deployments/{deployment}/{what}", body | {"sent_at": now()})

    def keep(self):
        """Keep what waits over a restart; all at once, or as it was."""
        unfinished = self.kept.with_suffix(".new")
        unfinished.write_text(json.dumps(self.items))
        unfinished.replace(self.kept)


if __name__ == "__main__":
    phone = Phone(*sys.argv[1:3])
    for each in phone.operations.values():
        print(each["reference"], each["name"], "expects", ", ".join(each["expects"]))
    print(len(phone.items), "waiting;", phone.send() if phone.items else "nothing to send")
