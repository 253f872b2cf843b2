"""What an author may ask of the workers: resources, and bakes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from pipeline.manifest.fields import Duration, Id, Named, Params
from pipeline.manifest.shape import Asked
from pipeline.manifest.values import MEMORY_PATTERN, parse_memory


def _share(value: float) -> float:
    # Ray refuses 1.5 of anything, and would say so only when the task is submitted
    if value > 1 and value % 1:
        raise ValueError(f"must be whole when above 1, and is {value:g}")
    return value


Memory = Annotated[
    int,
    PlainValidator(parse_memory),
    WithJsonSchema({"type": "string", "pattern": MEMORY_PATTERN}),
]


class ResourcesAsked(Asked):
    """What a worker sets aside for a scene."""

    cpu: Annotated[float, Field(ge=0.1, le=1024), AfterValidator(_share)] = 1
    """Cores; a part of one, or a whole number."""
    gpu: Annotated[float, Field(ge=0, le=64), AfterValidator(_share)] = 0
    """Devices; a part of one, or a whole number. Draws on the CPU when 0."""
    memory: Memory | None = None
    """With its unit: 1GiB, 512MiB."""


class BakeAsked(Asked):
    """A long computation, done once by the farm; scenes load its arrays."""

    id: Id
    """What scenes load it by. Unique in the chapter, among the scenes too."""
    bake: Named
    """Which function: path/to/file.py:function, giving numpy arrays by name."""
    params: Params = {}
    """Arguments of the function, such as {seed: 12}."""
    resources: ResourcesAsked = ResourcesAsked()
    """What a worker sets aside for it."""
    time_limit: Duration | None = None
    """How long it may take: 90s, 20m, 1h30m. 1h unless said."""
    kept: Annotated[str, Field(pattern=r"\.npz$")] | None = None
    """An .npz file of the project to take it from while nothing it was made from has changed."""

    instead = {
        "function": "write bake: path/to/file.py:function",
        "file": "write bake: path/to/file.py:function",
        "timeout": "write time_limit:",
    }
