"""The files for systemd and nginx are what these programs take."""

import shutil
import subprocess
import sys

import pytest

from tests.kit.children import ROOT
from tests.kit.mail import server_certificate

DEPLOY = ROOT / "deploy"


def judged(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_the_example(tmp_path):
    site = (DEPLOY / "nginx" / "ticket-gateway.conf").read_text()
    pem = server_certificate(tmp_path)
    for ending in ("pem", "key"):
        site = site.replace(f"/etc/nginx/tls/gateway.example.com.{ending}", str(pem))
    whole = tmp_path / "nginx.conf"
    head = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
    whole.write_text(f"{head}http {{ access_log off;\n{site}}}\n")
    code, said = judged("nginx", "-t", "-q", "-c", str(whole))
    assert (code, said) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda file: file.name)
def test_systemd_takes_the_units(tmp_path, unit):
    here = tmp_path / unit.name
    here.write_text(
        unit.read_text().replace("/opt/ticket-gateway/.venv/bin/ticket-gateway", sys.executable)
    )
    code, said = judged("systemd-analyze", "verify", "--man=no", str(here))
    assert (code, said) == (0, "")
