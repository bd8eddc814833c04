"""`newscrawler schedule` in processes of its own: real crawls, two at once, kills, signals, and what it prints."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from conftest import newscrawler

from newscrawler.config import read_sources
from newscrawler.exceptions import BadDatabase, BadSource
from newscrawler.schedule.accepted import Accepted
from newscrawler.schedule.units import cron_lines, systemd_unit
from newscrawler.store import connect, scheduled

SCHEDULE = [sys.executable, "-c", "import sys; from newscrawler.cli import main; sys.exit(main())", "schedule"]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts schedules in a folder of the test; none is left behind. What they say goes to its file `said`."""
    started = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "said").open("ab") as said:
            started.append(subprocess.Popen([*SCHEDULE, *words], cwd=tmp_path, stdout=said, stderr=said))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def write(folder: Path, text: str) -> str:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def sources(site: str, more: str = "", names: tuple[str, ...] = ("north", "south")) -> str:
    return "".join(f'[source.{name}]\nstart_pages = ["{site}/"]\nevery = "20d"\nmax_pages = 3\ndelay = 0\n{more}\n' for name in names)


def runs(db: Path) -> list[scheduled.ScheduledRun]:
    try:
        engine = connect(str(db))  # for reading: a schedule's own engine gives up on a busy database
    except BadDatabase:  # not there, or still empty
        return []
    try:
        return [run for run in scheduled.history(engine) if not run.missed]
    finally:
        engine.dispose()


def fetched(db: Path) -> int:
    """Pages that a crawl has fetched so far, 0 where there is no database yet."""
    if not db.exists():
        return 0
    with closing(sqlite3.connect(db)) as connection, suppress(sqlite3.OperationalError):  # its tables come a moment later
        return int(connection.execute("SELECT count(*) FROM pages WHERE fetched_at IS NOT NULL").fetchone()[0])
    return 0


def test_once_crawls_what_is_due_and_then_there_is_nothing(sample_site: str, tmp_path: Path) -> None:
    file, db = write(tmp_path, sources(sample_site)), tmp_path / "news.db"
    words = ("schedule", "--sources", file, "--db", str(db), "--once", "--", "--allow-private", "127.0.0.1")
    ran = newscrawler(*words, cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert sorted((run.source, run.reason, run.fetched) for run in runs(db)) == [("north", "done", 3), ("south", "done", 3)]
    status = json.loads(newscrawler("status", "--db", str(db), "--json").out)
    assert status["pages"]["fetched"] == 6 and status["schedule"]["south"]["reason"] == "done"
    assert "south: due" in newscrawler("status", "--db", str(db)).out
    assert newscrawler(*words, cwd=tmp_path).code == 0
    assert len(runs(db)) == 2, "nothing was due"
    listed = newscrawler("schedule", "--sources", file, "--db", str(db), "--list").out.splitlines()
    assert len(listed) == 3 and all("done" in line and "every 20d" in line for line in listed[1:])


def test_once_fails_when_a_run_does(tmp_path: Path) -> None:
    file = write(tmp_path, sources("http://127.0.0.1:9"))
    assert newscrawler("schedule", "--sources", file, "--db", str(tmp_path / "n.db"), "--once").code == 1
    assert {run.reason for run in runs(tmp_path / "n.db")} == {"failed"}


def test_two_that_start_together_on_a_new_database(
    sample_site: str, tmp_path: Path, starting: Callable[..., subprocess.Popen[bytes]]
) -> None:
    file, db = write(tmp_path, sources(sample_site)), tmp_path / "new" / "news.db"
    pair = [starting("--sources", file, "--db", str(db), "--", "--allow-private", "127.0.0.1") for _ in range(2)]
    until(lambda: db.exists() and sum(run.ended_at is not None for run in runs(db)) == 2)
    for process in pair:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(60) for process in pair] == [0, 0]
    assert Counter((run.source, run.reason) for run in runs(db)) == {("north", "done"): 1, ("south", "done"): 1}
    assert "Traceback" not in (tmp_path / "said").read_text()


def test_a_reload_a_bad_file_and_a_drain(sample_site: str, tmp_path: Path, starting: Callable[..., subprocess.Popen[bytes]]) -> None:
    file, db = write(tmp_path, sources(sample_site, names=("north",))), tmp_path / "news.db"
    process = starting("--sources", file, "--db", str(db), "--", "--allow-private", "127.0.0.1")
    until(lambda: any(run.ended_at for run in runs(db)))
    write(tmp_path, "[source.north]\nstart_pages = 3\n")
    process.send_signal(signal.SIGHUP)
    until(lambda: "the old sources stay" in (tmp_path / "said").read_text())
    assert "sources.toml:2: source 'north': start_pages" in (tmp_path / "said").read_text()
    write(tmp_path, sources(sample_site, names=("north", "west")))
    process.send_signal(signal.SIGHUP)
    until(lambda: any(run.source == "west" and run.ended_at for run in runs(db)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


PAGE = """
class Own:
    def read_article(self, page):
        return None
"""


def test_a_bad_file_does_not_reach_the_crawls(sample_site: str, tmp_path: Path, starting: Callable[..., subprocess.Popen[bytes]]) -> None:
    """The old sources stay, with all that stands beside the file: databases, classes."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "own_page.py").write_text(PAGE)
    good = sources(sample_site, 'db = "own.db"\npage = "own_page:Own"', ("north",)).replace("20d", "3s")
    file, db = write(folder, good), tmp_path / "news.db"
    process = starting("--sources", file, "--db", str(db), "--", "--allow-private", "127.0.0.1")
    until(lambda: any(run.ended_at for run in runs(db)))
    for bad in (good + '[source.b]\nstart_page = "typo"\n', good + '[alerts]\nwebhook = "hooks"\n'):
        write(folder, bad)
        told = (tmp_path / "said").read_text().count("the old sources stay")
        process.send_signal(signal.SIGHUP)
        until(lambda told=told: (tmp_path / "said").read_text().count("the old sources stay") > told)
    since = time.time()
    until(lambda: any(run.ended_at and run.started_at > since for run in runs(db)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert {run.reason for run in runs(db)} == {"done"}, (tmp_path / "said").read_text()[-2000:]
    assert (folder / "own.db").exists()


def test_what_crawls_read_is_private_and_lasts(tmp_path: Path) -> None:
    file = write(tmp_path, sources("https://a.example"))
    accepted = Accepted(file)
    assert [source.name for source in accepted.read()] == ["north", "south"]
    copy = Path(accepted.copy())
    assert copy.read_text() == Path(file).read_text() and copy.parent.stat().st_mode & 0o077 == 0
    write(tmp_path, "[source.north]\nstart_pages = 3\n")
    with pytest.raises(BadSource, match=f"{file}:2: source 'north': start_pages"):
        accepted.read()
    assert accepted.copy() == str(copy), "the old one stays"
    shutil.rmtree(copy.parent)  # as systemd-tmpfiles does
    assert [source.name for source in read_sources(accepted.copy())] == ["north", "south"]
    older = Path(accepted.copy())
    write(tmp_path, sources("https://a.example", names=("west",)))
    accepted.read()
    assert [source.name for source in read_sources(accepted.copy())] == ["west"] and older.exists(), "a crawl may be about to read it"
    newest = Path(accepted.copy())
    accepted.close()
    assert not older.parent.exists() and not newest.parent.exists()


def test_a_second_signal_stops_the_crawl(sample_site: str, tmp_path: Path, starting: Callable[..., subprocess.Popen[bytes]]) -> None:
    file, db = write(tmp_path, sources(sample_site, names=("north",)).replace("delay = 0", "delay = 30")), tmp_path / "news.db"
    process = starting("--sources", file, "--db", str(db), "--", "--allow-private", "127.0.0.1")
    until(lambda: "started" in (tmp_path / "said").read_text())
    until(lambda: fetched(db))  # by then the crawl takes signals, and waits 30 seconds for its second page
    process.send_signal(signal.SIGTERM)
    until(lambda: "waiting for 1 runs" in (tmp_path / "said").read_text())
    assert process.poll() is None, "it waits for the crawl"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert [run.reason for run in runs(db)] == ["stopped"]


def test_kills_of_either_of_two(where: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("schedule_kill", Path(__file__).parent.parent / "bench" / "schedule_kill.py")
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    sys.modules["schedule_kill"] = bench
    spec.loader.exec_module(bench)
    found = bench.kill_often(tmp_path, where, kills=3, seed=7)
    log = (tmp_path / "log").read_text()
    assert found.faults == [] and "Traceback" not in log, log[-3000:]
    assert found.reasons["done"] >= 5


def test_nothing_to_schedule(tmp_path: Path) -> None:
    file = write(tmp_path, '[source.a]\nstart_pages = ["https://a.example/"]\ntags = ["x"]\n')
    ran = newscrawler("schedule", "--sources", file, "--once")
    assert ran.code == 2 and "every" in ran.err and len(ran.err.splitlines()) == 1
    assert newscrawler("schedule", "--sources", str(tmp_path / "none.toml")).code == 2


def test_the_list_of_what_never_ran(tmp_path: Path) -> None:
    text = sources("https://a.example", 'tags = ["x"]', ("north",)) + '[source.cron]\nstart_pages = ["https://b.example/"]\n'
    file = write(tmp_path, text + 'cron = "30 6 * * *"\ntime_zone = "Asia/Shanghai"\n[source.by_hand]\nstart_pages = ["https://c.example/"]\n')
    listed = newscrawler("schedule", "--sources", file, "--db", str(tmp_path / "n.db"), "--list").out.splitlines()
    assert "never ran" in listed[1] and "Asia/Shanghai" in listed[2] and "never by itself" in listed[3]
    assert len(newscrawler("schedule", "--sources", file, "--tag", "x", "--db", str(tmp_path / "n.db"), "--list").out.splitlines()) == 2
    assert not (tmp_path / "n.db").exists(), "it only looks"


def test_the_cron_line_does_what_it_says(sample_site: str, tmp_path: Path) -> None:
    folder = tmp_path / "it's 100% $HOME"
    folder.mkdir()
    file = write(folder, sources(sample_site, names=("north",)))
    words = ("schedule", "--sources", file, "--db", str(folder / "news.db"), "--print", "cron", "--", "--allow-private", "127.0.0.1")
    ran = newscrawler(*words, cwd=folder)
    (line,) = [line for line in ran.out.splitlines() if not line.startswith("#")]
    fields, shell = line.split(" ", 5)[:5], line.split(" ", 5)[5]
    assert fields == ["*"] * 5 and "%" not in shell.replace("\\%", "")
    program = folder / "bin"
    shell = shell.replace("\\%", "%")  # as cron does
    subprocess.run(["/bin/sh", "-c", shell], check=False, cwd="/", env={**os.environ, "HOME": str(program)}, timeout=60)
    assert [run.reason for run in runs(folder / "news.db")] == ["done"], (folder / "newscrawler-schedule.log").read_text()


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_no_unit_shows_the_password_of_the_database(kind: str, tmp_path: Path) -> None:
    file = write(tmp_path, sources("https://a.example"))
    for db in ("postgresql://me:s3cret@db.example/news", "postgresql://me@db.example:6000/news?password=s3cret&sslmode=require"):
        out = newscrawler("schedule", "--sources", file, "--db", db, "--print", kind).out
        assert "s3cret" not in out and "*" * 3 not in out and "me@db.example" in out
        port = 6000 if "6000" in db else 5432
        assert f"#   db.example:{port}:news:me:PASSWORD\n" in out and ("sslmode=require" in out) == ("sslmode" in db)
    out = newscrawler("schedule", "--sources", file, "--db", "postgresql://me@db.example/news", "--print", kind).out
    assert "PASSWORD" not in out and "postgresql://me@db.example/news" in out


def test_the_history_tells_runs_and_misses(tmp_path: Path) -> None:
    engine, now = scheduled.open_schedule(str(tmp_path / "news.db")), time.time()
    for name, gap in (("north", scheduled.Gap(now - 900, now - 300, 3, "no schedule was running")), ("south", None)):
        run = scheduled.claim(engine, name, now, "db", "me", now + 2, gap)
        assert run is not None and scheduled.end(engine, run, "me", scheduled.End(now + 64, "failed", 1, 1234, 7))
    engine.dispose()
    words = ("schedule", "--db", str(tmp_path / "news.db"), "--history")
    head, *lines = newscrawler(*words, cwd=tmp_path).out.splitlines()
    assert "new articles" in head and [line.split()[0] for line in lines] == ["south", "north", "north"]
    assert lines[0].split()[-4:] == ["62", "1,234", "7", "failed"]
    assert "missed: 3 from" in lines[1] and lines[1].endswith("no schedule was running")
    assert len(newscrawler(*words, "--only", "south").out.splitlines()) == 2
    assert len(newscrawler(*words, "--last", "2").out.splitlines()) == 3
    assert newscrawler("schedule", "--db", str(tmp_path / "none.db"), "--history").code == 2
    assert newscrawler("schedule", "--only", "south").code == 2, "it is no way to run one"
    assert "missed  north: 3 due times in the last 30 days" in newscrawler("status", "--db", str(tmp_path / "news.db")).out
    missed = json.loads(newscrawler("status", "--db", str(tmp_path / "news.db"), "--json").out)["missed"]
    assert missed["north"]["missed"] == 3 and list(missed) == ["north"]


def test_units_quote_what_has_to_be() -> None:
    words, folder = ["/opt/a b/newscrawler", "schedule", "--db", 'x"%$\\y'], "/srv/100% news"
    unit = systemd_unit(words, folder, 7240)
    assert 'ExecStart="/opt/a b/newscrawler" "schedule" "--db" "x\\"%%$$\\\\y"' in unit
    assert "WorkingDirectory=/srv/100%% news" in unit and "KillMode=mixed" in unit and "TimeoutStopSec=7240" in unit
    line = cron_lines(words, folder, "/srv/log").splitlines()[1]
    assert shlex.split(line.replace("\\%", "%"))[5:9] == ["cd", folder, "&&", words[0]]


def test_one_source_alone_has_its_own_limits_and_database(sample_site: str, tmp_path: Path) -> None:
    file = write(tmp_path, sources(sample_site, 'db = "own.db"', ("north",)) + sources(sample_site, "", ("south",)))
    words = ("crawl", "--sources", file, "--allow-private", "127.0.0.1")
    assert newscrawler(*words, "--only", "north", cwd=tmp_path).code == 0
    assert json.loads(newscrawler("status", "--db", str(tmp_path / "own.db"), "--json").out)["pages"]["fetched"] == 3
    assert newscrawler(*words, "--only", "north", "--max-pages", "1", "--db", str(tmp_path / "given.db"), cwd=tmp_path).code == 0
    assert json.loads(newscrawler("status", "--db", str(tmp_path / "given.db"), "--json").out)["pages"]["fetched"] == 1
    ran = newscrawler(*words, cwd=tmp_path)
    assert ran.code == 2 and "different databases" in ran.err
