"""That the player's page plays the chapter in a browser, from a disk, by keyboard, dark and light."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.media.packages.browsing import settled, shown, until
from tests.media.packages.conftest import FRAMES

pytestmark = [pytest.mark.needs_ffmpeg, pytest.mark.needs_browser]
SECONDS = FRAMES / 30


@pytest.fixture
def opened(browser: Browser, made: Path) -> Iterator[Callable[..., Page]]:
    """Opens the page as from a disk, with no network, and holds it to asking for nothing else."""
    pages: list[tuple[Page, list[str]]] = []

    def open_page(folder: Path = made / "player", **how: Any) -> Page:
        context = browser.new_context(offline=True, **how)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(("file:", "data:")) else said.append(asked.url)
            ),
        )
        page.goto((folder / "index.html").as_uri())
        pages.append((page, said))
        return page

    yield open_page
    for page, said in pages:
        page.context.close()
        assert said == []


@pytest.fixture
def page(opened: Callable[..., Page]) -> Page:
    page = opened()
    until(page, "video.readyState >= 1")
    return page


def test_it_plays_and_stops(page: Page) -> None:
    assert page.evaluate("video.duration") == pytest.approx(SECONDS, abs=1e-3)
    assert page.title() == "Convolution; cell = by # cell"

    page.keyboard.press(" ")
    until(page, "video.currentTime > 0.2")
    assert page.get_by_role("button", name="Pause").is_visible()
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("video.paused")


def test_keys_go_to_the_frame_they_say(page: Page, number_on: Callable[..., int]) -> None:
    page.keyboard.press("c")  # no words over the picture
    for key, frame in ((".", 1), (".", 2), (",", 1), ("ArrowRight", 151), ("5", 100), ("Home", 0)):
        page.keyboard.press(key)
        settled(page)
        assert number_on(shown(page)) == frame, key


def test_everything_can_be_reached_by_keyboard(page: Page) -> None:
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(one => one.ariaLabel || one.closest('label')?.querySelector('.said').textContent"
                " || one.textContent.trim())(document.activeElement)"
            )
        )
    assert names[:9] == [
        "Light or dark",
        *("Position", "Play", "Captions", "Speed", "Mute", "Full screen"),
        "0:00One layer",
        "The set {1, 2} is < K. Said across the cut at six seconds.",
    ]

    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    told = page.get_by_role("slider").get_attribute("aria-valuetext")
    assert told == "0:05 of 0:06, One layer"


def test_captions_are_shown_and_put_away(page: Page) -> None:
    page.keyboard.press("3")
    settled(page)
    cue = "video.textTracks[0].activeCues[0].getCueAsHTML().textContent"
    assert page.evaluate(cue) == "The set {1, 2} is < K.\nSaid across the cut at six seconds."
    assert page.evaluate("[video.textTracks[0].mode, video.textTracks[0].language]") == [
        "showing",
        "en",
    ]
    with_words = shown(page)

    page.keyboard.press("c")
    assert page.get_by_label("Captions").input_value() == "-1"
    assert page.evaluate("video.textTracks[0].mode") == "hidden"
    assert not np.array_equal(shown(page), with_words)

    page.get_by_role("button", name="The set {1, 2}").click()
    settled(page)
    assert page.evaluate("video.currentTime") == pytest.approx(0.1)


def test_pointing_at_the_bar_shows_a_still_of_there(
    page: Page, number_on: Callable[..., int]
) -> None:
    box = page.locator("#seek").bounding_box()
    assert box is not None
    # In the fifth second: its still is that of the second's first frame
    page.mouse.move(box["x"] + box["width"] * 4.5 / SECONDS, box["y"] + box["height"] / 2)

    still = page.locator("#still").screenshot()
    assert number_on(np.asarray(Image.open(io.BytesIO(still)).convert("RGB"))) == 120
    assert page.locator("#where").text_content() == "0:04 · One layer"
    page.mouse.down()
    page.mouse.up()
    settled(page)
    assert page.evaluate("video.currentTime") == pytest.approx(4.5, abs=0.05)


def test_it_is_dark_or_light_as_the_system_is_until_told(opened: Callable[..., Page]) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(color_scheme=scheme).evaluate(paper) for scheme in ("light", "dark"))
    page = opened(color_scheme="light")
    page.keyboard.press("d")

    assert light != dark
    assert page.evaluate(paper) == dark


def test_words_stand_out_from_the_paper_in_both(opened: Callable[..., Page]) -> None:
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        for ink in ("--ink", "--quiet", "--accent"):
            colours = [
                page.evaluate(
                    f"getComputedStyle(document.documentElement).getPropertyValue('{name}')"
                )
                for name in (ink, "--sheet")
            ]
            assert contrast(*colours) >= 4.5, (scheme, ink)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour.strip()[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_small_screen_has_all_of_it_side_by_side_with_nothing(opened: Callable[..., Page]) -> None:
    page = opened(viewport={"width": 360, "height": 700})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.get_by_role("button", name="Full screen").is_visible()


def test_page_without_its_video_says_so(browser: Browser, made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "player"
    shutil.copytree(made / "player", folder)
    (folder / "convolution.mp4").unlink()
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())

    page.get_by_role("alert").wait_for(state="visible")
    assert "cannot play convolution.mp4" in (page.get_by_role("alert").text_content() or "")
    page.close()
