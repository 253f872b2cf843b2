"""Verbs that have a say in a run while it goes: pause, resume, cancel."""

from __future__ import annotations

import argparse

from pipeline.cli.common import print_lines
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.task import Control
from pipeline.report.runs import find_run, run_state


def pause(options: argparse.Namespace) -> int:
    """What runs ends well, nothing new starts."""
    return _ask(options, Control.PAUSE, "pausing")


def resume(options: argparse.Namespace) -> int:
    """Goes on after a pause."""
    return _ask(options, Control.GO, "resuming")


def cancel(options: argparse.Namespace) -> int:
    """Ends everything; what is drawn is kept."""
    return _ask(options, Control.CANCEL, "cancelling")


def _ask(options: argparse.Namespace, control: Control, doing: str) -> int:
    run = find_run(options.renders, options.run)
    state = run_state(run).state
    if state != "running":
        raise UsageError(f"run {run.id} is not running, it is {state}")
    run.ask(control)
    print_lines([f"{doing} {run.id}"])
    return ExitCode.DONE
