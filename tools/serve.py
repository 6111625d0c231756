"""Build the book and serve it on localhost, while the files for its questions are built in the background."""

import argparse
import contextlib
import http.server
import io
import json
import os
import socket
import sys
import threading
import webbrowser
from functools import partial
from typing import ClassVar

from tools.behind import Behind
from tools.build_book import SITE, build
from tools.environment import explain
from tools.process import stops_on_sigterm

FIRST_PORT = 8000
NOTE = "/_static/python.json"  # tells the pages whether Python's files are there
SERVED = SITE.parent / "served_at"  # conv_course.checker.links reads it
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".svg": "image/svg+xml",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves a folder like a static host: no listings, the site's own 404 page, no caching by the browser."""

    extensions_map: ClassVar = {**http.server.SimpleHTTPRequestHandler.extensions_map, **TYPES}
    prefix = ""

    def translate_path(self, path):
        path = path.split("?", 1)[0].split("#", 1)[0]
        nothing = os.path.join(self.directory, "no such page")
        if self.prefix and not path.startswith(self.prefix + "/"):
            return nothing
        found = super().translate_path(path[len(self.prefix) :])
        inside = os.path.realpath(self.directory)
        try:
            real = os.path.realpath(found)
        except ValueError:  # a null byte or a lone surrogate: no file can have such a name
            return nothing
        return found if real == inside or real.startswith(inside + os.sep) else nothing

    def send_head(self):
        if self.prefix and self.path == self.prefix:
            self.send_response(301)
            self.send_header("Location", self.prefix + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if self.server.behind and self.path.split("?", 1)[0] == self.prefix + NOTE:
            return self.send_note()
        return super().send_head()

    def send_note(self):
        body = json.dumps(self.server.behind.note).encode()
        self.send_response(200)
        self.send_header("Content-Type", TYPES[".json"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def list_directory(self, path):
        self.send_error(404, "File not found")
        return None

    def send_error(self, code, message=None, explain=None):
        page = os.path.join(self.directory, "404.html")
        if code != 404 or not os.path.isfile(page):
            super().send_error(code, message, explain)
            return
        with open(page, "rb") as file:
            body = file.read()
        self.send_response(404)
        self.send_header("Content-Type", TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, form, *arguments):
        """Print nothing, so that the address printed at the start stays visible."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    behind = None  # a `Behind` whose note replaces the site's own
    # elsewhere this allows to reuse a port at once; on Windows it would share a port that is in use
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request, address):
        """Print no stack trace when a browser closes a connection early."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


def server(folder, port=0, prefix=""):
    """Return a server of `folder` at http://localhost:PORT{prefix}/, not yet started."""
    handler = type("Handler", (Pages,), {"prefix": prefix})

    def handle(*arguments):
        return handler(*arguments, directory=str(folder))

    return Server(("127.0.0.1", port), handle)


def _in_use(port):
    """Return whether a server answers on this port, also on the IPv6 localhost, which browsers try first."""
    for address in ("127.0.0.1", "::1"):
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=0.5):
            return True
    return False


def on_free_port(folder, port=None):
    """Serve on `port`, which must be free, or else on the first free port from 8000."""
    for candidate in [port] if port else [*range(FIRST_PORT, FIRST_PORT + 20), 0]:
        if candidate and _in_use(candidate):
            continue
        with contextlib.suppress(OSError):
            return server(folder, candidate)
    raise OSError(f"Port {port} is in use: choose another, or leave --port out and a free one is taken.")


def can_show_browser():
    """Return whether a window can be opened. Otherwise a text browser would take over the terminal."""
    if os.environ.get("CI") == "true":
        return False
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or not {"DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
    )


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py serve", description="Build the book and serve it here."
    )
    parser.add_argument("--port", type=int, help="serve on this port (default: the first free one from 8000)")
    parser.add_argument("--no-python", action="store_true", help="do not build Python for the questions")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument("--no-build", action="store_true", help="serve the existing build")
    options = parser.parse_args()
    if options.port is not None and not 0 < options.port < 65536:
        parser.error(f"--port must be between 1 and 65535, not {options.port}")
    try:
        with stops_on_sigterm():
            if options.port and _in_use(options.port):
                raise OSError(f"Port {options.port} is in use: choose another, or leave --port out.")
            if not (options.no_build and (SITE / "index.html").is_file()) and not build():
                return 1
            _serve(options)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"course.py serve: {explain(error) if error.errno else error}", file=sys.stderr)
        return 1


def _serve(options):
    with on_free_port(SITE, options.port) as serving:
        address = f"http://localhost:{serving.server_port}/"
        print(f"The book is at {address} (Ctrl-C stops)", flush=True)
        if not options.no_browser and can_show_browser():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        if not options.no_python:
            serving.behind = Behind(SITE, partial(print, flush=True)).start()
        with contextlib.suppress(OSError):  # a checkout that cannot be written is served all the same
            SERVED.write_text(address, encoding="utf-8")  # hints in notebooks then link to this book
        try:
            serving.serve_forever(poll_interval=0.2)
        finally:
            with contextlib.suppress(OSError):
                SERVED.unlink(missing_ok=True)
            if serving.behind:
                serving.behind.stop()


if __name__ == "__main__":
    sys.exit(main())
