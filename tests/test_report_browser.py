"""The reports in a real browser: Debian's Chromium, from file://, without network."""

import argparse
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rich", reason="the extra 'eval' is not installed")
pytest.importorskip("sklearn", reason="the extra 'eval' is not installed")

import classifier
from classifier.evaluate.command import run
from classifier.evaluate.options import add_options
from tests.conftest import require
from tests.evaluate_support import FakeModel

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
#: axe-core from npm, for tests only: `npm install axe-core` in any folder named by AXE_CORE.
AXE = [
    Path(os.environ.get("AXE_CORE", "node_modules/axe-core")) / "axe.min.js",
    Path("/opt/fw-axe/node_modules/axe-core/axe.min.js"),
]
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"

ARTICLE = """Morning \N{GRINNING FACE} in the town.

He was stabbed in the street. There was gore on the wall. Damn, he said.

It was quiet again. What shit.
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        require(False, "playwright is not installed: pip install playwright")
        raise
    require(Path(CHROMIUM).exists(), "no Chromium: apt-get install chromium")
    with sync_playwright() as play:
        try:
            started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            require(False, f"Chromium does not start: {str(error)[:200]}")
            raise
        yield started
        started.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both reports of the model of four words."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "bad.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "clean.txt").write_text("All is well. </script><b>Fine.", encoding="utf-8")
    (folder / "odd.txt").write_text("xyzzy plugh. It was quiet.", encoding="utf-8")
    (folder / "rough.txt").write_text("Damn. It was quiet.", encoding="utf-8")
    (folder / "gory.txt").write_text("Gore on the wall\n\nIt was quiet.\n", encoding="utf-8")
    rows = [
        {"id": str(i), "text": text, "violence": v, "profanity": p, "source": "ab"[i % 2]}
        for i, (text, v, p) in enumerate(
            [("He was stabbed.", 2, 0), ("Gore.", 0, 0), ("Quiet.", 3, 1), ("Shit.", 0, 2)] * 30
        )
    ]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_options(parser)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "load", lambda *_, **__: FakeModel())
        patch.chdir(folder)
        texts = ["bad.txt", "clean.txt", "odd.txt", "rough.txt", "gone.txt"]
        assert run(parser.parse_args([*texts, "--html", "new.html"])) == 0
        assert run(parser.parse_args(["gory.txt", "--html", "gory.html"])) == 0
        measured = ["rows.jsonl", "--resamples", "50", "--html", "labelled.html"]
        assert run(parser.parse_args(measured)) == 0
    return folder


@pytest.fixture
def visit(browser: Any, reports: Path) -> Iterator[Any]:
    """Open a report; whatever it would load from elsewhere, or complain of, fails the test."""
    contexts, trouble = [], []

    def open_(name: str = "new.html", *, dark: bool = False, width: int = 1300) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 850}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith("file://") else trouble.append(f"asked for {r.url}"),
        )
        page.goto(f"file://{reports / name}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not trouble


def names(page: Any) -> list[str]:
    found: list[str] = page.locator(".doc .file").all_inner_texts()
    return found


def status(page: Any) -> str:
    page.wait_for_timeout(150)
    said: str = page.locator("#status").inner_text()
    return said


def test_documents_stand_by_severity_with_their_tags(visit: Any) -> None:
    page = visit()
    assert names(page) == ["bad.txt", "rough.txt", "odd.txt", "clean.txt"]
    assert page.locator(".head h2").inner_text() == "bad.txt"
    assert "graphic-violence" in page.locator(".head .tags").inner_text()
    assert "1 skipped" in page.locator(".problems").inner_text()


def test_the_headline_names_a_document_and_stands_large_above_its_text(visit: Any) -> None:
    page = visit()
    first, second = page.locator(".doc").nth(0), page.locator(".doc").nth(1)
    assert first.locator(".name").inner_text() == "Morning \N{GRINNING FACE} in the town."
    assert first.locator(".file").inner_text() == "bad.txt"
    assert second.locator(".name").inner_text() == "rough.txt", "one line is no headline"
    assert page.locator(".text .headline").inner_text() == "Morning \N{GRINNING FACE} in the town."


def test_a_headline_of_level_3_is_hidden_in_the_list_too(visit: Any) -> None:
    page = visit("gory.html")
    gory = page.locator(".doc")
    assert "gore" not in gory.inner_text().lower()
    page.locator("#open3").check()
    assert "Gore" in gory.inner_text()


def test_walking_tells_where_one_is(visit: Any) -> None:
    page = visit()
    assert page.locator("#at").inner_text() == "4 of 6 flagged"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("#at").inner_text() == "2 of 4 flagged"


def test_evidence_is_underlined_behind_an_emoji(visit: Any) -> None:
    page = visit()
    assert page.locator("mark.v2 u.ev.v").inner_text() == "stabbed"
    assert page.locator("mark.p2 u.ev.p").inner_text() == "shit"


def test_markup_in_a_text_stays_text(visit: Any) -> None:
    page = visit()
    page.locator(".doc", has_text="clean.txt").click()
    assert "</script><b>Fine." in page.locator(".text").inner_text()


def test_level_3_is_not_in_the_page_until_it_is_asked_for(visit: Any) -> None:
    page = visit()
    assert "gore" not in page.locator("#article").inner_text()
    page.locator(".reveal").click()
    assert page.locator("mark.v3 u").inner_text() == "gore"
    assert page.evaluate("document.activeElement.className") == "chip stop"


def test_show_level_3_reveals_all(visit: Any) -> None:
    page = visit()
    page.locator("#open3").check()
    assert page.locator(".reveal").count() == 0


def test_reasons_open_on_demand_and_close_again(visit: Any) -> None:
    page = visit()
    chip = page.locator("mark.v2 .chip")
    chip.click()
    assert chip.get_attribute("aria-expanded") == "true"
    reasons = page.locator(".because")
    assert "2 described or more" in reasons.inner_text()
    assert "70 %" in reasons.inner_text()
    assert "stabbed" in reasons.locator("th").inner_text()
    assert "+2.00" in reasons.inner_text()
    chip.click()
    assert reasons.count() == 0


def test_a_document_that_was_not_assessed_is_shown_as_such(visit: Any) -> None:
    page = visit()
    page.locator(".doc", has_text="odd.txt").click()
    assert "not assessed" in page.locator(".head .tags").inner_text()
    assert "not English" in page.locator(".notice").inner_text()
    page.locator("#which").select_option("na")
    assert names(page) == ["odd.txt"]


def test_filters_by_label_level_probability_and_words(visit: Any) -> None:
    page = visit()
    page.locator("[name=label][value='0']").uncheck()
    assert names(page) == ["bad.txt", "rough.txt"]
    assert page.locator("mark.v2").count() == 0
    page.locator("[name=level][value='2']").check()
    assert names(page) == ["bad.txt"]
    page.locator("#sure").fill("75")
    assert status(page).startswith("0 of 4")
    page.locator("#sure").fill("0")
    page.locator("[name=label][value='0']").check()
    page.locator("[name=level][value='1']").check()
    page.locator("#find").fill("plugh")
    assert status(page).startswith("1 of 4")
    assert names(page) == ["odd.txt"]


def test_moving_a_threshold_tags_again_and_reset_takes_it_back(visit: Any) -> None:
    page = visit()
    page.locator("#knobs summary").click()
    for cut in (2, 3):
        page.locator(f"#t-violence-{cut}").fill("0.95")
    assert "1 with fewer" in status(page)
    assert "was: graphic-violence, profanity" in page.locator(".head .tags").inner_text()
    assert page.locator("mark.v1").count() == 2, "still level 1, and no longer hidden"
    page.locator("#t-profanity-2").fill("0.05")
    page.locator("#which").select_option("changed")
    assert names(page) == ["bad.txt", "rough.txt"]
    page.locator("#reset").click()
    page.locator("#which").select_option("all")
    assert status(page) == "4 of 4 documents"


def test_the_keyboard_walks_sentences_and_documents(visit: Any) -> None:
    page = visit()
    focused = "document.activeElement.dataset.i"
    page.keyboard.press("j")
    first = page.evaluate(focused)
    page.keyboard.press("j")
    assert int(page.evaluate(focused)) > int(first)
    page.keyboard.press("k")
    assert page.evaluate(focused) == first
    page.keyboard.press("Enter")
    assert page.locator(".because").count() == 1
    page.keyboard.press("n")
    assert page.locator(".head h2").inner_text() == "rough.txt"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("j")
    assert page.locator("#find").input_value() == "j", "keys are letters in a search box"


def test_single_keys_can_be_switched_off(visit: Any) -> None:
    page = visit()
    page.keyboard.press("?")
    page.locator("#shortcuts").uncheck()
    page.locator("dialog button").click()
    page.keyboard.press("n")
    assert page.locator(".head h2").inner_text() == "bad.txt"


def test_on_a_phone_the_list_leads_to_a_document_and_back(visit: Any) -> None:
    page = visit(width=390)
    assert not page.locator("#article").is_visible()
    page.locator(".doc").first.click()
    assert page.locator(".head h2").is_visible()
    assert not page.locator("#list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".back").click()
    assert page.locator("#list").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("name", ["new.html", "labelled.html"])
def test_axe_finds_nothing(visit: Any, name: str, dark: bool, width: int) -> None:
    script = next((path for path in AXE if path.exists()), None)
    require(script, "no axe-core: npm install axe-core, or name its folder in AXE_CORE")
    assert script
    page = visit(name, dark=dark, width=width)
    page.evaluate(script.read_text(encoding="utf-8"))
    assert not wrong(page)
    if name == "new.html":
        page.locator("#knobs summary").click()
        page.locator(".doc").first.click()
        page.locator(".reveal").first.click()
        page.locator(".chip").first.click()
        assert not wrong(page)
        page.keyboard.press("?")
    else:
        for details in page.locator("details").all():
            details.evaluate("it => it.open = true")
    assert not wrong(page)


def wrong(page: Any) -> list[Any]:
    """What axe finds in the page as it stands: its rule and the first elements."""
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    return [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found["violations"]]


def test_on_a_phone_the_buttons_stand_below_the_text_and_cover_nothing(visit: Any) -> None:
    page = visit(width=390)
    page.locator(".doc").first.click()
    bar = page.locator(".walk").bounding_box()
    assert bar["y"] + bar["height"] == pytest.approx(850, abs=1)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator(".para").last.bounding_box()
    assert last["y"] + last["height"] <= bar["y"]


def test_the_labelled_report_hides_level_3_and_shows_figures(visit: Any) -> None:
    page = visit("labelled.html")
    assert "Quadratic weighted kappa" in page.locator("main").inner_text()
    assert page.locator("figure svg[role=img]").count() == 4
    page.locator("details.kind", has_text="missed").first.locator("summary").first.click()
    hidden = page.locator("details.graphic").first
    assert not hidden.locator(".quote").is_visible()
    hidden.locator("summary").click()
    assert hidden.locator(".quote").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
