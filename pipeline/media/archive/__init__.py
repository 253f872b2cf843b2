"""Chapters kept for good: a bag with all that was made, and all that it was made from."""
