"""The parameters of this chapter's bakes: read by what makes them and by what loads them."""

from scenes.superposition.packing_model import PackingPlan
from scenes.superposition.stack_model import SpreadPlan

PACKING = PackingPlan(seed=2)
SPREAD = SpreadPlan()
