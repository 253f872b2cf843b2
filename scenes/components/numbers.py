"""
Matrices and columns of numbers in brackets, and how they change.

Whatever is drawn can be read back: `values` is what the figures say, rounded as they are rounded,
and NaN where a matrix shows dots. Colours and sums are in `numbers_model`, figures in `figures`.
"""

from __future__ import annotations

from manimlib import *

from scenes.components.figures import Figure, bracket, three_dots
from scenes.components.numbers_model import size_to_grey, value_to_color
from scenes.components.style import LABEL_SIZE


class WeightMatrix(VGroup):
    """
    Decimals in brackets, coloured by value; a row and a column may be dots.

    Without `values`, `shape` many are drawn from `rng`, uniform in ±`limit`. A copy has entries of
    its own. The entries lie in `self.entries`, row after row, the dotted ones left out.
    """

    def __init__(
        self,
        values: np.ndarray | None = None,
        shape: tuple[int, int] = (6, 8),
        rng: np.random.Generator | None = None,
        limit: float = 9.9,
        decimals: int = 1,
        signed: bool = True,
        signed_zero: bool = True,
        dots_row: int | None = -2,
        dots_col: int | None = -2,
        size: float = LABEL_SIZE,
        row_gap: float = 0.22,
        col_gap: float = 0.3,
        bracket_gap: float = 0.1,
        **style,
    ):
        super().__init__(**style)
        self.limit, self.size = limit, size
        if values is None:
            if rng is None:
                raise ValueError("a WeightMatrix needs values, or an rng to draw them from")
            values = rng.uniform(-limit, limit, shape)
        values = np.array(values, dtype=float)
        self.hidden = np.isnan(values)
        if dots_row is not None:
            self.hidden[dots_row, :] = True
        if dots_col is not None:
            self.hidden[:, dots_col] = True
        options = {"size": size, "decimals": decimals, "signed": signed, "signed_zero": signed_zero}
        entries = VGroup(*(Figure(value, **options) for value in values[~self.hidden]))
        self.add(entries, VGroup(), VGroup())
        self._lay_out(row_gap, col_gap, bracket_gap)
        self.recolor()

    @property
    def entries(self) -> VGroup:
        return self[0]

    @property
    def dots(self) -> VGroup:
        return self[1]

    @property
    def brackets(self) -> VGroup:
        return self[2]

    @property
    def shape(self) -> tuple[int, int]:
        return self.hidden.shape

    @property
    def values(self) -> np.ndarray:
        """What the entries say; NaN at the dots."""
        values = np.full(self.shape, np.nan)
        values[~self.hidden] = [entry.value for entry in self.entries]
        return values

    def entry(self, row: int, column: int) -> Figure:
        """Raises IndexError at the dots."""
        if self.hidden[row, column]:
            raise IndexError(f"there are dots at {row, column}")
        index = np.cumsum(~self.hidden).reshape(self.shape)[row, column] - 1
        return self.entries[int(index)]

    def row(self, row: int) -> VGroup:
        columns = np.flatnonzero(~self.hidden[row])
        return VGroup(*(self.entry(row, int(column)) for column in columns))

    def column(self, column: int) -> VGroup:
        rows = np.flatnonzero(~self.hidden[:, column])
        return VGroup(*(self.entry(int(row), column) for row in rows))

    def color_of(self, value: float) -> str:
        return value_to_color(value, high=self.limit)

    def recolor(self) -> WeightMatrix:
        for entry in self.entries:
            entry.set_fill(self.color_of(entry.value))
        return self

    def set_values(self, values: np.ndarray) -> WeightMatrix:
        """Of the matrix's shape. What it holds at the dots is ignored."""
        for entry, value in zip(self.entries, np.asarray(values)[~self.hidden], strict=True):
            entry.set_value(value)
        return self.recolor()

    def _lay_out(self, row_gap: float, col_gap: float, bracket_gap: float) -> None:
        widest = max(entry.get_width() for entry in self.entries)
        tallest = max(entry.get_height() for entry in self.entries)
        steps = np.array([widest + col_gap, -(tallest + row_gap), 0])
        entries = iter(self.entries)
        cells = VGroup()
        for row, column in np.ndindex(*self.shape):
            corner = steps * (column, row, 0)
            if self.hidden[row, column]:
                turned = not self.hidden[row].all()
                dots = three_dots(0.75 * tallest).move_to(
                    corner + tallest / 2 * UP + widest / 2 * LEFT
                )
                self.dots.add(dots.rotate(PI / 2) if turned else dots)
            else:
                cells.add(next(entries).move_to(corner, DR))
        everything = VGroup(self.entries, self.dots)
        height = everything.get_height() + 2 * max(row_gap / 2, 0.1)
        for side in (LEFT, RIGHT):
            self.brackets.add(bracket(height, side).next_to(everything, side, buff=bracket_gap))
        self.center()


class NumericEmbedding(WeightMatrix):
    """A column of decimals with a gap, from dark grey to white by size. Zeros have no sign."""

    def __init__(
        self,
        values: np.ndarray | None = None,
        length: int = 7,
        shape: tuple[int, int] | None = None,
        dots_col: int | None = None,
        **options,
    ):
        if values is not None and np.ndim(values) == 1:
            values = np.reshape(values, (-1, 1))
        options = {"signed_zero": False, "dots_col": dots_col, **options}
        super().__init__(values, shape=shape or (length, 1), **options)

    def color_of(self, value: float) -> str:
        return size_to_grey(value, high=self.limit)


class ChangeEntries(Animation):
    """Every entry counts to its new value, `lag_ratio` after the one before, and recolours."""

    def __init__(self, matrix: WeightMatrix, values: np.ndarray, lag_ratio: float = 0.0, **options):
        self.target_values = np.asarray(values, dtype=float)[~matrix.hidden]
        super().__init__(matrix, lag_ratio=lag_ratio, **options)

    def begin(self) -> None:
        self.start_values = [entry.number for entry in self.mobject.entries]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        count = len(self.target_values)
        pairs = zip(self.start_values, self.target_values, strict=True)
        for index, (start, stop) in enumerate(pairs):
            part = self.get_sub_alpha(self.time_spanned_alpha(alpha), index, count)
            self.mobject.entries[index].set_value(interpolate(start, stop, part))
        self.mobject.recolor()


class RandomizeEntries(ChangeEntries):
    """A wave of change through all entries, to new ones from `rng` or to `restore_to`."""

    def __init__(
        self,
        matrix: WeightMatrix,
        rng: np.random.Generator | None = None,
        restore_to: np.ndarray | None = None,
        lag_ratio: float = 0.05,
        **options,
    ):
        if restore_to is None:
            if rng is None:
                raise ValueError("RandomizeEntries needs an rng, or values to restore")
            restore_to = rng.uniform(-matrix.limit, matrix.limit, matrix.shape)
        super().__init__(matrix, restore_to, lag_ratio=lag_ratio, **options)
