"""The built wheel, installed somewhere else, runs the demo: its sample site is packed in."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_runs_the_demo(tmp_path: Path) -> None:
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    wheel = tmp_path / done.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    # -P and an own folder: what runs is the wheel's content, not the checkout.
    command = [sys.executable, "-P", "-c", "import sys, newscrawler; print(newscrawler.__file__); from newscrawler.cli import main; sys.exit(main())", "demo"]
    environment = {"PYTHONPATH": str(tmp_path / "installed"), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert str(tmp_path / "installed") in ran.stdout
    assert "33  articles" in ran.stderr
    assert len((tmp_path / "data" / "demo.jsonl").read_text(encoding="utf-8").splitlines()) == 33
