"""How large the stores of the benchmarks are, and the people and actors in them."""

import random
from dataclasses import dataclass

PERSON = "demo"
SEED = 20261
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000  # milliseconds
DAYS = 30

LETTERS = "0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
EXECUTORS = tuple(f"person{number:02}" for number in range(1, 13))
SELDOM = "seldom"  # a person, and below an exit code, that five executions have, however many there are
SELDOM_CODE = 99
SELDOM_TIMES = 5
OWNERS = tuple(f"owner{number:02}" for number in range(1, 21))
IMAGES = tuple(f"bench/image-{number:02}:1.{number % 4}" for number in range(1, 31))
WORKERS = 20  # of each actor


@dataclass(frozen=True)
class Shape:
    """How large a store is."""

    name: str
    executions: int
    actors: int

    @property
    def is_small(self) -> bool:
        """Whether it is what the others are compared with."""
        return self.executions == 250


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("one-250", 250, 1),
        Shape("one-100k", 100_000, 1),
        Shape("all-250", 250, 300),
        Shape("all-1m", 1_000_000, 300),
    )
}


@dataclass(frozen=True)
class Actor:
    """An actor of a store, as the stub of the API describes it too."""

    key: int
    id: str
    name: str
    owner: str
    image: str
    workers: tuple[str, ...]


def actors_of(shape: Shape) -> tuple[Actor, ...]:
    """Return the actors of a store, the same each time."""
    chance = random.Random(f"{SEED} actors")  # noqa: S311 - believable, not secret
    return tuple(
        Actor(
            number,
            an_id(chance),
            f"bench-actor-{number:03}",
            OWNERS[(number - 1) % len(OWNERS)],
            IMAGES[(number - 1) % len(IMAGES)],
            tuple(an_id(chance) for _ in range(WORKERS)),
        )
        for number in range(1, shape.actors + 1)
    )


def an_id(chance: random.Random) -> str:
    """Make an id as the API writes them."""
    # A small and a large letter in fixed places: what has neither is no id but an alias.
    return "a" + "".join(chance.choices(LETTERS, k=11)) + "Z"
