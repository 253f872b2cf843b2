"""A card before each of the four inserts: one line about what it will show."""

from scenes.components.outline import PlaceholderCard


class FeedForwardCard(PlaceholderCard):
    message = "a digit travels through the network"


class CostDefinitionCard(PlaceholderCard):
    message = "one number for how wrong it was"


class DescentOnSurfaceCard(PlaceholderCard):
    message = "walking downhill, step by step"


class GradientNudgingCard(PlaceholderCard):
    message = "nudging every weight at once"
