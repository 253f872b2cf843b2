"""
`hls`: the chapter as a stream in several sizes, which a player changes between as the network does.

    hls/master.m3u8 ── 416x234/ … 1920x1080/ ── index.m3u8, init.mp4, 00000.m4s …
                    ├─ sound/                   (where the chapter has any)
                    └─ captions-en/ …           index.m3u8, 00000.vtt …

All sizes have a key frame at the same moments, every two seconds, and are cut at the same ones.
Checked by media/packages/hls_checks.py. After Apple's HLS authoring specification and RFC 8216.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import icu
import m3u8

from pipeline.errors import StoreFailed, VerificationFailed
from pipeline.media.captions import Caption
from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.packages.encodes import Encodes, gop_frames, x264_arguments
from pipeline.media.packages.source import CaptionFile, Source
from pipeline.media.probe import open_media
from pipeline.media.publish import ROOM_ADVICE, write_text
from pipeline.media.subtitles import read_cues, vtt_text

LADDER = (
    (416, 234, 145),
    (640, 360, 730),
    (960, 540, 2000),
    (1280, 720, 3000),
    (1920, 1080, 6000),
)
"""Width and height in pixels, and kilobits a second: what networks carry, from mobile upwards."""
WORTH_IT = Fraction(5, 4)
"""How many times the pixels of the rung below one has at least."""
KEY_SECONDS = Fraction(2)
SEGMENT_SECONDS = 6
CRF = 21
"""Pictures that need less than their rung allows get less."""
SOUND_KBPS = 160
ROOM_BYTES = 2**16
"""A disk with less left than this after a piece was written may have cut the piece short."""
PLAYLIST = "index.m3u8"
SOUND = "sound"
MASTER = "master.m3u8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One size of the stream."""

    width: int
    height: int
    kbps: int

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height}"


def rungs_of(width: int, height: int) -> tuple[Rung, ...]:
    """
    The rungs a chapter of this size has: none larger than it is, each in its own shape.

    The last is the chapter's own size, up to the ladder's largest, so that nothing drawn is lost.

    >>> [rung.name for rung in rungs_of(1280, 720)]
    ['416x234', '640x360', '960x540', '1280x720']
    >>> [rung.name for rung in rungs_of(854, 480)], rungs_of(854, 480)[-1].kbps
    (['416x234', '640x360', '854x480'], 2000)
    >>> [rung.name for rung in rungs_of(320, 180)], [rung.name for rung in rungs_of(1080, 1080)]
    (['320x180'], ['234x234', '360x360', '540x540', '720x720', '1080x1080'])
    """
    rungs: list[Rung] = []
    for most_width, most_height, kbps in LADDER:
        rung = _inside(most_width, most_height, kbps, width, height)
        if not rungs or rung.width * rung.height >= WORTH_IT * rungs[-1].width * rungs[-1].height:
            rungs.append(rung)
    return tuple(rungs)


def _inside(most_width: int, most_height: int, kbps: int, width: int, height: int) -> Rung:
    scale = min(Fraction(most_width, width), Fraction(most_height, height), Fraction(1))
    return Rung(width=2 * round(width * scale / 2), height=2 * round(height * scale / 2), kbps=kbps)


def make_hls(
    source: Source, encodes: Encodes, folder: Path, *, logs: Path, workers: int
) -> tuple[Rung, ...]:
    """Makes the whole stream in `folder`, and gives its rungs."""
    rungs = rungs_of(source.width, source.height)
    with ThreadPoolExecutor(workers) as pool:
        videos = list(pool.map(lambda rung: encode_rung(source, encodes, rung), rungs))
    for rung, video in zip(rungs, videos, strict=True):
        _cut(video, folder / rung.name, ["-map", "0:v:0"], logs / f"hls-{rung.name}.log")
    if source.sound:
        _cut(_sound(source, encodes), folder / SOUND, ["-map", "0:a:0"], logs / "hls-sound.log")
    segments = m3u8.load(str(folder / rungs[0].name / PLAYLIST)).segments
    starts = [Fraction(0)]
    for segment in segments:
        starts.append(starts[-1] + Fraction(str(segment.duration)))
    for captions in source.captions:
        _write_captions(source, captions, folder, starts)
    write_text(folder / MASTER, master_text(source, rungs, folder))
    return rungs


def encode_rung(source: Source, encodes: Encodes, rung: Rung) -> Path:
    """One size of the chapter, from the store or made."""
    arguments = x264_arguments(
        source,
        size=(rung.width, rung.height),
        crf=CRF,
        gop=gop_frames(source.rate, KEY_SECONDS),
        preset="medium",
        most_kbps=rung.kbps,
    )
    return encodes.encode("rung.mp4", source, arguments, of={"pictures": source.pictures})


def _sound(source: Source, encodes: Encodes) -> Path:
    """AAC, as it is in the chapter where it is that already."""
    assert source.sound is not None
    if source.sound.codec == "aac":
        return source.video
    arguments = [
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-c:a", "aac", "-b:a", f"{SOUND_KBPS}k", "-ar", "48000"),
        *("-fflags", "+bitexact", "-flags", "+bitexact"),
    ]
    return encodes.encode("sound.mp4", source, arguments, of={"sound": source.sound.digest})


def _cut(media: Path, folder: Path, what: Sequence[str], log_path: Path) -> None:
    """Cuts a stream at its key frames, without encoding it again."""
    folder.mkdir(parents=True)
    output = folder / PLAYLIST
    run_ffmpeg(
        [
            *("-i", str(media), *what, "-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"),
            # Anything else moves the pictures by their B-frames, and the sound by its priming
            *("-avoid_negative_ts", "disabled", "-fflags", "+bitexact"),
            *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod"),
            *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"),
            *("-hls_fmp4_init_filename", "init.mp4"),
            *("-hls_segment_filename", str(folder / "%05d.m4s"), str(output)),
        ],
        output=output,
        log_path=log_path,
    )
    # A piece that found no room is left short, and ffmpeg ends well without a word of it
    if shutil.disk_usage(folder).free < ROOM_BYTES:
        raise StoreFailed(path=folder, reason="the disk is full", advice=ROOM_ADVICE)
    if not m3u8.load(str(output)).segments:
        raise VerificationFailed(path=output, what="segments", expected="some", found="none")


def _write_captions(
    source: Source, captions: CaptionFile, folder: Path, starts: Sequence[Fraction]
) -> None:
    """Captions cut where the pictures are; one that is shown across a cut is in both pieces."""
    cues = read_cues(captions.path, rate=source.rate)
    name = captions_name(captions.language)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{_target(starts)}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
    for number, (start, stop) in enumerate(pairwise(starts)):
        shown = [
            Caption(start_frame=cue.start, stop_frame=cue.stop, lines=tuple(cue.text.split("\n")))
            for cue in cues
            if cue.start / source.rate < stop and cue.stop / source.rate > start
        ]
        text = vtt_text(shown, source.rate)
        # Which moment of the pictures 0 is
        header = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"
        piece = f"{number:05d}.vtt"
        write_text(folder / name / piece, text.replace("WEBVTT\n", header, 1))
        lines += [f"#EXTINF:{float(stop - start):.6f},", piece]
    write_text(folder / name / PLAYLIST, "\n".join([*lines, "#EXT-X-ENDLIST", ""]))


def _target(starts: Sequence[Fraction]) -> int:
    return max(round(stop - start) for start, stop in pairwise(starts))


def captions_name(language: str) -> str:
    """Folder of the captions in one language."""
    return f"captions-{language}"


def master_text(source: Source, rungs: Sequence[Rung], folder: Path) -> str:
    """The playlist of playlists, with the rates that were really reached."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    groups, sound_codec, sound_rates = "", "", (0, 0)
    if source.sound:
        lines.append(
            _media(
                "AUDIO", "sound", source.language, "sound", f'CHANNELS="{source.sound.channels}"'
            )
        )
        groups, sound_codec = ',AUDIO="sound"', ",mp4a.40.2"
        sound_rates = bit_rates(folder / SOUND)
    for captions in source.captions:
        lines.append(
            _media("SUBTITLES", "captions", captions.language, captions_name(captions.language))
        )
    if source.captions:
        groups += ',SUBTITLES="captions"'
    least = 0
    for rung in rungs:
        most, mean = bit_rates(folder / rung.name)
        # Pictures that hardly move may need less when larger; players take the largest for the best
        least = most = max(most, least + 1)
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={most + sound_rates[0]},"
            f"AVERAGE-BANDWIDTH={mean + sound_rates[1]},"
            f'CODECS="{h264_name(folder / rung.name / "init.mp4")}{sound_codec}",'
            f"RESOLUTION={rung.name},FRAME-RATE={float(source.rate):.3f}"
            f"{groups},CLOSED-CAPTIONS=NONE",
            f"{rung.name}/{PLAYLIST}",
        ]
    return "\n".join([*lines, ""])


def _media(kind: str, group: str, language: str, folder: str, *more: str) -> str:
    locale = icu.Locale.forLanguageTag(language)
    name = locale.getDisplayName(locale).replace('"', "'")
    facts = [f"TYPE={kind}", f'GROUP-ID="{group}"', f'NAME="{name}"', f'LANGUAGE="{language}"']
    # Sound plays unless another is chosen; captions only when they are
    facts += ["DEFAULT=YES" if kind == "AUDIO" else "DEFAULT=NO", "AUTOSELECT=YES", *more]
    return f'#EXT-X-MEDIA:{",".join(facts)},URI="{folder}/{PLAYLIST}"'


def bit_rates(folder: Path) -> tuple[int, int]:
    """Bits a second of one playlist's segments: the most of any, and the mean."""
    sizes, seconds = [], []
    for segment in m3u8.load(str(folder / PLAYLIST)).segments:
        sizes.append(8 * (folder / segment.uri).stat().st_size)
        seconds.append(segment.duration)
    most = max(size / second for size, second in zip(sizes, seconds, strict=True))
    return round(most), round(sum(sizes) / sum(seconds))


def h264_name(path: Path) -> str:
    """What RFC 6381 calls the H.264 in a file: `avc1.` and its profile, limits and level."""
    with open_media(path) as container:
        settings = bytes(container.streams.video[0].codec_context.extradata)
    return f"avc1.{settings[1:4].hex()}"
