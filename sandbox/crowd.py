"""What `SANDBOX_FILL=large` adds: a hundred thousand executions of forty actors, and people who ran them.

One actor has half of them; last night somebody's runs of it nearly all failed within one hour.
"""

from dataclasses import replace

from sandbox.believable import Sketch

COLLEAGUES = {
    "nadia": ("Nadia", "Rahman"),
    "oskar": ("Oskar", "Lindqvist"),
    "priya": ("Priya", "Iyer"),
    "mateo": ("Mateo", "Fuentes"),
    "yuki": ("Yuki", "Tanabe"),
    "ines": ("Inês", "Carvalho"),
    "tomas": ("Tomáš", "Novák"),
    "amara": ("Amara", "Okafor"),
    "lena": ("Lena", "Vogt"),
}
LAST_NIGHT = 1_200  # executions of one person
SOURCES = ("nanopore", "illumina", "cryo-em", "maldi", "lidar", "argo-floats", "goes-16", "weather-radar")
STEPS = ("ingest", "check", "align", "report", "archive")
SECONDS = {"ingest": 6, "check": 2, "align": 38, "report": 11, "archive": 4}
UNSEEN = ("maldi-archive", "lidar-archive", "goes-16-report")  # nobody but their owner may read these


def crowd(executions: int) -> list[Sketch]:
    """Return actors with so many executions: the one with half of them first, then many, a few of which run often."""
    everybody = dict.fromkeys((*COLLEAGUES, "team"), "EXECUTE")
    largest = Sketch(
        "sequence-aligner", "tacc/sequence-aligner:4.2", "demo", "Aligns reads to the reference genomes.",
        executions // 2 - LAST_NIGHT, 14, 0.035, everybody, {"max_workers": 8}, workers=8,
        logs_of_a_day=True,
    )  # fmt: skip
    night = replace(
        largest, runs=LAST_NIGHT, owner="nadia", shared={}, seconds=1.4, failing=0.94, codes=(3,),
        error="cannot reach the reference store refstore.example.org:5432: password authentication failed",
    )  # fmt: skip
    names = [f"{source}-{step}" for step in STEPS for source in SOURCES][1:]
    weights = [1 / (place + 3) for place in range(len(names))]
    rest = executions - largest.runs - night.runs
    runs = [int(rest * weight / sum(weights)) for weight in weights]
    runs[0] += rest - sum(runs)
    others = [_of_the_crowd(name, place, number) for place, (name, number) in enumerate(zip(names, runs, strict=True))]
    return [replace(largest, burst=night), *others]


def _of_the_crowd(name: str, place: int, runs: int) -> Sketch:
    source, _, step = name.rpartition("-")
    people = list(COLLEAGUES)
    owner = "demo" if place % 3 else "team"
    shared = dict.fromkeys((people * 2)[place % 9 : place % 9 + 4], "EXECUTE")
    if name in UNSEEN:
        owner, shared = "team", {}
    elif owner != "demo":
        shared["demo"] = "READ"
    description = f"The {step} step of the {source} pipeline."
    failing = 0.01 + 0.01 * (place % 6)
    return Sketch(
        name, f"tacc/{source}-{step}:{1 + place % 4}.{place % 7}", owner, description, runs, SECONDS[step], failing,
        shared, workers=1 + place % 4, logs_of_a_day=True,
    )  # fmt: skip
