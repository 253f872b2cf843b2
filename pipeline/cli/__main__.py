"""`python -m pipeline.cli`, the same as `chalkfarm`."""

import sys

from pipeline.cli import main

sys.exit(main())
