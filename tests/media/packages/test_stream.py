"""That a browser plays the stream from a server, and goes anywhere in it."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.media.packages.browsing import settled, shown, until
from tests.media.packages.conftest import FRAMES

pytestmark = [pytest.mark.needs_ffmpeg, pytest.mark.needs_browser]
PAGE = """<video id="video" src="hls/master.m3u8" width="640" height="360" muted></video>"""


class Served(SimpleHTTPRequestHandler):
    """Files under the types that RFC 8216 gives them, and the page."""

    extensions_map: ClassVar = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".m3u8": "application/vnd.apple.mpegurl",
        ".m4s": "video/mp4",
    }

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address(made: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Served, directory=str(made)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    serving.join()


def test_stream_is_played_from_wherever_one_goes(
    browser: Browser, address: str, number_on: Callable[[np.ndarray], int]
) -> None:
    page = browser.new_page()
    page.goto(address)
    if not page.evaluate("video.canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("this browser plays no HLS by itself")

    until(page, "video.readyState >= 1")
    # Its sound ends with a whole packet
    assert FRAMES / 30 - 0.001 < page.evaluate("video.duration") < FRAMES / 30 + 0.03
    # In the second piece, before a key frame, and at the very beginning
    for frame in (190, 59, 0):
        page.evaluate(f"video.currentTime = {(frame + 0.5) / 30}")
        settled(page)
        assert number_on(shown(page)) == frame
    page.evaluate("void video.play()")
    until(page, "video.currentTime > 1")
    page.close()
