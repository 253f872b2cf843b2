"""
The scratch voice: espeak-ng through its C library, in a process of its own.

`python -m pipeline.media.espeak REQUEST` speaks every text of a request and writes, for each, a
WAV and the times of its words. The library keeps state from one text to the next and cannot be
initialised twice, so each text has a child of its own: it sounds the same alone and among others.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import wave
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

LIBRARY = "libespeak-ng.so.1"
# Of speak_lib.h, version 1.51
SYNCHRONOUS = 2
RATE = 1
POSITION_CHARACTER = 1
UTF8 = 1
EVENT_END, EVENT_WORD = 0, 1
MILLISECONDS = 1000


class _Event(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass
class _Spoken:
    rate: int
    samples: array[int] = field(default_factory=lambda: array("h"))
    words: list[tuple[int, int, float]] = field(default_factory=list)
    """First character, counted from 0, number of characters, seconds."""


def version() -> str:
    """
    Which espeak-ng there is, such as `1.51`.

    Raises:
        OSError: none.
    """
    library = ctypes.CDLL(LIBRARY)
    library.espeak_Info.restype = ctypes.c_char_p
    said: bytes = library.espeak_Info(None)
    return said.decode().split()[0]


def speak(text: str, *, speaker: str, pace: int) -> _Spoken:
    """
    Args:
        speaker: a voice of espeak-ng's, such as `en-us` or `de`.
        pace: words a minute.

    Raises:
        ValueError: there is no such voice.
    """
    library = ctypes.CDLL(LIBRARY)
    spoken = _Spoken(rate=library.espeak_Initialize(SYNCHRONOUS, 0, None, 0))
    if spoken.rate <= 0:
        raise OSError("espeak-ng finds no data: install the package espeak-ng-data")

    def hear(samples: Any, count: int, events: Any) -> int:
        if count:
            spoken.samples.extend(samples[:count])
        index = 0
        while events[index].type != EVENT_END:
            if events[index].type == EVENT_WORD:
                at = events[index].audio_position / MILLISECONDS
                spoken.words.append((events[index].text_position - 1, events[index].length, at))
            index += 1
        return 0

    callback = _CALLBACK(hear)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(speaker.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {speaker!r}")
    library.espeak_SetParameter(RATE, pace, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, len(data), 0, POSITION_CHARACTER, 0, UTF8, None, None)
    library.espeak_Synchronize()
    return spoken


def write(spoken: _Spoken, text: str, folder: Path) -> None:
    """`voice.wav` and `voice.json`: its length and the times of its words, in seconds."""
    with wave.open(str(folder / "voice.wav"), "wb") as file:
        file.setparams((1, 2, spoken.rate, 0, "NONE", ""))
        file.writeframes(spoken.samples.tobytes())
    length = len(spoken.samples) / spoken.rate
    starts = [at for _, _, at in spoken.words]
    words = [
        [text[first : first + count].strip(), round(at, 3), round(min(stop, length), 3)]
        for (first, count, at), stop in zip(spoken.words, [*starts[1:], length], strict=True)
        if text[first : first + count].strip()
    ]
    facts = {"samples": len(spoken.samples), "rate": spoken.rate, "words": words}
    (folder / "voice.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def main(request: Mapping[str, Any]) -> int:
    """Speaks all that is asked: `{"speaker", "pace", "texts": [{"text", "folder"}]}`."""
    for asked in request["texts"]:
        child = os.fork()
        if child == 0:
            os._exit(_speak_one(asked, request["speaker"], request["pace"]))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code:
            return abs(code)
    return 0


def _speak_one(asked: Mapping[str, Any], speaker: str, pace: int) -> int:
    try:
        spoken = speak(asked["text"], speaker=speaker, pace=pace)
        write(spoken, asked["text"], Path(asked["folder"]))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
