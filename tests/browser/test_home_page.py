"""The home page in a real browser: both languages, desktop and phone, no error in the console, no other host asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "api"))

from town import build_town

pytestmark = pytest.mark.browser
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served town with some cases in it."""
    folder = tmp_path_factory.mktemp("site")
    town = build_town(f"sqlite:///{folder / 'site.db'}", folder / "instance")
    for category in ("0101", "0102", "0101"):
        town.report(category=category)
        town.clock.advance(minutes=7)
    server = make_server("127.0.0.1", 0, town.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()
    town.services.store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium. Without one these tests are skipped loudly; where GRIDWRIGHT_BROWSER is `required`, they
    fail."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None)
    if found is None:
        missing = "no Chromium on PATH: the browser tests have not run (Debian: apt install chromium)"
        if os.environ.get("GRIDWRIGHT_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/api/v1/docs", "/no-such-page"])
def test_a_page_fits_its_screen_and_asks_no_other_host(
    browser: Browser, site: str, path: str, lang: str, size: str
) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN" if lang == "zh" else "en-US")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}{path}")
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
    assert page.locator("h1").is_visible()
    overflow: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    assert all(url.startswith(site) for url in asked)
    assert [text for text in complaints if "404 (NOT FOUND)" not in text] == []
    background = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert background == "rgb(247, 248, 250)"  # the style sheet was allowed and applied
    page.close()


def test_the_language_is_switched_by_its_link(browser: Browser, site: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(site)
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Grid governance"
    page.get_by_role("link", name="API documentation").click()
    page.get_by_text("Report something").click()
    assert page.locator("details[open]").get_by_text("Idempotency-Key").is_visible()
    page.close()
