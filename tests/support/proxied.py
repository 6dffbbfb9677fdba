"""Run the proxy as it is shipped, before portals of a test or a drill."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.support import free_port
from tests.support.certificates import self_signed
from tests.support.running import ROOT, wait_for
from tests.support.tools import missing

PROXY = (ROOT / "deploy" / "nginx.conf").read_text()
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def proxy(
    directory: Path, first: str, second: str, changes: Mapping[str, str] | None = None, text: str = PROXY
) -> Iterator[tuple[str, str, Path]]:
    """Run the proxy's own configuration with other addresses; yield its https and http roots and its certificate.

    `text` is the configuration, where it is not the shipped one; `changes` are more replacements in it, such as of a
    time that a test cannot wait for.
    """
    if not NGINX:
        missing("nginx", "nginx-light")
    pem, secure, plain = self_signed(directory, days=30), free_port(), free_port()
    (directory / "server_name").write_text("server_name 127.0.0.1;\n")
    for old, new in {
        "/tmp/": f"{directory}/",  # noqa: S108 - the proxy's own, in its container
        "/dev/stdout": f"{directory}/requests.log",
        "/run/secrets/tls_certificate": str(pem),
        "/run/secrets/tls_key": str(pem),
        "listen 8443": f"listen 127.0.0.1:{secure}",
        "listen 8080": f"listen 127.0.0.1:{plain}",
        "/etc/nginx/server_name": f"{directory}/server_name",
        "portal-a:8000": first.removeprefix("http://"),
        "portal-b:8000": second.removeprefix("http://"),
        **(changes or {}),
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    file = directory / "nginx.conf"
    file.write_text(("user root;\n" if os.geteuid() == 0 else "") + "daemon off;\n" + text)
    checked = subprocess.run([NGINX, "-t", "-c", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen([NGINX, "-c", file], stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{plain}/", process, allow_redirects=False)
        yield f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", pem
    finally:
        process.terminate()
        process.wait(timeout=20)
