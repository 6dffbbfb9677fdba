"""The actors a fresh sandbox is filled with, as a table. What is made of it is in `fill.py`.

What surrounds them, as aliases and nonces, stands in `surroundings.py`.
"""

from dataclasses import dataclass, field
from typing import Any

HOURLY, DAILY, WEEKLY, MONTHLY = "now + 1 hour", "now + 1 day", "now + 1 week", "now + 1 month"


@dataclass(frozen=True)
class Sketch:
    """One actor to make: what it is, how often it ran in thirty days, how long (seconds) and how badly."""

    name: str
    image: str
    owner: str
    description: str
    runs: int = 40
    seconds: float = 8
    failing: float = 0.02
    shared: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    workers: int = 1  # that have run it
    codes: tuple[int, ...] = (1, 1, 1, 2, 3, 126, 137)  # the exit codes of its failures
    error: str = "the input could not be read to its end"
    logs_of_a_day: bool = False  # whether each execution of the last day has its log, and each of the newest failures
    burst: "Sketch | None" = None  # what happened to it last night, on top of its ordinary runs


def broken(image: str) -> dict[str, Any]:
    """Return the fields of an actor whose image could not be pulled."""
    from sandbox.engine.worker import NOT_FOUND

    return {"status": "ERROR", "status_message": NOT_FOUND.format(image=image)}


def cron(schedule: str, on: bool = True) -> dict[str, Any]:
    """Return the fields of an actor that runs on a schedule, or would if it were on."""
    return {"cron_schedule": schedule, "cron_on": on}


def stateful(state: Any) -> dict[str, Any]:
    """Return the fields of an actor that keeps state."""
    return {"stateless": False, "state": state, "token": True}


def environment(**variables: str) -> dict[str, Any]:
    """Return the fields of an actor with variables of its own."""
    return {"default_environment": variables}


TEAM_RUNS, TEAM_READS, TEAM_UPDATES = {"team": "EXECUTE"}, {"team": "READ"}, {"team": "UPDATE"}
DEMO_RUNS, DEMO_READS, DEMO_UPDATES = {"demo": "EXECUTE"}, {"demo": "READ"}, {"demo": "UPDATE"}


def sketches() -> list[Sketch]:
    """Return the table, in the order in which the actors were registered."""
    return [
        Sketch("sentinel-2-tiler", "tacc/s2-tiler:2.4.1", "demo", "Cuts Sentinel-2 scenes into web map tiles.", 1200,
               9, 0.02, TEAM_RUNS | {"nadia.rahman": "READ"},
               environment(TILE_SIZE="512", FORMAT="png", BANDS="B04,B03,B02")),
        Sketch("fastq-qc-router", "tacc/fastq-qc:1.9", "demo", "Runs FastQC on new lanes, routes the good ones.", 900,
               22, 0.03, TEAM_READS, environment(MIN_QUALITY="28", ADAPTERS="truseq")),
        Sketch("rnaseq-ingest", "tacc/rnaseq-ingest:0.7.2", "demo", "Takes RNA-seq manifests into the catalogue.", 5000,
               6, 0.07, TEAM_UPDATES, environment(CATALOGUE="rnaseq-2026", BATCH="50")),
        Sketch("hourly-cleanup", "abacosamples/test:latest", "demo", "Removes scratch files older than a week.", 720,
               2, 0.005, {}, cron(HOURLY) | environment(SCRATCH="/scratch", DAYS="7")),
        Sketch("image-classifier", "abacosamples/binary_message_classifier", "demo", "Says what an uploaded file is.",
               640, 1.5, 0.04, {"ABACO_WORLD": "EXECUTE"}),
        Sketch("plate-reader-etl", "tacc/report-builder:3.1", "team", "Turns plate reader exports into tables.", 380,
               12, 0.03, DEMO_RUNS),
        Sketch("jupyter-spawn-hook", "tacc/webhook-relay:1.2", "team", "Tells the hub when a notebook may start.", 420,
               1, 0.01, DEMO_READS, {"webhook": "https://hub.example.org/hooks/spawn"}),
        Sketch("slack-notify", "tacc/webhook-relay:1.0", "demo", "Posts to the lab's channel when a run ends.", 560,
               0.8, 0.02, {"team": "NONE"}, {"webhook": "https://hooks.example.org/lab", "hints": ["notify"]}),
        Sketch("word-count", "abacosamples/wc", "demo", "Counts the words of a message: the first actor of everybody.",
               260, 0.4, 0, TEAM_RUNS),
        Sketch("dem-hillshade", "tacc/s2-tiler:2.3", "team", "Shades elevation models for the base map.", 310, 30, 0.05,
               DEMO_UPDATES),
        Sketch("run-counter", "sandbox/counter", "demo", "Counts its own runs and keeps the number in its state.", 90,
               0.6, 0, {}, stateful({"count": 90})),
        Sketch("py3-functions", "abacosamples/py3_func:1.2", "demo", "Calls a function with the arguments it is sent.",
               150, 0.5, 0.06),
        Sketch("sleep-loop", "abacosamples/sleep_loop", "demo", "Sleeps in a loop; good for trying what halting does.",
               60, 10, 0, {}, environment(sleep="1", iterations="20")),
        Sketch("chatty-aligner", "sandbox/chatty", "demo", "Aligns reads and says a great deal while doing so.", 75, 45,
               0.05),
        Sketch("tile-results", "sandbox/results", "demo", "Sends its tiles as results: JSON, text, a picture.", 80,
               3, 0),
        Sketch("progress-bar", "sandbox/progress", "demo", "Draws a progress bar while it works.", 45, 2.2, 0),
        Sketch("assembly-big", "sandbox/memory:k63", "demo", "Assembles with k-mers of 63; needs much memory.", 35,
               140, 0.5, {}, {"mem_limit": "128m"}),
        Sketch("always-fails", "sandbox/fail", "demo", "Exits with the code it is sent; for alerts.", 30, 0.3, 1),
        Sketch("cloud-mask-rc", "tacc/cloud-mask:0.9-rc1", "demo", "Masks clouds with the new model.", 25, 15, 0.2, {},
               broken("tacc/cloud-mask:0.9-rc1")),
        Sketch("genome-index-build", "tacc/genome-index:latest", "demo", "Builds the index of a reference genome.", 0,
               fields={"status": "SUBMITTED"}),
        Sketch('<b>bold</b> & "quotes"', "abacosamples/test", "demo", "<script>alert('hello')</script> {{ 7*7 }}",
               12, 0.5, 0, {}, environment(HTML="<img src=x onerror=alert(1)>")),
        Sketch("daily-digest", "tacc/report-builder:2.0", "demo", "Writes a digest of yesterday's runs.", 30, 18, 0.03,
               TEAM_READS, cron(DAILY)),
        Sketch("weekly-audit", "tacc/report-builder:2.0", "admin", "Lists who may do what, every week.", 5, 25, 0, {},
               cron(WEEKLY)),
        Sketch("nwm-forecast-pull", "tacc/webhook-relay:1.4", "team", "Fetches the water model's forecast.", 350, 7,
               0.04, DEMO_READS, cron(HOURLY)),
        Sketch("mesh-solver", "tacc/mesh-solver:5.0", "team", "Solves surge models on a mesh.", 120, 95, 0.06, {},
               {"max_workers": 4, "default_environment": {"sleep": "1", "iterations": "30"}}),
        Sketch("lidar-thin", "tacc/s2-tiler:1.8", "team", "Thins point clouds before they are stored.", 140, 40, 0.04),
        Sketch("sbol-validate", "abacosamples/py3_func:1.0", "team", "Validates designs before they are registered.",
               210, 1.1, 0.09, DEMO_RUNS),
        Sketch("flow-gate", "tacc/report-builder:1.1", "team", "Gates flow cytometry plates.", 95, 33, 0.08),
        Sketch("lab-inventory", "tacc/run-counter:1.0", "team", "Keeps what is left on the shelves.", 60, 0.7, 0.02,
               DEMO_READS, stateful({"count": 60, "shelves": {"A": 12, "B": 7, "C": [1, 2.5, None, "µl"]}})),
        Sketch("barcode-demux", "tacc/fastq-qc:1.8", "team", "Splits lanes by barcode.", 180, 60, 0.05),
        Sketch("tide-gauge-watch", "tacc/webhook-relay:1.1", "team", "Watches gauges, raises alarms.", 300, 0.9, 0.01,
               {}, cron(HOURLY)),
        Sketch("old-classifier", "tacc/old-classifier:0.1", "team", "Superseded by image-classifier.", 10, 4, 0.3,
               DEMO_READS, broken("tacc/old-classifier:0.1")),
        Sketch("metadata-sync", "tacc/rnaseq-ingest:0.6", "team", "Copies metadata between catalogues.", 240, 3, 0.03),
        Sketch("quota-report", "tacc/report-builder:1.0", "admin", "Reports who is near their quota.", 30, 14, 0, {},
               cron(DAILY, on=False)),
        Sketch("worker-canary", "abacosamples/test", "admin", "Runs every hour to see that workers start.", 700, 0.3,
               0.002, {}, cron(HOURLY)),
        Sketch("log-shipper", "tacc/webhook-relay:2.0", "admin", "Ships logs to the archive.", 250, 5, 0.02),
        Sketch("license-check", "abacosamples/wc:1.1", "admin", "Counts seats in use.", 1, 0.4, 0, DEMO_READS,
               cron(MONTHLY)),
        Sketch("gpu-probe", "tacc/gpu-probe:cuda12", "admin", "Asks the GPUs how they are.", 8, 6, 0.4, {},
               broken("tacc/gpu-probe:cuda12")),
        Sketch("protein-fold-submit", "tacc/mesh-solver:4.2", "demo", "Submits folding jobs and waits for them.", 70,
               180, 0.08, TEAM_READS, environment(sleep="1", iterations="15")),
        Sketch("a-name-so-long-that-no-column-of-any-table-has-room-for-all-of-it-and-it-must-be-cut-somewhere",
               "tacc/webhook-relay:1.0", "demo", "A long description too. " * 20, 20, 1, 0),
    ]  # fmt: skip
