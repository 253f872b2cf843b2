"""
The command line: `chalkfarm VERB …`. Parses, dispatches, and turns errors into exit codes.

Each verb lives in a module of its own kind and is imported only when called for, so that
`chalkfarm --help` and a render with nothing to do start at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from pipeline.cli.parser import make_parser
from pipeline.engine.accelerators import ACCELERATORS
from pipeline.errors import ChalkfarmError, ExitCode


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, and gives its exit code."""
    options = make_parser().parse_args(arguments)
    if hasattr(options, "accelerators"):
        # To every worker, however it is started
        os.environ[ACCELERATORS] = options.accelerators
    try:
        code: int = options.command(options)
    except ChalkfarmError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what is drawn is kept, and the next render goes on\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # `chalkfarm logs | head`: the reader has seen enough
        sys.stderr.close()
        return ExitCode.DONE
    return code
