"""Takes the picture of one prompt in a report of `audiolm compare`, as the README shows it.

    python Tests/Browser/picture.py compare-demo/report/index.html bwv846-prelude-026 Documentation/compare.png
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main(report: str, prompt: str, target: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(Path(report).resolve().as_uri())
        page.locator(".prompt", has_text=prompt).first.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
