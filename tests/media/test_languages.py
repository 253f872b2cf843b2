"""That a chapter has its captions in every language asked for, in each file and in the video."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import icu
import numpy as np
import pytest
import webvtt

from pipeline.engine.timeline import CueMark
from pipeline.errors import EnvironmentMissing
from pipeline.media.bidi import reads_from_right, set_apart
from pipeline.media.burn import ass_text, burn_in
from pipeline.media.captions import Caption, lay_out
from pipeline.media.finish import Finished, finish, verify_video
from pipeline.media.fonts import require_fonts
from pipeline.media.linebreak import columns

pytestmark = pytest.mark.needs_ffmpeg

TEXTS = {
    "th": "การคูณเก้าครั้งและการบวกหนึ่งครั้งให้ผลลัพธ์เป็นตัวเลขเพียงหนึ่งตัวในภาพใหม่ของเรา",
    "ar": "تنزلق النافذة فوق الصورة وتحسب في كل موضع تسع عمليات ضرب ومجموعا واحدا فقط.",
    "he": "החלון מחליק על התמונה ומחשב בכל מקום תשע מכפלות וסכום אחד בלבד.",
    "zh": "卷积核在图像上滑动，每到一个位置就计算九个乘积并把它们加起来，得到一个新的数字。",
    "ja": "カーネルは画像の上をすべり、それぞれの場所で九つの積とひとつの和を計算します。",
    "ko": "커널은 이미지 위를 미끄러지며 각 위치에서 아홉 개의 곱과 하나의 합을 계산합니다.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_every_script_is_broken_where_it_may_be(language: str) -> None:
    text = TEXTS[language]
    cue = CueMark(id="c", text=text, start=0, stop=300)

    found = lay_out([cue], rate=Fraction(30), frames=400, language=language)

    lines = [line for caption in found.captions for line in caption.lines]
    spaced = " " in text and language != "th"
    assert (" " if spaced else "").join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) > 1
    assert all(columns(line) <= 42 for line in lines)
    breaks = icu.BreakIterator.createLineInstance(icu.Locale(language))
    breaks.setText(text)
    allowed = set(breaks)
    at = 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        while at < len(text) and text[at] == " ":
            at += 1
        assert at in allowed
    assert not [problem for problem in found.problems if problem.fails]


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("he", "אז y = Wx + b.", "אז \u2066y = Wx + b\u2069."),
        ("ar", "المجموع (x + y) هو 3.", "المجموع \u2066(x + y)\u2069 هو 3."),
        ("he", "זה manim ולא GPU.", "זה manim ולא GPU."),
        ("en", "so y = Wx + b.", "so y = Wx + b."),
    ],
    ids=["formula", "brackets", "only words", "from the left"],
)
def test_a_formula_keeps_its_order_among_letters_from_the_right(
    language: str, line: str, expected: str
) -> None:
    assert set_apart(line, language) == expected
    assert columns(expected) == columns(line)


def test_which_languages_read_from_the_right() -> None:
    languages = ("ar", "he", "fa", "ur-PK", "en", "pt-BR", "zh-Hans", "az")

    assert [reads_from_right(name) for name in languages] == [True] * 4 + [False] * 4


@pytest.fixture(scope="module")
def spoken(
    asked: Callable[[Path], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    """A chapter in English, Hebrew and German, with the German burned in."""
    chapter = asked(tmp_path_factory.mktemp("languages"))
    layer, stride = chapter["scenes"]
    own = replace(
        layer,
        translations={
            "he": (CueMark(id="c0", text="אז y = Wx + b.", start=3, stop=50),),
            "de": (CueMark(id="c0", text="Die Menge {1, 2} ist < K.", start=3, stop=50),),
        },
    )
    return finish(**{**chapter, "scenes": (own, stride), "burn_in": ("de",)})


def test_every_language_has_its_files_and_its_track(spoken: Finished) -> None:
    names = {path.name for path in spoken.outputs}
    for language in ("en", "he", "de"):
        assert {f"convolution.{language}.vtt", f"convolution.{language}.srt"} <= names
        webvtt.read(str(spoken.video.with_name(f"convolution.{language}.vtt")))
    assert {"transcript.txt", "transcript.he.txt", "transcript.de.txt"} <= names
    with av.open(str(spoken.video)) as container:
        tags = [stream.metadata["language"] for stream in container.streams.subtitles]
    assert tags == ["eng", "heb", "deu"]
    assert all(check.ok for check in verify_video(spoken.video))
    timeline = json.loads(spoken.video.with_name("timeline.json").read_text())
    assert timeline["translations"] == ["he", "de"]


def test_a_formula_is_set_apart_in_the_file(spoken: Finished) -> None:
    text = spoken.video.with_name("convolution.he.vtt").read_text()

    assert "אז \u2066y = Wx + b\u2069." in text


def pictures(video: Path) -> Any:
    with av.open(str(video)) as container:
        return np.stack([f.to_ndarray(format="gray") for f in container.decode(video=0)])


def test_burned_in_captions_are_seen_on_their_frames_and_no_others(spoken: Finished) -> None:
    burned = pictures(spoken.video.with_name("convolution.de.burned.mp4")).astype(int)
    plain = pictures(spoken.video).astype(int)

    assert burned.shape == plain.shape
    low = slice(plain.shape[1] * 3 // 4, None)
    differ = (np.abs(burned - plain)[:, low] > 60).sum(axis=(1, 2))
    assert np.flatnonzero(differ > 20).tolist() == list(range(3, 50))


def test_every_character_stands_for_itself_when_burned_in() -> None:
    caption = Caption(start_frame=1, stop_frame=30, lines=("{1, 2} \\N", "x"))

    (line,) = ass_text([caption], Fraction(60), columns=512).splitlines()[-1:]

    assert line == "Dialogue: 0,0:00:00.01,0:00:00.50,Default,,0,0,0,,\\{1, 2\\} \\\u2060N\\Nx"


def test_a_character_no_font_has_is_told(spoken: Finished, tmp_path: Path) -> None:
    # Of a script that Unicode has and nobody draws: a noncharacter's neighbour in a private plane
    strange = Caption(start_frame=0, stop_frame=60, lines=("\U0010fffd",))

    with pytest.raises(EnvironmentMissing, match="no font here has"):
        burn_in(
            spoken.video,
            [strange],
            rate=Fraction(30),
            frames=111,
            language="en",
            output=tmp_path / "it's, [here].mp4",
            log_path=tmp_path / "log",
        )
    assert not list(tmp_path.glob("*.mp4")), "before anything is drawn"


def test_scripts_without_a_font_are_told_with_what_brings_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts.conf").write_text(
        "<fontconfig><dir>/usr/share/fonts/truetype/lato</dir>"
        f"<cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))

    def told(language: str, text: str) -> str:
        with pytest.raises(EnvironmentMissing) as raised:
            require_fonts([text], language=language, log_path=tmp_path / "log")
        return str(raised.value)

    require_fonts(
        ["So y = Wx + b,", "“quoted” – naïvely"], language="en", log_path=tmp_path / "log"
    )
    assert "no font here has ם ש (Hebrew)" in told("he", "שם: ⁦y = Wx⁩")
    assert "apt-get install fonts-noto-core" in told("th", TEXTS["th"])
    many = told("zh", TEXTS["zh"])
    assert " … (Han)" in many
    assert "those in zh" in many
    assert "apt-get install fonts-noto-cjk" in many
