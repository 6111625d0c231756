"""The server of the built pages: its answers, its port, and the requests that it refuses."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import behind, serve

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def site(tmp_path):
    top = tmp_path / "site"
    (top / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    for name in ("index.html", "a.mjs", "b.wasm", "c.js", "d.svg", "e.ipynb", "sub/page.html"):
        (top / name).write_text(name)
    return top


def ask(server, path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer, answer.read().decode()


@pytest.fixture
def running():
    started = []

    def start(folder, **options):
        server = serve.server(folder, **options)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("b.wasm", "application/wasm"),
        ("c.js", "text/javascript; charset=utf-8"),
        ("d.svg", "image/svg+xml"),
        ("e.ipynb", "application/json"),
    ],
)
def test_types(site, running, name, kind):
    answer, body = ask(running(site), "/" + name)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert body == (name or "index.html")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "//../secret.txt",
        "/out/secret.txt",
    ],
)
def test_nothing_outside_the_folder(site, running, path):
    if hasattr(os, "symlink") and os.name != "nt":
        (site / "out").symlink_to(site.parent)
    answer, body = ask(running(site), path)
    assert answer.status == 404
    assert "secret" not in body.replace("secret.txt", "")


ODD_ADDRESSES = [
    b"/%00",
    b"/sub/page.html%00.png",
    b"/sub%00/",
    b"/%ed%a0%80",
    b"/%ff%fe",
    b"/\xff\xfe",
    b"/" + b"a" * 5000,
    b"/" + b"sub/" * 3000,
    b"/%",
    b"/%zz",
    b"/[::1",
    b"//[::1/",
    b"http://[::1/",
    b"*",
    b"/c.js/",
    b"/sub/../../../etc/passwd%00",
]


@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_an_odd_address_gets_an_answer_and_no_stack_trace(site, running, capfd, address):
    for prefix in ("", "/course"):
        server = running(site, prefix=prefix)
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
            connection.sendall(b"GET " + prefix.encode() + address + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = connection.makefile("rb").readline()
        assert answer.split()[1] in (b"404", b"400"), answer
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err


def test_no_listings_and_its_own_404_page(site, running):
    server = running(site)
    assert ask(server, "/sub/")[0].status == 404
    (site / "404.html").write_text("not here")
    answer, body = ask(server, "/nowhere")
    assert (answer.status, body) == (404, "not here")
    assert ask(server, "/nowhere", "HEAD")[1] == ""


def test_under_a_path_as_pages_serves_it(site, running):
    server = running(site, prefix="/course")
    assert ask(server, "/course/")[1] == "index.html"
    assert ask(server, "/course/sub/page.html?x=1")[1] == "sub/page.html"
    answer, _ = ask(server, "/course")
    assert (answer.status, answer.headers["Location"]) == (301, "/course/")
    assert ask(server, "/")[0].status == 404
    assert ask(server, "/coursework/")[0].status == 404


def test_a_changed_page_is_seen_at_once(site, running):
    server = running(site)
    assert ask(server, "/c.js")[1] == "c.js"
    (site / "c.js").write_text("new")
    assert ask(server, "/c.js")[1] == "new"


def test_it_falls_to_a_free_port_but_says_that_a_chosen_one_is_taken(site, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve, "FIRST_PORT", port)
        with serve.on_free_port(site) as server:
            assert server.server_port != port
        with pytest.raises(OSError, match=f"Port {port} is in use"):
            serve.on_free_port(site, port)
        command = [sys.executable, "-m", "tools.serve", "--port", str(port), "--no-browser"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 1
    (line,) = answer.stderr.strip().splitlines()
    assert line == f"course.py serve: Port {port} is in use: choose another, or leave --port out."


def test_no_browser_opens_without_a_display(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "CI"):
        monkeypatch.delenv(name, raising=False)
    if os.name != "nt":
        assert not serve.can_show_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert serve.can_show_browser()
    monkeypatch.setenv("CI", "true")
    assert not serve.can_show_browser()


def test_pages_are_told_how_far_python_is(site, running, monkeypatch):
    """The book is served while Python's files are made. A failure is reported once, with its reason."""
    (site / "_static").mkdir()
    (site / "_static" / "python.json").write_text('{"ready": false}')
    server, said = running(site, prefix="/course"), []
    ask_note = lambda: json.loads(ask(server, "/course/_static/python.json")[1])  # noqa: E731
    assert ask_note() == {"ready": False}
    script = "import time; print('Pyodide 3/38 from a wheel: x', flush=True); time.sleep(2)"
    script += "; print('lite: no network')"
    monkeypatch.setattr(behind, "COMMAND", ("-c", script))
    monkeypatch.setattr(behind.environment, "ensure", lambda level: sys.executable)
    server.behind = behind.Behind(site, said.append).start()
    deadline = time.monotonic() + 30
    while "3 of 38" not in ask_note().get("doing", ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    server.behind.thread.join(30)
    assert ask_note() == {"ready": False, "why": f"no network ({behind.INSTEAD})"}
    assert [line for line in said if "no network" in line] == said[-1:]  # once
    assert behind.INSTEAD in said[-1]
    told = (
        "import sys, warnings; print('RuntimeError: a package is missing.'); warnings.warn('x'); sys.exit(1)"
    )
    monkeypatch.setattr(behind, "COMMAND", ("-c", told))
    server.behind = behind.Behind(site, said.append).start()
    server.behind.thread.join(30)
    assert ask_note()["why"].startswith("a package is missing. (")  # and not the warning behind it
    (site / "lite" / "course").mkdir(parents=True)
    (site / "lite" / "course" / "made_of.txt").write_text(behind.digest(behind.IN_LITE))
    server.behind = behind.Behind(site, said.append).start()
    server.behind.thread.join(30)
    assert ask_note() == {"ready": True}
