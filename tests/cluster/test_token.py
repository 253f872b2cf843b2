"""That nobody gets into a cluster without its token, and that no log has it."""

from subprocess import CalledProcessError

import pytest

from pipeline.errors import ExitCode

from .nodes import TOKEN, Node

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(100)]


@pytest.mark.parametrize(
    ("token", "says"), [("", "no token for http://"), ("f" * 64, "it refuses this token")]
)
def test_nobody_gets_in_without_the_token(chapter, token: str, says: str) -> None:
    code = ExitCode.CLUSTER_UNREACHABLE if token else ExitCode.ENVIRONMENT_MISSING
    chapter.write("Plain")
    for arguments in (["submit", "small.yaml"], ["status"], ["fetch", "x", "out"]):
        ran = chapter.command(*arguments, code=code, token=token)
        assert says in ran.err


def test_node_without_the_token_cannot_join(chapter) -> None:
    spare: Node = chapter.nodes.workers[0]
    with pytest.raises(CalledProcessError) as refused:
        spare.start(chapter.nodes.head, token="f" * 64)
    assert "uthenticat" in refused.value.stderr + refused.value.stdout
    assert len(chapter.nodes.workers) == 2
    for node in chapter.nodes.all:
        for path in (node.folder / "ray").rglob("*.log"):
            assert TOKEN not in path.read_text(errors="replace"), path
        for path in (node.folder / "farm").rglob("*.jsonl"):
            assert TOKEN not in path.read_text(errors="replace"), path
