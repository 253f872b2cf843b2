"""Lecture manifests in, finished and verified chapter videos out. See README.md for the way through."""
