"""Every verb and option there is, in the words of DESIGN: the table `--help` is made from."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable
from pathlib import Path

from pipeline.engine.accelerators import ACCELERATORS, Accelerators


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `options.command` runs what was asked."""
    parser = argparse.ArgumentParser(
        prog="chalkfarm",
        description="Renders chapters of manimgl scenes: in parallel, exactly, and never twice.",
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    _making(verbs)
    _looking(verbs)
    _keeping(verbs)
    return parser


def _making(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = _verb(verbs, "check", "show:check", "everything wrong with a manifest, all at once")
    _manifest(check)
    _json(check)
    plan = _verb(verbs, "plan", "show:plan", "what a render would do, and why")
    _manifest(plan, presets=True)
    _places(plan)
    _workers(plan)
    _json(plan)
    bake = _verb(verbs, "bake", "bake:bake", "make a chapter's bakes, and nothing else")
    _manifest(bake)
    bake.add_argument("--id", action="append", default=[], help="one of them; all otherwise")
    bake.add_argument(
        "--keep", action="store_true", help="copy them to where the manifest keeps them"
    )
    _places(bake)
    _workers(bake)
    _json(bake)
    render = _verb(verbs, "render", "render:render", "make a chapter's video")
    _manifest(render, presets=True)
    _places(render)
    _workers(render)
    _drawing(render)
    render.add_argument("--plain", action="store_true", help="plain lines, no progress bars")
    render.add_argument(
        "--recheck",
        action="store_true",
        help="decode every chunk again, though nothing has changed",
    )
    submit = _verb(verbs, "submit", "submit:submit", "make a chapter's video on a cluster")
    _manifest(submit, presets=True)
    _renders(submit)
    _store_there(submit)
    _workers(submit)
    _drawing(submit)
    _address(submit)
    submit.add_argument("--follow", action="store_true", help="show it as it goes")
    submit.add_argument(
        "--wait", action="store_true", help="follow it, and bring the chapter back into RENDERS"
    )
    submit.add_argument(
        "--include",
        action="append",
        default=[],
        type=Path,
        help="a file or folder that a program started by a scene reads, such as a LaTeX style",
    )
    submit.add_argument(
        "--shared", action="store_true", help="every machine has the project at the same path"
    )
    _json(submit)
    retry = _verb(verbs, "retry", "submit:retry", "go on with a run that failed or was ended")
    _run(retry)
    _renders(retry)
    _store_there(retry)
    _workers(retry)
    _drawing(retry)
    _address(retry)
    retry.add_argument("--failed", action="store_true", help="only the scenes that failed")
    retry.add_argument("--follow", action="store_true", help="show it as it goes")
    retry.add_argument("--wait", action="store_true", help="follow it, and bring it back")
    retry.add_argument("--plain", action="store_true", help="plain lines, no progress bars")
    _json(retry)
    retry.set_defaults(include=[], shared=False)
    fetch = _verb(verbs, "fetch", "submit:fetch", "bring a chapter back from a cluster")
    fetch.add_argument("run", help="a run's id, or its beginning")
    fetch.add_argument("folder", type=Path, help="where to put it")
    _address(fetch)
    _json(fetch)
    # Not for people: what `submit` starts over there
    job = verbs.add_parser("job")
    job.set_defaults(command=_later("job:job"))
    _manifest(job, presets=True)
    _places(job)
    _drawing(job)
    job.add_argument("--run-id", required=True)
    job.add_argument("--shared", action="store_true")


def _looking(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = _verb(verbs, "doctor", "show:doctor", "what this machine has and lacks")
    _places(doctor)
    _json(doctor)
    status = _verb(verbs, "status", "inspect:status", "how far the last run is, or came")
    _run(status)
    _places(status)
    _address(status)
    _json(status)
    for name, about in (
        ("pause", "let a run finish what it is drawing, and start nothing more"),
        ("resume", "let a paused run go on"),
        ("cancel", "end a run; what it drew is kept"),
    ):
        verb = _verb(verbs, name, f"control:{name}", about)
        _run(verb)
        _places(verb)
        _address(verb)
    logs = _verb(verbs, "logs", "logs:logs", "what a scene printed")
    _run_and_scene(logs)
    logs.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")
    logs.add_argument("--attempt", type=int, help="counted from 1; all otherwise")
    _places(logs)
    _address(logs)
    _json(logs)
    frames = _verb(verbs, "frames", "frames:frames", "a scene's cached frame as a PNG")
    _run_and_scene(frames)
    where = frames.add_mutually_exclusive_group()
    where.add_argument(
        "--at", help="time in the scene itself, whatever is edited, such as 12.5s or 1:02"
    )
    where.add_argument("--play", type=int, help="its last frame; plays count from 0")
    frames.add_argument("--manifest", type=Path, help="otherwise that of the last run")
    frames.add_argument("--preset", help="otherwise that of the last run")
    _address(frames)
    frames.add_argument("-o", "--output", type=Path, help="otherwise SCENE-FRAME.png here")
    _places(frames)
    _json(frames)
    why = _verb(verbs, "why", "inspect:why", "why a scene is, was or would be drawn again")
    why.add_argument("scene", help="a scene's id")
    why.add_argument("--manifest", type=Path, help="otherwise that of the last run")
    why.add_argument("--preset", help="otherwise that of the last run")
    _places(why)
    _json(why)
    narration = _verb(verbs, "narration", "narration:narration", "what is said, and who speaks it")
    _manifest(narration, presets=True)
    narration.add_argument("--script", type=Path, metavar="FILE", help="write it to read from")
    narration.add_argument(
        "--accept",
        nargs="*",
        metavar="SCENE/CUE",
        help="note beside recordings the text they are of; all without one, or those named",
    )
    _places(narration)
    _workers(narration)
    _json(narration)
    _verb(verbs, "schema", "show:schema", "the manifest's JSON Schema, for editors")


def _keeping(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = _verb(verbs, "verify", "show:verify", "hold a video or a bag to what it should be")
    verify.add_argument("video", type=Path, metavar="VIDEO|BAG")
    verify.add_argument("--rebuild", help="of a bag: share of its segments to draw again, 5%%")
    _workers(verify)
    _json(verify)
    archive = _verb(verbs, "archive", "archive:archive", "keep a chapter for good, in a bag")
    archive.add_argument("manifest", type=Path, nargs="?")
    archive.add_argument("--preset", help="instead of the manifest's own")
    archive.add_argument("--resolution", help="instead of the preset's, such as 1920x1080")
    archive.add_argument("--to", type=Path, help="folder of the bag; RENDERS/releases otherwise")
    archive.add_argument("--list", action="store_true", help="what was archived")
    _manner(archive)
    _places(archive)
    _workers(archive)
    _json(archive)
    cache = verbs.add_parser("cache", help="what the store holds", description="The store.")
    kinds = cache.add_subparsers(metavar="WHAT", required=True)
    stats = _verb(kinds, "stats", "cache:stats", "how much of what")
    _places(stats)
    _json(stats)
    gc = _verb(kinds, "gc", "cache:gc", "make room")
    how = gc.add_mutually_exclusive_group(required=True)
    how.add_argument("--older", help="drop what was not used for this long, such as 30d")
    how.add_argument("--to", help="drop the longest unused until this is left, such as 20GiB")
    how.add_argument("--all", action="store_true", help="drop everything")
    _places(gc)
    _json(gc)
    sample = _verb(kinds, "verify", "cache:verify", "read results, redraw some, and compare")
    sample.add_argument("--sample", default="5%", help="share of the segments to redraw")
    sample.add_argument("--manifest", type=Path, help="otherwise that of the last run")
    sample.add_argument("--preset", help="otherwise that of the last run")
    _places(sample)
    _workers(sample)
    _json(sample)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    target: str,
    about: str,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=about, description=about.capitalize() + ".")
    parser.set_defaults(command=_later(target))
    return parser


def _later(target: str) -> Callable[[argparse.Namespace], int]:
    module, function = target.split(":")

    def command(options: argparse.Namespace) -> int:
        run: Callable[[argparse.Namespace], int] = getattr(
            importlib.import_module(f"pipeline.cli.{module}"), function
        )
        return run(options)

    return command


def _manifest(parser: argparse.ArgumentParser, *, presets: bool = False) -> None:
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--only", action="append", default=[], help="scenes by id, * allowed")
    parser.add_argument("--preset", help="instead of the manifest's own")
    if presets:
        parser.add_argument("--resolution", help="instead of the preset's, such as 1920x1080")


def _renders(parser: argparse.ArgumentParser) -> None:
    renders = Path(os.environ.get("CHALKFARM_RENDERS", "renders"))
    parser.add_argument(
        "--renders", type=Path, default=renders, help="folder of results (CHALKFARM_RENDERS)"
    )


def _store_there(parser: argparse.ArgumentParser) -> None:
    store = os.environ.get("CHALKFARM_STORE", "")
    parser.add_argument(
        "--store",
        default=store if "://" in store else None,
        help="URL (s3://…) of the cluster's store, or a folder of its head; its own otherwise",
    )


def _places(parser: argparse.ArgumentParser) -> None:
    _renders(parser)
    parser.add_argument(
        "--store",
        default=os.environ.get("CHALKFARM_STORE") or None,
        help="folder or URL (s3://…) of cached chunks (CHALKFARM_STORE); RENDERS/.store otherwise",
    )


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", help="a run's id, or its beginning; the last otherwise")


def _run_and_scene(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="+",
        metavar="[RUN] SCENE",
        help="a scene's id, after a run's if not the last",
    )
    parser.add_argument("--run", help="the same as RUN")


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address",
        default=os.environ.get("CHALKFARM_ADDRESS"),
        help="of a Ray cluster, such as http://HOST:8265 (CHALKFARM_ADDRESS)",
    )


def _workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers", type=_positive, help="scenes drawn side by side; one a core otherwise"
    )
    parser.add_argument(
        "--accelerators",
        type=_accelerators,
        default=os.environ.get(ACCELERATORS, "all"),
        help=f"ways to draw sooner that change no pixel: all, none, or some ({ACCELERATORS})",
    )


def _accelerators(names: str) -> str:
    try:
        Accelerators.named(names)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return names


def _drawing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keep-going", action="store_true", help="finish the other scenes when one fails"
    )
    parser.add_argument(
        "--first", action="append", default=[], help="scenes to draw before all others, by id"
    )
    _patience(parser)


def _patience(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        help="seconds without a sign of life before a worker's task goes to another",
    )


def _manner(parser: argparse.ArgumentParser) -> None:
    _patience(parser)
    parser.add_argument("--plain", action="store_true", help="plain lines, no progress bars")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one worker")
    return number


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs, with a version field")
