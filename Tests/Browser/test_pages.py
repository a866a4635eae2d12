"""Presses the controls of the report and of the listening test in a real browser.

    AUDIOLM=.build/release/audiolm python -m pytest Tests/Browser

needs `pip install pytest playwright` and Debian's `chromium`. SCREENSHOTS=FOLDER keeps pictures to look at.
"""

import json
import math
import os
import re
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

AUDIOLM = Path(os.environ.get("AUDIOLM", ".build/release/audiolm")).resolve()
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
RATE = 24_000


def write_notes(path: Path, seconds: float, root: int, first: float = 0.0) -> None:
    """A decaying note every 0.3 s, of a scale above the MIDI key `root`; `first` is the time of the first sample."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = []
    for i in range(round(seconds * RATE)):
        time = first + i / RATE
        number, since = int(time / 0.3), time % 0.3
        frequency = 440 * 2 ** ((root + (0, 4, 7, 12, 9)[number % 5] - 69) / 12)
        samples.append(0.3 * math.exp(-4 * since) * math.sin(2 * math.pi * frequency * time))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *(round(32767 * s) for s in samples)))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three prompts, real continuations, a system, and the report and listening test made of them."""
    folder = tmp_path_factory.mktemp("comparison")
    for number, name in enumerate(("one", "two", "three")):
        root = 55 + 3 * number
        write_notes(folder / f"prompts/{name}.wav", 3, root)
        write_notes(folder / f"real/{name}.wav", 8, root, first=3)
        write_notes(folder / f"tool/{name}.wav", 8, root + 1)
    compare(folder, "--blind", "3")
    return folder


def compare(folder: Path, *more: str) -> None:
    systems = f"tool={folder}/tool,truth,other,loop"
    subprocess.run(
        [AUDIOLM, "compare", folder / "prompts", "--systems", systems, "--reference", folder / "real",
         "--seconds", "8", "--quiet", "-o", folder / "report", *more],
        check=True)  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--autoplay-policy=no-user-gesture-required"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Opens a page; any error on one, or request to a network, fails the test at its end."""
    problems: list[str] = []

    def open_page(file: Path, **options) -> Page:
        page = browser.new_context(**options).new_page()
        page.on("pageerror", lambda error: problems.append(f"{file.name}: {error}"))
        page.on("console", lambda line: line.type == "error" and problems.append(f"{file.name}: {line.text}"))
        page.on("request", lambda request: re.match("file:|blob:|data:", request.url) or problems.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    assert not problems


def picture(page: Page, name: str, **options) -> None:
    if "SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png", **options)


def seconds(page: Page) -> float:
    return float(page.locator(".prompt output").first.text_content().split()[0])


def checked(page: Page) -> str:
    return page.locator(".prompt").first.locator("[aria-checked=true]").text_content()


def test_players(opened, folder: Path) -> None:
    page = opened(folder / "report/index.html", viewport={"width": 1280, "height": 900})
    card = page.locator(".prompt").first
    card.locator(".play").click()
    page.wait_for_timeout(1200)
    playing = seconds(page)
    assert playing > 0.5
    page.keyboard.press("3")
    page.wait_for_timeout(700)
    assert checked(page) == "other"
    assert playing < seconds(page) < playing + 2.5, "switching keeps the place"
    cursors = card.locator(".cursor:visible")
    assert cursors.count() == 4
    picture(page, "playing")
    page.keyboard.press(" ")
    page.wait_for_timeout(200)
    stopped = seconds(page)
    page.wait_for_timeout(400)
    assert seconds(page) == stopped and card.locator(".play").text_content() == "Play"
    page.keyboard.press("ArrowRight")
    assert seconds(page) == pytest.approx(stopped + 1, abs=0.11)
    page.keyboard.press("s")
    assert seconds(page) == pytest.approx(1, abs=0.11), "two seconds before the seam, which is at 3 s"
    page.keyboard.press("ArrowUp")
    assert checked(page) == "truth"
    box = card.locator(".pictures").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 20)
    assert checked(page) == "tool"
    assert seconds(page) == pytest.approx(5.5, abs=0.2)
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "three"


def test_tables_and_themes(opened, folder: Path) -> None:
    page = opened(folder / "report/index.html", viewport={"width": 1280, "height": 900}, color_scheme="dark")
    table = page.locator("#summary-tables table").first
    head = table.locator("th", has_text="Pitch classes")
    names = lambda: table.locator("tbody td:first-child").all_text_contents()  # noqa: E731
    assert names() == ["tool", "truth", "other", "loop"]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending" and names()[0] in ("loop", "truth")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending" and names()[-1] in ("loop", "truth")
    picture(page, "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.locator("#units").check()
    assert "correlation" in head.text_content() or page.get_by_text("correlation").count()
    page.locator("#test-measure").select_option("timbre")
    assert page.locator("#test-table tbody tr").count() == 6
    assert page.locator("#drift-plots svg").count() >= 4
    picture(page, "light", full_page=True)


def test_on_a_phone(opened, folder: Path) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = opened(folder / "report/index.html", **phone)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = page.locator(".prompt").first
    card.scroll_into_view_if_needed()
    card.locator(".play").tap()
    page.wait_for_timeout(900)
    assert seconds(page) > 0.3
    card.get_by_role("radio", name="loop").tap()
    assert checked(page) == "loop"
    picture(page, "phone")


def test_listening_test(opened, folder: Path) -> None:
    page = opened(folder / "report/blind.html", accept_downloads=True)
    page.locator("#listener").fill("tester")
    page.locator("#begin").click()
    for number in range(3):
        assert page.locator("#count").text_content() == f"{number + 1} of 3"
        assert page.locator("#choose-a").is_disabled()
        page.keyboard.press("a")
        page.keyboard.press("s")
        page.wait_for_timeout(5000)
        page.keyboard.press("b")
        page.keyboard.press("s")
        page.wait_for_timeout(5000)
        if number == 0:
            picture(page, "blind")
        page.keyboard.press("1" if number < 2 else "0")
    with page.expect_download() as download:
        page.locator("#save").click()
    answers = folder / "answers.json"
    download.value.save_as(answers)
    saved = json.loads(answers.read_text())
    assert saved["listener"] == "tester" and len(saved["answers"]) == 3
    compare(folder, "--answers", str(answers))
    page = opened(folder / "report/index.html")
    assert page.locator("#preferences").is_visible()
    assert page.locator("#preference-table tbody tr").count() == 3
