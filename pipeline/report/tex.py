"""
Whether formulas can be set: the programs, the files manimgl's templates load, and one real formula.

manimgl's own template wants packages that are a 500 MB download on Debian, and without them fails
at the first formula of a scene; said here, that costs a second instead of a render.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import yaml

from pipeline.report.finding import Finding, State, ask, finding

BASIS = ("standalone.cls", "preview.sty")
"""What manimgl's own wrapping of a formula loads, whatever the template."""
APT = {
    "standalone.cls": "texlive-latex-extra",
    "preview.sty": "preview-latex-style",
    "amssymb.sty": "texlive-base",
    "dsfont.sty": "texlive-fonts-extra",
    "tipa.sty": "tipa",
    "relsize.sty": "texlive-latex-extra",
    "calligra.sty": "texlive-latex-extra",
    "wasysym.sty": "texlive-fonts-recommended",
    "physics.sty": "texlive-science",
    **dict.fromkeys(
        ("babel.sty", "inputenc.sty", "fontenc.sty", "amsmath.sty", "textcomp.sty", "pifont.sty"),
        "texlive-latex-base",
    ),
    **dict.fromkeys(
        ("setspace.sty", "mathrsfs.sty", "ragged2e.sty", "xcolor.sty", "microtype.sty"),
        "texlive-latex-recommended",
    ),
}
"""The package that has each file, by `dpkg -S` on Debian 12."""
INSTALL = (
    "apt-get install texlive-latex-base texlive-latex-recommended texlive-latex-extra"
    " texlive-fonts-recommended cm-super dvisvgm"
)
FORMULA = r"""\documentclass[preview]{standalone}
PREAMBLE
\begin{document}
$\sum_n x^2 \in \mathbb{R}$
\end{document}
"""


def check_tex(scratch: Path) -> Iterator[Finding]:
    """Works in the folder `scratch`. Asks no further than the first program that is not there."""
    absent = [program for program in ("latex", "kpsewhich", "dvisvgm") if not shutil.which(program)]
    if absent:
        found = f"not there: {', '.join(absent)}"
        yield finding("latex", State.MISSING, found, advice=INSTALL)
        return
    templates = tex_templates()
    for name, state in (("basic", State.MISSING), ("default", State.WARNING)):
        if name in templates:
            yield check_template(scratch, name, templates[name], lacking=state)
    if "basic" in templates:
        yield check_formula(scratch, templates["basic"])


def tex_templates() -> Mapping[str, str]:
    """Preamble by name of manimgl's templates, read without importing it; none without manimgl."""
    spec = find_spec("manimlib")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).with_name("tex_templates.yml")
    templates = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: template["preamble"] for name, template in templates.items()}


def tex_files(preamble: str) -> list[str]:
    r"""
    What a preamble loads, and what manimgl loads around it.

    >>> tex_files(r"\usepackage[T1]{fontenc} \usepackage{a,b}")
    ['standalone.cls', 'preview.sty', 'fontenc.sty', 'a.sty', 'b.sty']
    """
    loaded = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", preamble)
    names = [name.strip() for names in loaded for name in names.split(",")]
    return [*BASIS, *(f"{name}.sty" for name in names)]


def check_template(scratch: Path, name: str, preamble: str, *, lacking: State) -> Finding:
    """Whether every file of a template is there; `lacking` says how bad it is if one is not."""
    wanted = tex_files(preamble)
    there = {Path(line).name for line in ask(scratch, ["kpsewhich", *wanted]).lines}
    absent = [file for file in wanted if file not in there]
    if not absent:
        return finding(f"tex template {name}", State.OK, f"all {len(wanted)} files", advice="")
    packages = dict.fromkeys(APT[file] for file in absent if file in APT)
    commands = [f"apt-get install {' '.join(packages)}"] if packages else []
    commands += [f"apt-file search {file}" for file in absent if file not in APT]
    meaning = ": formulas of projects that use it fail" if lacking is State.WARNING else ""
    return finding(
        f"tex template {name}",
        lacking,
        f"no {', '.join(absent)}{meaning}",
        advice="; ".join(commands),
    )


def check_formula(scratch: Path, preamble: str) -> Finding:
    """Goes the whole way from TeX to outlines, since fonts can lack where every file is there."""
    source = scratch / "formula.tex"
    source.write_text(FORMULA.replace("PREAMBLE", preamble), encoding="utf-8")
    latex = ["latex", "-interaction=batchmode", "-halt-on-error", source.name]
    trouble = ask(scratch, latex, cwd=scratch).trouble
    if not trouble:
        outlined = ask(
            scratch, ["dvisvgm", "formula.dvi", "-n", "-v", "0", "--stdout"], cwd=scratch
        )
        drawn = any("<path" in line for line in outlined.lines)
        trouble = outlined.trouble or ("" if drawn else "dvisvgm drew no outlines")
    state = State.MISSING if trouble else State.OK
    return finding("formula", state, trouble or "set and outlined", advice=INSTALL)
