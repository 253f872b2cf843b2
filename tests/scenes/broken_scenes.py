"""
Scenes with one deliberate fault each, and scenes that look as if they had one: what test_look.py
holds the look check against.
"""

from manimlib import (
    BLUE,
    DEG,
    DOWN,
    GREY_D,
    LEFT,
    RIGHT,
    UP,
    UR,
    WHITE,
    ChangeDecimalToValue,
    DecimalNumber,
    Dot,
    FadeIn,
    FadeOut,
    InteractiveScene,
    Line,
    Rectangle,
    Sphere,
    Square,
    Tex,
    Text,
    VGroup,
    rgb_to_hex,
    there_and_back,
)


class ShapeOffTheEdge(InteractiveScene):
    def construct(self):
        square = Square().set_fill(BLUE, 1)
        self.play(FadeIn(square))
        self.play(square.animate.move_to(7 * RIGHT))


class StrokeOffTheEdge(InteractiveScene):
    """The line itself ends inside, its width does not."""

    def construct(self):
        self.add(Line(3.9 * UP + LEFT, 3.9 * UP + RIGHT).set_stroke(WHITE, 60))
        self.wait()


class OutInTheMiddle(InteractiveScene):
    def construct(self):
        dot = Dot()
        self.play(FadeIn(dot))
        self.play(dot.animate.shift(9 * RIGHT), rate_func=there_and_back)


class ZoomedPast(InteractiveScene):
    def construct(self):
        self.add(Text("left behind").move_to(5 * RIGHT))
        self.play(self.frame.animate.set_height(4))


class NearTheCamera(InteractiveScene):
    """Seen from above it would be inside; it is so near that it is not."""

    def construct(self):
        self.frame.reorient(0, 40)
        self.add(Square().set_stroke(WHITE, 4).move_to([4, 0, 6]))
        self.wait()


class SurfaceOffTheEdge(InteractiveScene):
    def construct(self):
        self.add(Sphere(radius=2).move_to(6 * LEFT))
        self.wait()


class TextOnText(InteractiveScene):
    def construct(self):
        self.add(Text("below"))
        self.play(FadeIn(Text("above").shift(0.2 * RIGHT)))


class NumberGrowsIntoItsLabel(InteractiveScene):
    def construct(self):
        number = DecimalNumber(1)
        label = Text("per cent").next_to(number, RIGHT)
        self.add(number, label)
        self.play(ChangeDecimalToValue(number, 123456789))


class FormulaOnItsOwnParts(InteractiveScene):
    """Glyphs taken out of a text belong to no text any more."""

    def construct(self):
        word = Text("glyphs")
        self.add(VGroup(*word.submobjects), Text("other").shift(0.1 * UP))
        self.wait()


class TurnedTowardsEachOther(InteractiveScene):
    """Apart in space, on top of one another in the picture."""

    def construct(self):
        self.frame.reorient(0, 90)
        self.add(*(Text(word).rotate(90 * DEG, RIGHT) for word in ("near", "far")))
        self.mobjects[-1].shift(3 * UP)
        self.wait()


class TinyText(InteractiveScene):
    def construct(self):
        self.play(FadeIn(Text("Small print 10", font_size=10)))


class TinyNumber(InteractiveScene):
    def construct(self):
        self.play(FadeIn(DecimalNumber(3.14, font_size=11)))


class TinyTurnedText(InteractiveScene):
    def construct(self):
        self.add(Text("Along the axis 10", font_size=10).rotate(90 * DEG))
        self.wait()


class SmallFromFarAway(InteractiveScene):
    def construct(self):
        self.add(Text("Far away"))
        self.play(self.frame.animate.set_height(30))


class Clean(InteractiveScene):
    """All that might be taken for a fault and is none."""

    def construct(self):
        title = Text("first").to_edge(UP)
        self.add(title)
        # Overlap in the middle, not at the end
        second = Text("second").to_edge(UP)
        self.play(FadeOut(title), FadeIn(second))
        # Lies under an opaque card, or is not there to be seen
        card = Rectangle(4, 2).set_fill(GREY_D, 1)
        self.add(Text("hidden"), card, Text("on the card"))
        self.add(Text("unseen").move_to(second).set_opacity(0))
        # Drawn twice in one place
        self.add(second.copy())
        # Parts of one text, and a text beside another
        self.add(Tex(R"\sqrt{x^2 + y^2}").shift(2 * DOWN), Text("·").shift(3 * DOWN))
        # Small, and turned: a 1 is narrower than what can be read is high
        self.add(Text("11 to 111", font_size=20).rotate(90 * DEG).shift(5 * RIGHT))
        # A raised figure is smaller than its text
        self.add(Text("10²", font_size=20).shift(5 * LEFT))
        self.wait(0.4)
        # In the background's colour, and invisible, outside
        paint = self.camera.background_rgba[:3]
        self.add(Square(30).set_stroke(width=0).set_fill(rgb_to_hex(paint), 1))
        self.add(Square(30).set_stroke(width=0))
        self.wait(0.4)


class FixedWhileZoomed(InteractiveScene):
    def construct(self):
        label = Text("in the corner").to_corner(UR).fix_in_frame()
        self.add(label)
        self.play(self.frame.animate.reorient(30, 60, 0).set_height(2))


class AllowedWithReason(ZoomedPast):
    look_allows = (('"left * leaves the frame', "the camera moves on to what comes next"),)


class AllowedWithoutReason(ZoomedPast):
    look_allows = (('"left behind" leaves the frame', " "),)


class AllowedInVain(Clean):
    look_allows = (('"gone" leaves the frame', "it was taken out long ago"),)


class Raises(InteractiveScene):
    def construct(self):
        raise ValueError("a scene that fails")
