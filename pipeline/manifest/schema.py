"""
The manifest's shape as a JSON Schema, for editors that complete and check YAML while it is typed.

Tells less than load_chapter does: files, classes and presets are not in a schema.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, core_schema

from pipeline.manifest.asked import ChapterAsked

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Without the titles pydantic makes of names: an editor would show them over the keys."""

    def field_title_should_be_set(
        self,
        schema: CoreSchema | core_schema.ModelField | core_schema.DataclassField,  # noqa: ARG002 - pydantic's signature
    ) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of manifests/*.yaml."""
    schema = ChapterAsked.model_json_schema(schema_generator=_Untitled)
    return {"$schema": DIALECT, **schema, "title": "chalkfarm manifest"}
