"""What makes drawing faster than manimgl's, and how to do without."""

from __future__ import annotations

from dataclasses import dataclass, fields

ACCELERATORS = "CHALKFARM_ACCELERATORS"
"""The environment variable by which workers are told, see Accelerators.named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerators:
    """
    Each can be switched off, to measure it or to doubt it.

    None changes a pixel or a byte of the result, so they are part of no key.
    """

    stepping: bool = True
    """Some functions of manimlib give way to faster ones, see quicker.py."""
    passes: bool = True
    """Passes that put nothing on the picture are left out."""
    boxes: bool = True
    """The canvas for fills is cleared and composited where the group is, not everywhere."""
    clearing: bool = True
    """What is to be drawn on is wiped as the renderer does it fastest, and without its depth."""
    damage: bool = True
    """Only what changed since the last frame drawn is drawn again."""
    culling: bool = True
    """Of a group that is drawn again in part, only the curves that touch the part are drawn."""
    blit: bool = True
    """What did not change is not copied, and without multisampling nothing is."""
    readback: bool = True
    """Only rows that changed are read back, top row first, into buffers that are used again."""
    reel: bool = True
    """What is drawn is what the trace saw, and the scene is not stepped again, see reel.py."""

    @classmethod
    def named(cls, names: str) -> Accelerators:
        """
        From `all`, `none`, or names with commas between.

        Raises:
            ValueError: there is none of that name.
        """
        known = [field.name for field in fields(cls)]
        chosen = {"all": known, "none": []}.get(names, names.split(","))
        if unknown := sorted(set(chosen) - set(known)):
            raise ValueError(f"{unknown[0]}: no such accelerator; there are {', '.join(known)}")
        return cls(**{name: name in chosen for name in known})
