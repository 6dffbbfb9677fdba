"""Make the pictures of README.md and `docs/`: `python -m docs.screenshots`, or with names to make only those.

It starts a sandbox with its full, believable store and a portal of its own, drives Chromium through the pages of SHOTS
and writes each as WebP into `docs/images/`. Nothing on a picture is drawn by hand, so they age only until the command
is run again. A picture that would be too large fails the command. When all are made, the fingerprint of what they were
made from is written beside them; `tests/test_front_room.py` compares it.
"""

import base64
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from docs.fingerprint import FILE, fingerprint
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.sandbox.support import Person, start_sandbox
from tests.support.running import running_portal

IMAGES = Path(__file__).parent / "images"
LARGEST = 150_000  # bytes of a picture
WIDTH, HEIGHT = 1280, 800
PHONE_WIDTH, PHONE_HEIGHT = 390, 780
READ = 120  # seconds that reading the history may take

# The browser itself writes WebP, so that no package is needed for it.
_TO_WEBP = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", 0.86).split(",")[1];
}"""


@dataclass(frozen=True)
class World:
    """What the pictures are of: ids by the names of the sandbox's actors, and of two of their executions."""

    actors: dict[str, str]
    failed: str
    succeeded: str

    def actor(self, name: str) -> str:
        """Return the address of an actor's page."""
        return f"/actors/{self.actors[name]}/"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, its page, what is done there first, and who looks at it how."""

    name: str
    path: Callable[[World], str]
    act: Callable[[Page], None] | None = None
    user: str = "demo"
    theme: str = "light"
    width: int = WIDTH
    height: int = HEIGHT


def _review(page: Page) -> None:
    page.get_by_role("textbox", name="Image").fill("tacc/s2-tiler:2.5.0")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name=re.compile("^Save")).wait_for()


def _help(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def _filled(page: Page) -> None:
    page.locator("table.actors svg.sparkline").first.wait_for(state="attached")


def _to_log(page: Page) -> None:
    page.locator(".log-card").scroll_into_view_if_needed()


SHOTS: tuple[Shot, ...] = (
    Shot("overview", lambda world: "/"),
    Shot("overview-dark", lambda world: "/", theme="dark"),
    Shot("actors", lambda world: "/actors/", _filled),
    Shot("actors-phone", lambda world: "/actors/", _filled, width=PHONE_WIDTH, height=PHONE_HEIGHT),
    Shot("actor", lambda world: world.actor("rnaseq-ingest")),
    Shot("edit", lambda world: world.actor("sentinel-2-tiler") + "edit/", _review),
    Shot("delete", lambda world: world.actor("sentinel-2-tiler") + "delete/"),
    Shot("message", lambda world: world.actor("word-count") + "messages/"),
    Shot("executions", lambda world: "/executions/?window=7d"),
    Shot("execution", lambda world: world.actor("rnaseq-ingest") + f"executions/{world.failed}/"),
    Shot("log", lambda world: world.actor("rnaseq-ingest") + f"executions/{world.failed}/logs/?find=could", _to_log),
    Shot(
        "compare",
        lambda world: (
            f"/compare/?a={world.actors['rnaseq-ingest']}/{world.failed}"
            f"&b={world.actors['rnaseq-ingest']}/{world.succeeded}"
        ),
    ),
    Shot("nonces", lambda world: "/nonces/"),
    Shot("permissions", lambda world: world.actor("image-classifier") + "permissions/"),
    Shot("schedules", lambda world: "/schedules/"),
    Shot("activity", lambda world: "/activity/"),
    Shot("administration", lambda world: "/administration/", user="admin"),
    Shot("help", lambda world: "/executions/?window=7d", _help),
    Shot("preferences", lambda world: "/account/preferences/"),
)


def world_of(demo: Person) -> World:
    """Return the ids of the sandbox's actors, and of a failed and a good execution of one of them."""
    actors = {actor["name"]: actor["id"] for actor in demo.get("") if actor.get("name")}
    day = f"{datetime.now(UTC) - timedelta(hours=20):%Y-%m-%dT%H:%M:%S}"  # of which the API still has the logs
    wanted = f"status=COMPLETE&messageReceivedTime.gt={day}&limit=500"
    ended = demo.get(f"/{actors['rnaseq-ingest']}/executions?{wanted}")["search"]
    newest = sorted(ended, key=lambda row: str(row["messageReceivedTime"]), reverse=True)
    failed = next((row["id"] for row in newest if row["exitCode"] == 1), newest[-1]["id"])
    return World(actors, failed, next(row["id"] for row in newest if row["exitCode"] == 0))


def sign_in(browser: Browser, url: str, shot: Shot) -> Page:
    """Return a page of a browser of its own, signed in as whoever looks."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(shot.user)
    page.get_by_label("Password").fill(shot.user)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(url + "/")
    return page


def act_a_little(page: Page, world: World) -> None:
    """Do what leaves a line on the activity, as anybody does on an ordinary day."""
    page.goto(world.actor("word-count") + "nonces/")
    page.get_by_role("button", name="Create nonce").click()
    page.locator("#new-nonce").wait_for()
    page.goto(world.actor("word-count") + "messages/")
    page.locator("textarea[name=message]").fill("the quick brown fox")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/executions/**")


def read_history(page: Page) -> None:
    """Let the portal read the history of the last days, as it does while somebody looks at it."""
    end = time.monotonic() + READ
    page.goto("/executions/?window=7d")
    while page.get_by_text("Syncing history").count() and time.monotonic() < end:
        page.wait_for_timeout(500)
        page.goto("/executions/?window=7d")


def take(browser: Browser, url: str, world: World, shot: Shot) -> bytes:
    """Return one picture as WebP."""
    page = sign_in(browser, url, shot)
    page.goto(shot.path(world))
    page.wait_for_load_state("networkidle")
    if shot.act:
        shot.act(page)
        page.wait_for_timeout(300)
    png = page.screenshot(animations="disabled")
    page.goto("about:blank")
    picture: Any = page.evaluate(_TO_WEBP, base64.b64encode(png).decode())
    page.context.close()
    return base64.b64decode(picture)


def main(names: Sequence[str]) -> int:
    """Make the pictures that are named, or all; return how many could not be made."""
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    if unknown := set(names) - {shot.name for shot in SHOTS}:
        sys.stdout.write(f"There is no such picture: {', '.join(sorted(unknown))}.\n")
        return len(unknown)
    if not CHROMIUM:
        sys.stdout.write("No Chromium was found. On Debian: apt install chromium\n")
        return len(wanted)
    wrong, made_from = 0, fingerprint()
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        sandbox = start_sandbox(Path(directory), fill="full")
        try:
            demo = sandbox.sign_in("demo")
            world = world_of(demo)
            with running_portal(Path(directory), sandbox.url) as portal:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = sign_in(browser, portal.url, SHOTS[0])
                act_a_little(page, world)
                read_history(page)
                for shot in wanted:
                    picture = take(browser, portal.url, world, shot)
                    is_large = len(picture) > LARGEST
                    wrong += is_large
                    (IMAGES / f"{shot.name}.webp").write_bytes(picture)
                    note = ": too large" if is_large else ""
                    sys.stdout.write(f"docs/images/{shot.name}.webp, {len(picture) / 1000:.0f} kB{note}\n")
                    sys.stdout.flush()
                browser.close()
        finally:
            sandbox.stop()
    if not wrong and len(wanted) == len(SHOTS):  # where only some are made, the others may be of older pages
        FILE.write_text(made_from + "\n")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
