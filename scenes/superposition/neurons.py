"""
One neuron or many: words light neurons one at a time, then the same neurons in chords. A roll on
the right keeps what lit up: a diagonal first, then full columns, and one column that comes back.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.networks import DenseNetwork
from scenes.components.stacks import PatternRoll, light, spotlight
from scenes.components.style import (
    BODY_SIZE,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
)
from scenes.superposition.features_model import (
    BRIGHTEST,
    INPUTS,
    NEURONS,
    RETURNING,
    WORDS_ALONE,
    WORDS_IN_CHORDS,
    alone,
    chords,
    mean_overlap,
)

COLUMNS = len(WORDS_ALONE) + 1 + len(WORDS_IN_CHORDS) + 1


class OneNeuronOrMany(Narrated, InteractiveScene):
    def construct(self):
        self.network = self.build_network()
        self.neurons = self.network.layers[1]
        self.roll = PatternRoll(self.neurons, COLUMNS, left=0.85, step=0.2, full=BRIGHTEST)
        self.patterns = chords()

        with self.say("It would be neat if each neuron had one meaning."):
            self.play(
                FadeIn(self.network.layers, lag_ratio=0.02), ShowCreation(self.network.edges[0])
            )
            self.play(ShowCreation(self.roll.lanes, lag_ratio=0.02))
            names = self.name_neurons(slice(0, 3), seconds=1.0)
        names.add(*self.name_neurons(slice(3, None), seconds=0.75))
        alone_brace = self.brace_over(slice(0, len(WORDS_ALONE)), "one neuron each")
        self.play(GrowFromCenter(alone_brace[0]), FadeIn(alone_brace[1]))

        with self.say("Usually it does not."):
            word = self.widen_to_chord(names)

        with self.say("A feature may be a whole chord of neurons."):
            for name in WORDS_IN_CHORDS[:5]:
                word = self.strike(name, word, seconds=1.3)
        for name in WORDS_IN_CHORDS[5:]:
            word = self.strike(name, word, seconds=0.9)
        chord_brace = self.brace_over(slice(len(WORDS_ALONE), COLUMNS), "chords")
        self.play(GrowFromCenter(chord_brace[0]), FadeIn(chord_brace[1]))

        with self.say("The same word, the same chord."):
            self.strike(RETURNING, word, seconds=1.5)
            self.point_out_return(chord_brace)

        with self.say("Chords outnumber keys."):
            self.play(FadeIn(self.overlap_note(), shift=0.2 * UP))
            self.wait(1.5)

    def build_network(self) -> DenseNetwork:
        network = DenseNetwork(
            (INPUTS, NEURONS), rng=np.random.default_rng(4), radius=0.15, node_gap=0.06,
            layer_gap=2.6, widest=2.0, power=1.0,
        )  # fmt: skip
        network.edges.set_stroke(opacity=0.45)
        return network.move_to([-4.95, 0, 0])

    def name_neurons(self, which: slice, seconds: float) -> VGroup:
        """A word lights its neuron, and is left beside it when the light goes on."""
        names = VGroup()
        for index in range(*which.indices(len(WORDS_ALONE))):
            neuron = self.neurons[index]
            name = words(WORDS_ALONE[index], LABEL_SIZE, GRAD).next_to(neuron, RIGHT, buff=0.2)
            column = self.roll.next_column(alone(index) * BRIGHTEST, color=GRAD)
            incoming = [self.network.edges[0].line(index, source) for source in range(INPUTS)]
            self.play(
                *(VShowPassingFlash(line.set_stroke(GRAD, 3, 1)) for line in incoming),
                spotlight(neuron.animate),
                FadeIn(name, shift=0.15 * RIGHT),
                FadeIn(column[index], shift=0.3 * RIGHT),
                run_time=0.6 * seconds,
            )
            self.roll.keep(column)
            if index + 1 < len(WORDS_ALONE):
                self.play(
                    name.animate.set_fill(MUTED, 0.7),
                    neuron.animate.set_fill(opacity=0),
                    run_time=0.4 * seconds,
                )
            names.add(name)
        return names

    def widen_to_chord(self, names: VGroup) -> Text:
        """The last word leaves its neuron for a brace over all of them."""
        *others, last = names
        self.brace = Brace(self.neurons, RIGHT, buff=0.15).set_fill(INK)
        large = words(WORDS_ALONE[-1], HEADING_SIZE).next_to(self.brace, RIGHT, buff=0.2)
        self.play(FadeOut(VGroup(*others)), run_time=0.5)
        self.play(GrowFromCenter(self.brace), Transform(last, large))
        self.strike_pattern(WORDS_ALONE[-1], seconds=1.2)
        return last

    def strike(self, name: str, word: Text, seconds: float) -> Text:
        successor = words(name, HEADING_SIZE).next_to(self.brace, RIGHT, buff=0.2)
        self.strike_pattern(
            name, seconds, FadeOut(word, shift=0.6 * UP), FadeIn(successor, shift=0.6 * UP)
        )
        return successor

    def strike_pattern(self, name: str, seconds: float, *alongside: Animation) -> None:
        pattern = self.patterns[name]
        column = self.roll.next_column(pattern)
        lit = [light(n.animate, v, BRIGHTEST) for n, v in zip(self.neurons, pattern, strict=True)]
        self.play(*lit, *alongside, run_time=0.45 * seconds)
        self.play(TransformFromCopy(self.neurons, column), run_time=0.55 * seconds)
        self.roll.keep(column)

    def brace_over(self, which: slice, text: str) -> VGroup:
        first, stop, _ = which.indices(COLUMNS)
        top = self.roll.heights.max() + 0.2
        ends = [[self.roll.left + i * self.roll.step, top, 0] for i in (first, stop)]
        brace = Brace(Line(*ends), UP, buff=0.06).set_fill(MUTED)
        return VGroup(brace, words(text, LABEL_SIZE, MUTED).next_to(brace, UP, buff=0.12))

    def point_out_return(self, chord_brace: VGroup) -> None:
        places = [len(WORDS_ALONE) + 1 + WORDS_IN_CHORDS.index(RETURNING), COLUMNS - 1]
        boxes = VGroup(
            *(
                SurroundingRectangle(self.roll.columns[i], buff=0.04).set_stroke(GRAD, 3)
                for i in places
            )
        )
        label = words(f"{RETURNING}, both times", LABEL_SIZE, GRAD).move_to(chord_brace[1])
        self.play(ShowCreation(boxes, lag_ratio=0), FadeOut(chord_brace[1]), FadeIn(label))

    def overlap_note(self) -> VGroup:
        overlap = mean_overlap(np.array(list(self.patterns.values())))
        note = VGroup(
            words("two different chords,", LABEL_SIZE, MUTED),
            words("on average:", LABEL_SIZE, MUTED),
            words(f"|cos| = {overlap:.2f}", BODY_SIZE, GRAD),
        ).arrange(DOWN, aligned_edge=LEFT, buff=0.15)
        return note.next_to(self.brace, RIGHT, buff=0.25).shift(1.6 * DOWN)
