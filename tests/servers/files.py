"""A server of one file that cuts, corrupts, redirects, stalls, or does not know ranges."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class FileServer:
    """Serves ``content``; ``behave`` is asked before each answer for what is to go wrong.

    Args:
        content: the file.
        behave: from the number of the request (from 0) to ``""`` for a whole answer, ``cut``, ``reset``, ``stall``,
            ``corrupt``, ``no-range``, ``redirect``, ``503``, ``404``, ``endless`` or ``no-length``.
    """

    def __init__(self, content: bytes, behave: Callable[[int], str]) -> None:
        self.ranges: list[str | None] = []
        self.go_on = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                how = behave(len(server.ranges))
                server.ranges.append(self.headers.get("Range"))
                self.close_connection = True
                if how in ("404", "503"):
                    self.send_error(int(how))
                elif how == "redirect":
                    self.send_response(302)
                    self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif how != "reset":
                    self._answer(how)

            def _answer(self, how: str) -> None:
                asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
                start = int(asked[1]) if asked and how != "no-range" else 0
                body = content[start:]
                if asked and not body:
                    self.send_error(416)
                    return
                if how == "corrupt":
                    body = b"?" + body[1:]
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
                if how not in ("no-length", "endless"):
                    self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if how in ("cut", "stall"):
                    body = body[: len(body) // 2]
                self.wfile.write(body)
                self.wfile.flush()
                if how == "stall":
                    server.go_on.wait(60)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/corpus.txt"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> FileServer:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
