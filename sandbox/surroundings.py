"""What stands around the actors of a fresh sandbox, as tables: aliases, links, nonces, configs, waiting workers.

Some of it is as it should not be, because that is how stores look after years: an alias, a link and a config whose
actor was deleted, nonces that nobody uses or that outlived their maker's rights. What is made of it is in `furnish.py`.
"""

from dataclasses import dataclass, field

DELETED = "old-tile-classifier"  # an actor that was there once; its alias and executions still are


@dataclass(frozen=True)
class Alias:
    """An alias: of which actor, and with whom its owner, who is the actor's, shares it."""

    alias: str
    actor: str
    shared: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Nonce:
    """A nonce of an actor or, where `on_alias` says so, of an alias: how often it may be used and was; days ago."""

    place: str
    owner: str
    level: str
    most: int
    used: int
    description: str
    made: int = 20
    last_used: float = 0.1
    on_alias: bool = False


@dataclass(frozen=True)
class Config:
    """A config: for which actors (by alias, or by name for the id), and with whom it is shared."""

    name: str
    owner: str
    value: str
    actors: tuple[str, ...]
    is_secret: bool = False
    shared: dict[str, str] = field(default_factory=dict)


ALIASES = (
    Alias("tiler", "sentinel-2-tiler", {"team": "READ"}),
    Alias("qc", "fastq-qc-router"),
    Alias("ingest", "rnaseq-ingest", {"team": "UPDATE"}),
    Alias("notify", "slack-notify", {"ABACO_WORLD": "READ"}),
    Alias("plates", "plate-reader-etl", {"demo": "UPDATE"}),
    Alias("canary", "worker-canary"),
    Alias("tile-classifier", DELETED),
)
LINKS = {  # from, to; by alias where it is one
    "protein-fold-submit": "tile-results",
    "tile-results": "notify",
    "flow-gate": "metadata-sync",
    "lidar-thin": "tile-classifier",
}
NONCES = (
    Nonce("sentinel-2-tiler", "demo", "EXECUTE", -1, 118, "The tile server's webhook."),
    Nonce("sentinel-2-tiler", "demo", "READ", 100, 37, "For the status page."),
    Nonce("sentinel-2-tiler", "demo", "UPDATE", -1, 3, "Deploys from the old build server.", 410, 260),
    Nonce("rnaseq-ingest", "demo", "EXECUTE", 5000, 4210, "The sequencer in room 2.114."),
    Nonce("rnaseq-ingest", "team", "EXECUTE", 10, 10, "Used up after the workshop.", 60, 58),
    Nonce("rnaseq-ingest", "marek", "EXECUTE", -1, 902, "", 500, 2),  # who has left
    Nonce("image-classifier", "demo", "UPDATE", 5, 0, "For the maintainer, while demo is away."),
    Nonce("slack-notify", "team", "EXECUTE", -1, 64, "The alert script.", 200, 1),  # whose grant was revoked
    Nonce("plate-reader-etl", "team", "EXECUTE", -1, 380, "The plate reader itself."),
    Nonce("plate-reader-etl", "team", "READ", 50, 0, "For a visitor who never came.", 150),
    Nonce("tiler", "demo", "EXECUTE", -1, 41, "The map's preview, whichever tiler it is.", on_alias=True),
    Nonce("tiler", "demo", "READ", 20, 0, "", on_alias=True),
    Nonce("plates", "demo", "EXECUTE", 500, 77, "The reader on the second floor.", on_alias=True),
    Nonce("tile-classifier", "demo", "EXECUTE", -1, 12, "Nobody knows any more.", 700, 380, on_alias=True),
)
CONFIGS = (
    Config("catalogue-url", "demo", "https://catalogue.example.org/rnaseq-2026", ("rnaseq-ingest", "qc")),
    Config(
        "object-store-key", "demo", "key-of-the-sandbox-only", ("ingest", "sentinel-2-tiler"), True, {"team": "READ"}
    ),
    Config("lab-channel", "demo", "#sequencing", ("notify",)),
    Config("plate-layout", "team", "{'rows': 8, 'columns': 12}", ("plates", "flow-gate")),
    Config("tile-classes", "demo", "water,forest,field,town", ("tile-classifier",)),
)
WORKERS = {
    "sentinel-2-tiler": 1,
    "fastq-qc-router": 2,
    "rnaseq-ingest": 1,
    "mesh-solver": 3,
    "hourly-cleanup": 1,
}
