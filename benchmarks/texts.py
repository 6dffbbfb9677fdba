"""P13: what each thing done with a text of the API costs, by the length of texts that are made to be hard for it.

A text is one unit again and again, or two halves of such: what is done again for each unit of the one, and looks at all
of the other, is quadratic, though neither half is hard by itself. Each is measured at two lengths: a short one is cut
nowhere, and a long one goes through everything that is done in pieces.
"""

import gc
from collections.abc import Iterable, Mapping

from benchmarks import probe
from benchmarks.bench import Bench
from benchmarks.handling import Act, acts
from benchmarks.hard_texts import HARD, MORE, Kind, Made, texts_of
from benchmarks.measuring import Figure

SIZES = (800, 24_000)  # characters, of which TIMES as many are compared
TIMES = 8
TRIES = 6  # the least of so many counts: what else the machine does only adds
CHEAP = 20e-6  # ms a character; what costs less is the memory's doing, in which a longer text is dearer
LONG_ENOUGH = 0.5  # ms; what is quicker is done several times


def p13(bench: Bench) -> None:
    """Compare what is done with every text of them, at every length."""
    bench.figures |= grown(HARD + MORE)


def grown(kinds: Iterable[Kind] = HARD) -> dict[str, Figure]:
    """Return of each goal the figure of its act and text that grow fastest."""
    texts = texts_of(kinds)
    return {goal: _worst(goal, done, texts) for goal, done in acts().items()}


def _worst(goal: str, done: Mapping[str, Act], texts: Mapping[str, Made]) -> Figure:
    worst = Figure(goal)
    for name, act in done.items():
        for text, made in texts.items():
            for size in SIZES:
                figure = _grown(goal, act, made, size)
                if figure.ratio > worst.ratio:
                    figure.note = f"{name}: {text}, {size:,} characters"
                    worst = figure
    return worst


def _grown(goal: str, act: Act, made: Made, size: int) -> Figure:
    """Take the CPU of both lengths in turn, until it is clear that it does not grow too fast; the least of each."""
    figure, short, long = Figure(goal), made(size), made(size * TIMES)
    times = max(1, min(40, int(LONG_ENOUGH / max(_cpu(act, short, 1), 0.001))))
    for _ in range(TRIES):
        figure.add(_cpu(act, short, times), _cpu(act, long, 1))
        base, figure.value = (min(pair[place] for pair in figure.rounds) for place in (0, 1))
        figure.base = max(base, size * CHEAP)
        figure.ratio = figure.value / figure.base
        if figure.ratio < TIMES * 1.4:
            break
    return figure


def _cpu(act: Act, text: str, times: int) -> float:
    gc.disable()
    try:
        before = probe.own_cpu()
        for _ in range(times):
            act(text)
        return (probe.own_cpu() - before) / times
    finally:
        gc.enable()
