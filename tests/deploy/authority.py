"""A certificate authority for one test, and a server that it vouches for."""

import subprocess

EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make(folder, name):
    """Write `ca.pem`, `ops.pem` and `ops.key`; give their folder."""
    (folder / "named").write_text(f"subjectAltName=DNS:{name}")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True)

    ca = ("-x509", *EC, "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *ca, "-days", "2", "-subj", "/CN=Test authority")
    openssl("req", *EC, "-keyout", "ops.key", "-out", "ops.csr", "-subj", f"/CN={name}")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "named")
    openssl("x509", "-req", "-in", "ops.csr", "-out", "ops.pem", "-days", "2", *signed)
    return folder
