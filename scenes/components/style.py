"""One palette and one type scale for every chapter. Plain values; imports nothing."""

BACKGROUND = "#101218"
"""Near black, a little blue: the default #333333 of the library greys every colour."""

INK = "#F2EFE6"
"""Text and lines, a warm white."""
MUTED = "#8B93A7"
"""Secondary text, axes, rules."""
FAINT = "#3A4152"
"""Grids, empty cells."""
PANEL = "#1A1E29"
"""Cards and boxes behind text."""

POS = "#2FB6A3"
"""Positive numbers and classes, teal. Never told apart by hue alone: POS circles, NEG squares."""
NEG = "#F0653A"
"""Negative numbers and classes, red-orange."""
BOUNDARY = "#9D7BEA"
"""Decision boundaries, violet."""
UNIT_1 = "#E5554F"
UNIT_2 = "#4F9DE0"
UNIT_3 = "#58B368"
MODEL = "#D65DB1"
"""A fitted curve, magenta."""
DATA = "#A9C9F2"
"""Data points, pale blue."""
GRAD = "#F5C84B"
"""Gradients and whatever the eye should follow, yellow."""
ERR = "#E5484D"

TITLE_SIZE = 54
"""Font sizes, in manimgl's points. Nothing smaller than SMALL_SIZE: legible at 480p."""
HEADING_SIZE = 42
BODY_SIZE = 32
LABEL_SIZE = 26
SMALL_SIZE = 22
FONT = "Lato"
"""Titles and labels."""
MONO_FONT = "DejaVu Sans Mono"
"""Numbers in tables and code."""

EDGE = 0.4
"""Units kept free at every side of the frame."""
