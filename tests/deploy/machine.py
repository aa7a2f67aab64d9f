"""An empty Debian that its own systemd runs, on a network of its own, for as long as a test."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from install.machine import DEBIAN
from tests.conftest import ROOT

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Where slirp4netns answers for names.
RESOLVER = "10.0.2.3"
# How this system reaches apt, pip and npm, that machine does too.
TRUSTED = "usr/local/share/ca-certificates"
HOW = ("PIP_", "NODE_EXTRA_CA_CERTS", "npm_config_", "http_proxy", "https_proxy", "no_proxy")


class Machine:
    """A machine that runs; its files are below `root`."""

    def __init__(self, root, leader):
        self.root, self.leader = root, leader

    def run(self, script, *, check=True, given=""):
        """Run commands as its root would type them; give what was printed, errors too."""
        inside = ["nsenter", f"--target={self.leader}", "--all", f"--root=/proc/{self.leader}/root"]
        passed = [f"{key}={value}" for key, value in os.environ.items() if key.startswith(HOW)]
        env = ["env", "-i", f"PATH={PATH}", "HOME=/root", "LANG=C.UTF-8", *passed]
        done = subprocess.run(
            [*inside, *env, "sh", "-ec", f"cd\n{script}"],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"$ {script}\n{done.stdout}", flush=True)
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout

    def ask(self, *command):
        """Run a program of this system on that machine's network; give what it printed."""
        inside = ["nsenter", f"--target={self.leader}", "--net", *command]
        return subprocess.run(inside, capture_output=True, text=True, check=True, cwd=ROOT).stdout

    def put_source(self, where):
        """Put the source there, as a newcomer gets it."""
        folder = self.root / where.lstrip("/")
        folder.mkdir(parents=True)
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
        words = ["tar", "--create", "--null", "--files-from=-"]
        packed = subprocess.run(words, cwd=ROOT, input=names, capture_output=True, check=True)
        subprocess.run(["tar", "--extract", "-C", folder], input=packed.stdout, check=True)
        return folder


@contextmanager
def booted(root):
    """Have the machine running for the block."""
    root.mkdir()
    subprocess.run(["tar", "--extract", f"--file={DEBIAN}", "-C", root], check=True)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text(f"nameserver {RESOLVER}\n")
    for certificate in Path("/", TRUSTED).glob("*.crt"):
        shutil.copy(certificate, root / TRUSTED)
    words = ["--register=no", "--keep-unit", "--quiet", "--resolv-conf=off", "--private-network"]
    with ExitStack() as stack:
        # A gigabyte and more, of which nothing tells what went wrong: what was printed does.
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        log = stack.enter_context((root.parent / "console.log").open("w"))

        def begin(*command):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        process = begin("systemd-nspawn", f"--directory={root}", *words, "--boot")
        machine = Machine(root, _leader(process))
        # All that it began ends with it.
        stack.callback(os.kill, machine.leader, signal.SIGKILL)
        network = ("--configure", "--mtu=65520", "--disable-host-loopback")
        begin("slirp4netns", *network, str(machine.leader), "tap0")
        # A degraded one will do: units that a container has no use for may fail.
        machine.run("systemctl is-system-running --wait || true; update-ca-certificates")
        yield machine


def _leader(process):
    """Find the first process of the machine, once its systemd is that."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            if Path(f"/proc/{child}/comm").read_text() == "systemd\n" and _is_up(child):
                return int(child)
        assert process.poll() is None, "systemd-nspawn has ended; see console.log"
        time.sleep(0.1)
    raise AssertionError("the machine does not start")


def _is_up(leader):
    """Tell whether its systemd may be asked."""
    return Path(f"/proc/{leader}/root/run/systemd/private").is_socket()
