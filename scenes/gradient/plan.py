"""The plan of the chapter: three stops, each with a miniature on a screen beside the list."""

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.outline import BulletPlan, ScreenSlot
from scenes.components.style import EDGE, MUTED, TITLE_SIZE
from scenes.gradient.drawing import fade_everything
from scenes.gradient.plan_previews import ChainPreview, HillPreview, NetworkPreview


class GradientChapterPlan(Narrated, InteractiveScene):
    seed = 4
    items = (
        "What we know so far",
        "Backpropagation\nwithout formulas",
        "Derivatives on a graph\nof computations",
    )
    spoken = (
        "First a quick look back, so the symbols feel familiar.",
        "Then the idea of backpropagation, with pictures only.",
        "Last, the same idea written as derivatives.",
    )

    def construct(self):
        title = words("Plan", TITLE_SIZE, weight="BOLD").to_edge(UP, buff=EDGE)
        rule = Line(LEFT, RIGHT).set_width(FRAME_WIDTH - 2).set_stroke(MUTED, 2)
        rule.next_to(title, DOWN, buff=0.25)
        self.plan = BulletPlan(self.items).to_edge(LEFT, buff=1).set_y(0)
        self.slot = ScreenSlot(6.9).to_edge(RIGHT, buff=1).match_y(self.plan)

        with self.say("Here is the road ahead in three stops."):
            self.play(
                FadeIn(title, shift=0.2 * DOWN),
                GrowFromCenter(rule),
                ShowCreation(self.slot),
                LaggedStartMap(FadeIn, self.plan, shift=0.3 * RIGHT, lag_ratio=0.25),
                run_time=2,
            )

        previews = (NetworkPreview(np.random.default_rng(self.seed)), HillPreview(), ChainPreview())
        shown = VGroup()
        for stop, (line, preview) in enumerate(zip(self.spoken, previews, strict=True)):
            self.slot.hold(preview)
            with self.say(line):
                self.play(
                    self.plan.animate.focus(stop), FadeOut(shown), FadeIn(preview), run_time=1
                )
                self.play(preview.life())
            shown = preview
        self.wait(0.5)
        fade_everything(self)
