"""That a worker draws on the GPU it was given, and on nobody else's."""

import subprocess
import sys

import pytest

from pipeline.engine.gl import device_index

ASKED = "CHALKFARM_GL_DEVICE"
GIVEN = "CUDA_VISIBLE_DEVICES"


@pytest.mark.parametrize(
    ("environment", "cuda", "expected"),
    [
        pytest.param({}, [0, 1], None, id="nothing said"),
        pytest.param({GIVEN: "1"}, [0, 1], 1, id="the second"),
        pytest.param({GIVEN: "1"}, [1, 0, None], 0, id="in another order than EGL's"),
        pytest.param({GIVEN: "2"}, [None, 2], 1, id="behind one that is no CUDA device"),
        pytest.param({GIVEN: "3,1"}, [0, 1, 2, 3], 3, id="the first of several"),
        pytest.param({GIVEN: "5"}, [0], None, id="one that EGL does not see"),
        pytest.param({GIVEN: "GPU-5f2c"}, [0, 1], None, id="by UUID"),
        pytest.param({GIVEN: ""}, [0], None, id="none at all"),
        pytest.param({GIVEN: "-1"}, [0], None, id="hidden"),
        pytest.param({GIVEN: "1", ASKED: "0"}, [0, 1], 0, id="asked for by hand"),
    ],
)
def test_the_device_is(environment, cuda, expected) -> None:
    assert device_index(environment, cuda) == expected


def test_devices_are_counted_here_too() -> None:
    """In a process of its own: a driver may start threads, and tests fork."""
    code = "from pipeline.engine.gl import cuda_numbers; print(len(cuda_numbers()))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(said.stdout) >= 1
