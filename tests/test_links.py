"""tools.check_links: the addresses that it counts as broken, tested with a local server."""

import http.server
import socket
import threading
import time
from collections import Counter

import pytest

from tools import check_links

asked = Counter()


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked[self.path] += 1
        if self.path == "/slow":
            time.sleep(2)
        code = {"/gone": 404, "/robots": 403, "/broken": 500, "/slow": 200}.get(self.path, 200)
        if self.path == "/busy" and asked["/busy"] == 1:
            code = 503
        self.send_response(301 if self.path == "/moved" else code)
        if self.path == "/moved":
            self.send_header("Location", "/gone")
        self.end_headers()

    def log_message(self, form, *arguments):
        """Print nothing."""


@pytest.fixture(scope="module")
def host():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/there", ""),
        ("/robots", ""),
        ("/busy", ""),
        ("/gone", "404"),
        ("/moved", "404"),
        ("/broken", "500"),
        ("/slow", "timed out"),
    ],
)
def test_broken_addresses_are_explained(host, path, wrong):
    asked.clear()
    assert check_links.ask(host + path, tries=2, wait=0, patience=0.5) == wrong
    tries = {"/there": 1, "/robots": 1}
    assert asked[path] == tries.get(path, 2)


def test_an_address_without_a_server_is_broken():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    assert "refused" in check_links.ask(address, tries=1, patience=2)
    assert check_links.ask("http://[broken", tries=1)


def test_addresses_are_gathered_with_their_pages(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="https://one.example/x#part">1</a><a href="b.html">2</a><a href="https://two.example/">3</a>'
    )
    (tmp_path / "b.html").write_text('<a class="q" href="https://one.example/x">1</a><a name="k">4</a>')
    assert check_links.gather(tmp_path) == {
        "https://one.example/x": ["a.html", "b.html"],
        "https://two.example/": ["a.html"],
    }


@pytest.mark.parametrize(("path", "code"), [("/there", 0), ("/gone", 1)])
def test_the_command_names_the_page_of_a_broken_address(host, path, code, tmp_path, monkeypatch, capsys):
    (tmp_path / "page.html").write_text(f'<a href="{host}{path}">x</a><a href="{host}/left/out">y</a>')
    monkeypatch.setattr(check_links, "SITE", tmp_path)
    monkeypatch.setattr(check_links, "build", lambda: True)
    monkeypatch.setattr("sys.argv", ["links", "--skip", f"{host}/left"])
    monkeypatch.setattr(check_links, "ask", lambda address, ask=check_links.ask: ask(address, tries=1))
    assert check_links.main() == code
    told = capsys.readouterr().out
    assert f"1 addresses, {code} broken" in told
    assert (f"{host}/gone: 404 (on page.html)" in told) == bool(code)
