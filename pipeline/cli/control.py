"""Verbs that have a say in a run while it goes: pause, resume, cancel."""

from __future__ import annotations

import argparse

from pipeline.cli.common import print_lines
from pipeline.cli.remote import remote_run
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
    if options.address:
        with remote_run(options, options.run) as remote:
            if remote.is_over():
                raise UsageError(f"run {remote.id} is not running any more")
            remote.cluster.stop(remote.id)
        print_lines([f"cancelling {remote.id}"])
        return ExitCode.DONE
    return _ask(options, Control.CANCEL, "cancelling")


def _ask(options: argparse.Namespace, control: Control, doing: str) -> int:
    if options.address:
        with remote_run(options, options.run) as remote:
            if remote.is_over():
                raise UsageError(f"run {remote.id} is not running any more")
            remote.cluster.leave_word(remote.id, control.value)
        print_lines([f"{doing} {remote.id}"])
        return ExitCode.DONE
    run = find_run(options.renders, options.run)
    state = run_state(run).state
    if state != "running":
        raise UsageError(f"run {run.id} is not running, it is {state}")
    run.ask(control)
    print_lines([f"{doing} {run.id}"])
    return ExitCode.DONE
