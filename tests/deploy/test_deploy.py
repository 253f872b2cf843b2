"""That what deploy/ offers is taken by the tools that read it, and says the same everywhere."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import botocore.session
import click
import compose_spec
import jsonschema
import kubernetes_validate
import pytest
import yaml
from botocore.validate import ParamValidator
from ray.autoscaler._private.util import prepare_config, validate_config
from ray.scripts.scripts import start

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
KUBERNETES = "1.33"
OURS = "chalkfarm:0.1.0"


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text())
    return document


@pytest.fixture
def job() -> dict[str, Any]:
    return read("rayjob.yaml")


@pytest.fixture
def cluster() -> dict[str, Any]:
    return read("cluster.yaml")


def job_schema() -> jsonschema.Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "rayjob.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def groups(job: dict[str, Any]) -> list[dict[str, Any]]:
    spec = job["spec"]["rayClusterSpec"]
    return [spec["headGroupSpec"], *spec["workerGroupSpecs"]]


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "hadolint"
    return subprocess.run(
        [program, "--no-color", path], capture_output=True, text=True, check=False
    )


def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    said = hadolint(DEPLOY / "Dockerfile")

    assert said.stdout == ""
    assert said.returncode == 0


def test_hadolint_would_have_spoken(tmp_path: Path) -> None:
    careless = tmp_path / "Dockerfile"
    careless.write_text(DOCKERFILE.replace("USER ${FARM_UID}", "USER root"))

    assert "DL3002" in hadolint(careless).stdout


def test_image_is_made_from_the_lists_that_setup_uses() -> None:
    assert "sed -e 's/#.*//' -e '/?/d' /opt/chalkfarm/deploy/apt-packages.txt" in DOCKERFILE
    assert "pip install -r /opt/chalkfarm/requirements.lock && pip check" in DOCKERFILE
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert re.search(rf"^FROM python:{re.escape(python)}-slim-", DOCKERFILE, re.MULTILINE)
    assert "NVIDIA_DRIVER_CAPABILITIES=graphics,compute,utility" in DOCKERFILE


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian packages here")
def test_image_s_reading_of_the_package_list_gives_packages_that_are_there() -> None:
    line = next(line for line in DOCKERFILE.splitlines() if "apt-packages.txt \\" in line)
    command = line.strip(" &\\").replace("/opt/chalkfarm/deploy", shlex.quote(str(DEPLOY)))
    listed = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", f"{command} | xargs -n 1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "ffmpeg" in listed
    found = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}\n", *listed], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert set(found) == {"install ok installed"}


def test_ray_up_takes_the_cluster_file(cluster: dict[str, Any]) -> None:
    prepared = prepare_config(cluster)

    validate_config(prepared)
    types = prepared["available_node_types"]
    assert types[prepared["head_node_type"]]["resources"]["CPU"] == 0
    workers = {name: kind for name, kind in types.items() if name != prepared["head_node_type"]}
    assert {name: kind["labels"]["pool"] for name, kind in workers.items()} == {
        "cpu": "cpu",
        "gpu": "gpu",
    }
    assert all(kind["min_workers"] == 0 < kind["max_workers"] for kind in workers.values())
    assert workers["gpu"]["resources"]["GPU"] == 1
    assert sum(k["max_workers"] for k in workers.values()) <= prepared["max_workers"]


def test_ray_up_would_refuse_a_misspelt_key(cluster: dict[str, Any]) -> None:
    cluster["availabel_node_types"] = cluster["available_node_types"]

    with pytest.raises(jsonschema.ValidationError, match="availabel_node_types"):
        validate_config(prepare_config(cluster))


def test_aws_knows_every_key_of_the_machines(cluster: dict[str, Any]) -> None:
    model = botocore.session.get_session().get_service_model("ec2")
    asked = model.operation_model("RunInstances").input_shape
    machines = {name: kind["node_config"] for name, kind in cluster["available_node_types"].items()}

    for name, machine in {**machines, "odd": {"InstanceTyp": "m7i.large"}}.items():
        report = ParamValidator().validate({**machine, "MinCount": 1, "MaxCount": 1}, asked)
        assert report.has_errors() == (name == "odd"), report.generate_report()


def test_operator_takes_the_job(job: dict[str, Any]) -> None:
    assert [error.message for error in job_schema().iter_errors(job)] == []
    for group in groups(job):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, **group["template"]}
        kubernetes_validate.validate(pod, KUBERNETES, strict=True)


def test_operator_s_schema_would_refuse_a_misspelt_key(job: dict[str, Any]) -> None:
    job["spec"]["shutdownAfterJobFinish"] = True
    groups(job)[1]["maxReplica"] = 3

    messages = [error.message for error in job_schema().iter_errors(job)]
    assert any("shutdownAfterJobFinish" in message for message in messages)
    assert any("maxReplica" in message for message in messages)


def test_job_s_head_draws_nothing_and_all_of_it_goes_away(job: dict[str, Any]) -> None:
    spec = job["spec"]["rayClusterSpec"]

    assert spec["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    assert job["spec"]["shutdownAfterJobFinishes"] is True
    assert spec["enableInTreeAutoscaling"] is True
    assert {g["groupName"]: g["labels"]["pool"] for g in spec["workerGroupSpecs"]} == {
        "cpu": "cpu",
        "gpu": "gpu",
    }
    assert all(g["minReplicas"] == 0 for g in spec["workerGroupSpecs"])
    asks = [
        "nvidia.com/gpu" in g["template"]["spec"]["containers"][0]["resources"]["limits"]
        for g in spec["workerGroupSpecs"]
    ]
    assert asks == [False, True]


def test_compose_takes_the_lab() -> None:
    lab = compose_spec.PyOptions(apply_merge=True).from_yaml((DEPLOY / "compose.yaml").read_text())

    lab.validate()
    assert set(lab.service_names()) == {"head", "cpu-worker", "gpu-worker"}
    published = lab.to_dict()["services"]["head"]["ports"]
    assert all(str(port).startswith("127.0.0.1:") for port in published)


def test_compose_would_refuse_a_misspelt_key() -> None:
    text = (DEPLOY / "compose.yaml").read_text().replace("profiles:", "profile:")

    with pytest.raises(ValueError, match="profile"):
        compose_spec.PyOptions(apply_merge=True).from_yaml(text)


def test_every_ray_of_a_cluster_wants_the_token_and_no_file_holds_it(
    job: dict[str, Any], cluster: dict[str, Any]
) -> None:
    assert "RAY_AUTH_MODE=token" in DOCKERFILE
    assert job["spec"]["rayClusterSpec"]["authOptions"] == {"mode": "token"}
    starts = cluster["head_start_ray_commands"] + cluster["worker_start_ray_commands"]
    assert all("RAY_AUTH_MODE=token" in line for line in starts if "ray start" in line)
    node = read("compose.yaml")["x-node"]
    assert node["environment"]["RAY_AUTH_MODE"] == "token"
    for path in DEPLOY.iterdir():
        assert not re.search(r"\b[0-9a-f]{32,}\b", path.read_text()), f"{path.name} holds a token"


def starts(text: str) -> list[list[str]]:
    """Arguments of every `ray start` in a text."""
    joined = re.sub(r"\s*\n\s+--", " --", text)
    return [shlex.split(line, comments=True) for line in re.findall(r"ray start (--.*)", joined)]


@pytest.mark.parametrize(
    "name", ["deploy/compose.yaml", "deploy/cluster.yaml", "docs/operating.md"]
)
def test_ray_start_takes_every_option_it_is_given(name: str) -> None:
    found = starts((ROOT / name).read_text())

    assert len(found) >= 2
    for words in found:
        context = start.make_context("start", list(words))
        assert context.params["head"] != bool(context.params["address"])


def test_ray_start_would_refuse_a_misspelt_option() -> None:
    with pytest.raises(click.NoSuchOption, match="lables"):
        start.make_context("start", ["--head", "--lables=pool=cpu"])


def test_head_s_node_provider_is_in_the_lock(cluster: dict[str, Any]) -> None:
    assert cluster["provider"]["type"] == "aws"
    assert "boto3==" in (ROOT / "requirements.lock").read_text()


def test_the_job_s_entrypoint_is_a_command_there_is(job: dict[str, Any]) -> None:
    words = shlex.split(job["spec"]["entrypoint"])

    assert words[0] == "chalkfarm"
    assert (ROOT / words[2]).is_file()


def test_one_image_and_one_ray_everywhere(job: dict[str, Any], cluster: dict[str, Any]) -> None:
    images = {g["template"]["spec"]["containers"][0]["image"] for g in groups(job)}
    images |= {cluster["docker"]["image"], read("compose.yaml")["x-node"]["image"]}

    assert images == {OURS}
    assert metadata.version("chalkfarm") == OURS.partition(":")[2]
    assert (
        f"ray=={job['spec']['rayClusterSpec']['rayVersion']}\n"
        in (ROOT / "requirements.lock").read_text()
    )


def test_no_registry_is_named() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"[\w-]+\.(io|com|org|dev)/[\w-]+/[\w-]+:", path.read_text()), path
