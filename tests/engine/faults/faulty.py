# ruff: noqa: BLE001, F403, F405, PTH110, PTH123, RUF012, SIM105
"""Scenes that go wrong, each in its own way."""

import ctypes
import os
import signal
import stat
import subprocess
import sys
import time

from manimlib import *


class Good(Scene):
    def construct(self):
        self.play(ShowCreation(Square()), run_time=0.4)


class Faulty(Scene):
    """Shows a little before it goes wrong."""

    def construct(self):
        self.wait(0.2)
        self.play(FadeIn(Circle()), run_time=0.2)
        self.go_wrong()
        self.wait(0.2)

    def go_wrong(self):
        pass


class Raises(Faulty):
    def go_wrong(self):
        cells = {}
        self.play(Rotate(cells["missing"], PI))


class RaisesInUpdater(Faulty):
    def go_wrong(self):
        def update(mob, dt):
            raise ValueError("halfway")

        self.add(Dot().add_updater(update))


class RaisesFromCause(Faulty):
    def go_wrong(self):
        try:
            open("nothing.csv").close()
        except OSError as error:
            raise RuntimeError("no data to show") from error


class RaisesAtOnce(Scene):
    def __init__(self, *args, **kwargs):
        raise TypeError("not even made")


class RaisesNothing(Faulty):
    def go_wrong(self):
        raise KeyboardInterrupt


class Asserts(Faulty):
    def go_wrong(self):
        assert self.num_plays == 100


class Hangs(Faulty):
    def go_wrong(self):
        time.sleep(600)


class Spins(Faulty):
    def go_wrong(self):
        while True:
            pass


class Endless(Faulty):
    def go_wrong(self):
        self.wait(10000, stop_condition=lambda: False)


class Shouts(Faulty):
    def go_wrong(self):
        for _ in range(5000):
            print("x" * 100_000)
        print("the last word")


def report_pipe():
    """The pipe that the farm listens to: the one that is neither output nor error."""
    for descriptor in range(3, 256):
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            pass
    raise AssertionError("there is none")


class WritesToReport(Faulty):
    text = b""

    def go_wrong(self):
        os.write(report_pipe(), self.text)


class WritesNoise(WritesToReport):
    text = b"\xff\x00 not a word of ours\n"


class WritesNoiseWithoutEnd(WritesToReport):
    def go_wrong(self):
        pipe = report_pipe()
        for _ in range(200):
            os.write(pipe, b"x" * 100_000)


class WritesBeforeOurs(WritesToReport):
    text = b"half a line"


class ForgesChunk(WritesToReport):
    text = b'{"event": "cut", "output": "/etc/passwd", "drawn": 1}\n'


class ForgesFailure(WritesToReport):
    text = b'{"event": "failed"}\n'


class ForgesNesting(WritesToReport):
    text = b"[" * 50_000 + b"\n"


class RaisesAtLength(Faulty):
    def go_wrong(self):
        raise ValueError("x" * 100_000_000)


class RaisesOddCharacters(Faulty):
    def go_wrong(self):
        raise ValueError("half a pair: \udc80")


class CannotSayWhy(Faulty):
    def go_wrong(self):
        class Mute(Exception):
            def __str__(self):
                raise TypeError("no words")

        raise Mute


class ClosesStdout(Faulty):
    def go_wrong(self):
        sys.stdout.close()
        sys.stderr.close()
        os.close(1)
        os.close(2)


class ClosesEverything(Faulty):
    def go_wrong(self):
        os.closerange(1, 256)


class Asks(Faulty):
    def go_wrong(self):
        input("Which one? ")


class Leaves(Faulty):
    def go_wrong(self):
        sys.exit(3)


class LeavesAtOnce(Faulty):
    def go_wrong(self):
        os._exit(0)


class KillsItself(Faulty):
    def go_wrong(self):
        os.kill(os.getpid(), signal.SIGKILL)


class Segfaults(Faulty):
    def go_wrong(self):
        ctypes.string_at(8)


class Shows(Scene):
    """Nothing: there is no play."""

    def construct(self):
        self.add(Square())


class HasNoConstruct(Scene):
    pass


class NeedsModule(Faulty):
    def go_wrong(self):
        import no_such_module_anywhere  # noqa: F401


class NeedsPicture(Faulty):
    def go_wrong(self):
        self.add(ImageMobject("portrait_of_nobody"))


class NeedsFile(Faulty):
    def go_wrong(self):
        np.load("data/nowhere.npy")


class NeedsFormula(Faulty):
    def go_wrong(self):
        self.add(Tex(R"\nosuchcommand{x}"))


class Hogs(Faulty):
    def go_wrong(self):
        kept = []
        while True:
            kept.append(np.ones(4_000_000))
            time.sleep(0.02)


class HogsAtOnce(Faulty):
    def go_wrong(self):
        np.zeros(10**15)


class LooksAtTheClock(Faulty):
    def go_wrong(self):
        self.play(FadeIn(Square(1 + time.time() % 1)), run_time=0.2)


class EndsWhenItLikes(Faulty):
    """Shorter every time after the first."""

    def go_wrong(self):
        if not os.path.exists("was_here"):
            self.wait(0.2)
        open("was_here", "w").close()


class OwnRate(Faulty):
    default_camera_config = {"fps": 24}


class OwnSize(Faulty):
    default_camera_config = {"resolution": (200, 100)}


class DrawsItself(Faulty):
    def go_wrong(self):
        class Odd(VGroup):
            def get_group_class(self):
                return Odd

            def render(self, *_):
                pass

        self.add(Odd(Square()))


class BadShader(Faulty):
    def go_wrong(self):
        self.add(Square().set_color_by_code("this is no GLSL;"))


class LeavesProcesses(Faulty):
    """One in its own group, one in a session of its own, one forked with all its pipes."""

    def go_wrong(self):
        subprocess.Popen(["sleep", "600"])
        subprocess.Popen(["sleep", "600"], start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
            os._exit(0)
        raise ValueError("and is gone")


class LeavesProcessesAndIsDone(LeavesProcesses):
    def go_wrong(self):
        try:
            super().go_wrong()
        except ValueError:
            pass


class SwallowsEverything(Scene):
    def construct(self):
        for _ in range(3):
            try:
                self.play(FadeIn(Square(1 + time.time() % 1)), run_time=0.2)
            except Exception:
                pass
