"""What tests ask of a page in a real browser, of which `video` is the one video."""

import io
import time

import numpy as np
from PIL import Image
from playwright.sync_api import Page


def until(page: Page, condition: str) -> None:
    """Waits for something to be so. The page forbids eval, by which the browser could wait."""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never: {condition}"
        time.sleep(0.02)


def settled(page: Page) -> None:
    until(page, "!video.seeking && video.readyState >= 2")


def shown(page: Page) -> np.ndarray:
    """What the video shows, as it is on the screen."""
    picture = page.locator("video").screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
