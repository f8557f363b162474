"""The decks of slides: how a chapter is split, and every deck of the built site in a browser."""

import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from coursekit import content
from coursekit.site import slides_deck, slides_pieces
from coursekit.site.slides_blocks import Heading, Item, Said, blocks
from coursekit.site.slides_notes import mixed
from coursekit.site.slides_split import MOST, ROOM, sentences, split
from tests.browser import OF_COLOR, PHONE, RULES, chapters, decks, opened, settle, wait_for
from tests.test_editions import solution_lines
from tests.test_site_axe import axe, violations  # noqa: F401

PROJECTOR = {"width": 1280, "height": 720}
LARGE = {"width": 1920, "height": 1080}


def tag(html):
    return BeautifulSoup(html, "html.parser").find()


def said(text):
    return Said(f"<p>{text}</p>", tag(f"<p>{text}</p>"))


def code(lines, **more):
    return Item("code", f"<pre>{lines}</pre>", lines, 60, **more)


def output(lines, **more):
    return Item("output", f"<samp>{lines}</samp>", lines, 40, **more)


HEAD = Heading(2, "A question", "a-question")
FIGURE = Item("figure", "<svg></svg>")


def shape(slides):
    return [[item.kind for item in slide.items] for slide in slides]


class TestSplitting:
    def test_the_first_slide_has_the_heading_and_the_first_words(self):
        [[slide]] = split([HEAD, said("Why is it so? Nobody knows."), Item("formula", "x", 3)])
        assert slide.opens
        assert slide.lead == "Why is it so? Nobody knows."
        assert slide.notes == ["<p>Why is it so? Nobody knows.</p>"]

    def test_a_picture_has_a_slide_and_what_is_read_out_below_it_its_notes(self):
        [[opening, slide]] = split(
            [HEAD, said("One."), said("Two."), FIGURE, said("See the bend. It is sharp.")]
        )
        assert shape([opening, slide]) == [[], ["figure"]]
        assert slide.caption == "See the bend. It is sharp."
        assert slide.notes == ["<p>See the bend. It is sharp.</p>"]

    def test_what_leads_to_an_item_goes_with_it(self):
        [[_, second]] = split([HEAD, FIGURE, said("So much for that."), said("Now:"), FIGURE])
        assert second.lead == "Now:"
        assert second.notes == ["<p>Now:</p>"]

    def test_code_and_its_output_share_a_slide_while_there_is_room(self):
        [[slide]] = split([HEAD, code(8, cell=1), output(4, cell=1)])
        assert shape([slide]) == [["code", "output"]]
        assert not slide.beside

    def test_an_answer_waits_for_the_output_that_it_is_read_from(self):
        reveal = Item("reveal", "<div></div>", 4, cell=1)
        [[slide]] = split([HEAD, code(8, cell=1), output(2, cell=1, later=True), reveal])
        assert [(item.kind, item.later) for item in slide.items] == [
            ("code", False), ("output", True), ("reveal", True),
        ]  # fmt: skip
        [[slide]] = split([HEAD, code(8, cell=1), output(2, cell=1), Item("reveal", "", 4, cell=1)])
        assert not slide.items[-1].later

    def test_the_output_of_long_code_stands_beside_it(self):
        [[slide]] = split([HEAD, code(15, cell=1), output(8, cell=1)])
        assert slide.beside
        assert slide.lines <= ROOM + 3

    def test_code_that_is_too_much_for_one_slide_goes_to_the_next(self):
        [slides] = split([HEAD, code(10, cell=1), code(10, cell=2)])
        assert shape(slides) == [["code"], ["code"]]

    @pytest.mark.parametrize(("words", "count"), [("So it is. " * 2, 2), ("very " * 60, 1)])
    def test_no_slide_is_left_with_its_heading_alone(self, words, count):
        [slides] = split([HEAD, said(words), code(30)])
        assert len(slides) == count
        assert all(slide.lead or slide.items for slide in slides)

    def test_a_section_without_items_names_its_parts(self):
        parts = [Heading(3, "First", "first"), FIGURE, Heading(3, "Second", "second"), FIGURE]
        [slides] = split([HEAD, said("There are two."), *parts])
        assert shape(slides) == [["list"], ["figure"], ["figure"]]
        assert "First" in slides[0].items[0].html
        assert [slide.part for slide in slides] == ["", "First", "Second"]

    def test_nothing_said_is_lost_or_said_twice(self):
        words = [said(f"Word {n}.") for n in range(6)]
        row = [HEAD, words[0], words[1], FIGURE, words[2], words[3], code(3), words[4], FIGURE]
        [slides] = split([*row, words[5]])
        assert [note for slide in slides for note in slide.notes] == [each.html for each in words]


class TestWords:
    def test_two_sentences_or_one_or_none(self):
        paragraph = tag("<p>One <code>a. B</code> is it. Two. Three.</p>")
        assert sentences(paragraph, 40, first=True) == "One <code>a. B</code> is it. Two."
        assert sentences(paragraph, 16, first=True) == "One <code>a. B</code> is it."
        assert sentences(paragraph, 5, first=True) == ""
        assert sentences(paragraph, 40, first=False) == "Three."

    def test_a_number_or_an_inline_element_does_not_end_a_sentence(self):
        paragraph = tag('<p>It is 0.5 for <em id="x">all.</em> of them.</p>')
        assert sentences(paragraph, 90, True) == "It is 0.5 for <em>all.</em> of them."


class TestPieces:
    def test_code_is_cut_between_statements_and_keeps_every_line(self):
        functions = [f"def f{n}():\n" + "    pass\n\n    x\n" * 3 for n in range(8)]
        element = tag("<div><pre>" + "\n\n".join(functions) + "</pre></div>")
        pieces = slides_pieces.code(element)
        assert len(pieces) > 2
        texts = [piece.get_text() for piece in pieces]
        assert all(text.startswith("def f") for text in texts)
        assert max(text.count("\n") for text in texts) <= slides_pieces.CODE + 1
        lines = [line for text in texts for line in text.split("\n") if line]
        assert lines == [line for line in element.get_text().split("\n") if line]

    def test_short_code_stays_whole(self):
        element = tag("<div><pre>a\n\n\nb\n</pre></div>")
        assert [piece.get_text() for piece in slides_pieces.code(element)] == ["a\n\nb\n"]

    def test_a_long_table_is_cut_and_each_piece_has_the_head(self):
        rows = "".join(f"<tr><td>{n}</td><td>{'word ' * 30}</td></tr>" for n in range(12))
        head = "<thead><tr><th>A</th><th>B</th></tr></thead>"
        table = tag(f"<div><table>{head}<tbody>{rows}</tbody></table></div>")
        pieces = slides_pieces.table(table)
        assert len(pieces) > 1
        assert all(head in piece for piece in pieces)
        assert sum(piece.count("<td>") for piece in pieces) == 24


PAGE = """<section id="t"><h1>Title</h1><p class="facts">9 minutes</p><p>You will be able to</p>
<ul><li>see;</li></ul><p>You need nothing.</p>
<section id="a"><div class="heading heading-2"><h2>A</h2></div><p>Say <a href="#b">this</a>.</p>
<div class="cell"><div class="cell_input"><pre>a = 1</pre></div></div>
<section id="e"><div class="heading heading-3"><h3>Exercise</h3></div><p>Find b.</p>
<details><summary>Hint</summary><p>Look.</p></details>
<div class="cell tag_exercise"><div class="cell_input"><pre>b = ...</pre></div></div>
<div class="cell tag_solution tag_hide-cell"><details><summary>Solution</summary>
<div class="cell_input"><pre>b = 2</pre></div></details></div></section></section>
<section id="quiz"><div class="heading heading-2"><h2>Quiz</h2></div><div class="cell">
<div class="cell_output"><div class="ck-slot" data-model="q"></div></div></div></section>
<section id="sources"><div class="heading heading-2"><h2>Sources</h2></div><p>A book.</p></section>
</section>"""
STATE = json.dumps({"state": {"q": {"state": {"kind": "quiz", "questions": [{}, {}, {}]}}}})


class TestDeck:
    def test_a_small_page(self):
        notes = [(1, "<p>Ask.</p>"), (2, "<p>Wait.</p>")]
        deck = slides_deck.deck(PAGE, "part/t", STATE, notes)
        first, quiz = deck["sections"]
        assert deck["opening"]["objectives"] == "<ul><li>see;</li></ul>"
        assert deck["opening"]["notes"] == "<p>You need nothing.</p>"
        assert [s.name for s in first + quiz] == ["a", "e", "quiz", "quiz-2", "quiz-3"]
        assert shape(first) == [["code"], ["task", "code"]]
        assert "Ask." in first[0].notes[0]
        assert 'href="../../part/t.html#b"' in first[0].notes[1]
        assert first[0].lead.startswith("Say ")
        assert [re.search(r'data-only="(\d)"', s.items[0].html)[1] for s in quiz] == list("123")
        assert "Wait." in quiz[0].notes[0]
        assert quiz[0].notes[-1] == "<p>A book.</p>"
        written = str(deck)
        assert "b = ..." in written
        assert "b = 2" not in written
        assert "Look." not in written

    def test_a_page_without_objectives_is_refused(self):
        with pytest.raises(ValueError, match="title and a list"):
            slides_deck.opening(tag("<section><h1>T</h1></section>"))

    def test_a_note_comes_when_its_section_begins(self):
        inner = Heading(3, "Inner", "inner")
        row = [HEAD, said("First."), code(1), inner, code(1), Heading(2, "Next", "next"), code(1)]
        placed = list(mixed(row, [(0, "<p>M</p>"), (1, "<p>N</p>"), (2, "<p>O</p>")]))
        assert [place for place, each in enumerate(placed) if getattr(each, "is_note", False)] == [
            1,
            2,
            8,
        ]
        assert ["M" in placed[1].html, "N" in placed[2].html, "O" in placed[8].html] == [True] * 3
        (first, *_), _ = split(placed)
        assert first.lead == "First."
        assert len(first.notes) == 3

    def test_numbers_of_lines_are_as_the_style_sheet_expects(self):
        items = list(blocks(tag(PAGE), {"q": "quiz"}))
        assert all(item.lines <= MOST for item in items if isinstance(item, Item))


# The built site

SHOWN = """() => {
  const slide = [...document.querySelectorAll(".slide")]
    .find((each) => each.matches(".present") && each.parentElement.matches(".present"));
  const [root, body] = [document.documentElement, slide.querySelector(".slide-body")];
  const outside = (e) => {
    const [a, b] = [e.getBoundingClientRect(), body.getBoundingClientRect()];
    return a.width > 0 && (a.left < b.left - 1 || a.right > b.right + 1);
  };
  return {
    id: slide.id,
    kinds: [...slide.querySelectorAll(".item")].map((item) => item.classList[1]),
    text: body.innerText.trim().length,
    over: [body.scrollWidth - body.clientWidth, body.scrollHeight - body.clientHeight],
    page: [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight],
    reachable: body.tabIndex === 0 && !!body.getAttribute("aria-label"),
    outside: [...body.children].filter(outside).map((e) => e.className),
    dead: [...slide.querySelectorAll(".ck-slot")].filter((slot) => {
      const box = slot.querySelector(".ck-stage")?.getBoundingClientRect();
      return slot.dataset.state !== "ready" || !box || box.width < 100 || box.height < 20;
    }).map((slot) => slot.dataset.model),
    low: [...slide.querySelectorAll(".item-figure .ck-figure")]
      .map((e) => e.getBoundingClientRect().height).filter((h) => h < innerHeight / 4),
    last: document.querySelector(".deck-on").disabled,
  };
}"""
OPACITY = "(element) => getComputedStyle(element).opacity"
#: The slide that the speaker's view shows.
NOW = "document.querySelector('.slide-now')?.id"
FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go))))"

each_deck = pytest.mark.parametrize("name", decks() or ["slides/gradients/slope.html"])
SAMPLE = "slides/gradients/slope.html"


def walk(page, key=None):
    """Go through a deck by a key, or by its button; return what each of its slides shows."""
    seen = {}
    for _ in range(400):
        page.evaluate(FRAMES)
        shown = page.evaluate(SHOWN)
        seen[shown["id"]] = shown
        if shown["last"]:
            return list(seen.values())
        page.keyboard.press(key) if key else page.evaluate(
            "document.querySelector('.deck-on').click()"
        )
    raise AssertionError("the deck has no end")


def faults_of(slides):
    """What is wrong with a slide's layout; only code that cannot be cut may scroll."""
    wrong = []
    for slide in slides:
        scrolls = max(slide["over"]) > 1
        if scrolls and not (slide["reachable"] and "item-code" in slide["kinds"]):
            wrong.append((slide["id"], "overflows", slide["over"]))
        if slide["over"][0] > 1 or max(slide["page"]) > 0 or slide["outside"]:
            wrong.append((slide["id"], "too wide", slide["outside"], slide["page"]))
        if slide["dead"] or slide["low"]:
            wrong.append((slide["id"], "not alive or too low", slide["dead"], slide["low"]))
    return wrong


def read(site, name):
    return BeautifulSoup((site / name).read_text("utf8"), "html.parser")


@pytest.mark.site
class TestFiles:
    def test_every_chapter_has_a_deck(self):
        assert [name.removeprefix("slides/") for name in decks()] == chapters()

    @each_deck
    def test_a_deck_has_what_its_chapter_has_and_no_solution(self, site, name):
        deck, chapter = read(site, name), read(site, name.removeprefix("slides/"))
        path = content.root() / name.removeprefix("slides/").replace(".html", ".ipynb")
        models = [
            {slot["data-model"] for slot in soup.select(".ck-slot")} for soup in (deck, chapter)
        ]
        assert models[0] == models[1]
        for kind in (".ck-figure", ".ck-claim"):
            assert len(deck.select(f".item {kind}")) == len(chapter.select(kind))
        notes = [
            c for c in nbformat.read(path, 4).cells if "instructor" in c.metadata.get("tags", [])
        ]
        assert len(deck.select(".notes .for-instructor")) == len(notes) > 0
        assert len(deck.select(".slide-title li")) >= 2
        assert deck.select(".item-table")
        assert deck.select_one('meta[name="robots"]')["content"] == "noindex"
        written = deck.get_text() + "".join(script.get_text() for script in deck.select("script"))
        assert [line for line in solution_lines(path) if line in written] == []
        assert not deck.select(".slide details")

    @each_deck
    def test_the_links_of_a_deck_lead_somewhere(self, site, name):
        folder, deck = (site / name).parent, read(site, name)
        for link in deck.select("a[href], script[src], link[href], audio[src]"):
            url = link.get("href") or link["src"]
            if url.startswith("#"):
                assert deck.find(id=url[1:]), url
            elif not re.match(r"[a-z]+:", url):
                assert (folder / re.split(r"[?#]", url)[0]).is_file(), url

    def test_decks_are_in_no_search_and_no_sitemap(self, site):
        assert "slides/" not in (site / "searchindex.js").read_text("utf8")
        sitemap = site / "sitemap.xml"
        assert not sitemap.is_file() or "slides/" not in sitemap.read_text("utf8")


def speakers_view(page):
    """Open the speaker's view of a deck that shows its first slide; return its page."""
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value
    settle(notes)
    wait_for(notes, f"{NOW} === 'slide-start'")
    return notes


@pytest.mark.site
class TestInBrowser:
    @each_deck
    def test_every_slide_fits_and_its_widgets_live(self, open_page, name):
        with open_page(name, viewport=PROJECTOR) as page:
            slides = walk(page, "ArrowRight" if name == SAMPLE else None)
            assert len(slides) == page.locator(".slides .slide").count() > 20
            assert faults_of(slides) == []
            assert min(s["text"] for s in slides if "item-figure" not in s["kinds"]) > 3
            assert page.watch.faults == []

    @pytest.mark.parametrize("name", ["slides/optimizers/adaptive.html", SAMPLE])
    def test_a_large_screen_shows_the_same(self, open_page, name):
        with open_page(name, viewport=LARGE, color_scheme="dark") as page:
            assert faults_of(walk(page)) == []

    def test_a_deck_works_from_the_disk(self, open_page, bases):
        with open_page(SAMPLE, bases["file"], viewport=PROJECTOR) as page:
            assert faults_of(walk(page, "PageDown")) == []
            assert page.watch.faults == []

    def test_a_slider_moves_and_the_slide_stays(self, open_page):
        with open_page(SAMPLE + "#/slide-try-it", viewport=PROJECTOR) as page:
            slide = page.locator("#slide-try-it")
            slider = slide.locator("input[type=range]").first
            before = slide.locator(".ck-sentence").inner_text()
            slider.focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "(old) => document.querySelector('#slide-try-it .ck-sentence').innerText !== old",
                arg=before,
            )
            assert page.evaluate(SHOWN)["id"] == "slide-try-it"
            # A clicker turns the slide all the same, and Escape gives the arrows back.
            page.keyboard.press("PageDown")
            assert page.evaluate(SHOWN)["id"] != "slide-try-it"
            page.keyboard.press("PageUp")
            assert page.evaluate(SHOWN)["id"] == "slide-try-it"
            slider.focus()
            page.keyboard.press("Escape")
            page.keyboard.press("ArrowRight")
            assert page.evaluate(SHOWN)["id"] != "slide-try-it"

    def test_a_point_is_dragged_to_where_the_mouse_is(self, open_page):
        with open_page(SAMPLE + "#/slide-try-it", viewport=LARGE) as page:
            page.evaluate(FRAMES)
            handle = page.locator("#slide-try-it .ck-handle .ck-hit").first
            box = handle.bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 90, y, steps=5)
            page.mouse.up()
            moved = handle.bounding_box()
            assert abs(moved["x"] + moved["width"] / 2 - (x + 90)) < 4
            assert page.evaluate(SHOWN)["id"] == "slide-try-it"

    def test_a_question_answered_on_its_slide_is_counted_on_the_next(self, open_page):
        with open_page(SAMPLE + "#/slide-quiz", viewport=PROJECTOR) as page:
            page.locator("#slide-quiz .ck-ask:visible input").nth(0).check()
            page.locator("#slide-quiz .ck-ask:visible button").click()
            page.keyboard.press("ArrowRight")
            assert page.locator("#slide-quiz-2 .ck-ask:visible").count() == 1
            assert page.locator("#slide-quiz-2 .ck-score").inner_text().startswith("1 of")

    @pytest.mark.parametrize("scheme", ["http", "file"])
    def test_the_speakers_view_keeps_in_step(self, browser, bases, scheme):
        with opened(browser, bases[scheme], SAMPLE, viewport=PROJECTOR) as page:
            notes = speakers_view(page)
            page.keyboard.press("ArrowRight")
            wait_for(notes, f"{NOW} === 'slide-a-loop-that-makes-things-worse'")
            assert "A spring is pulled" in notes.locator(".speaker-notes").inner_text()
            notes.keyboard.press("PageDown")
            page.wait_for_url("**-worse-2")
            wait_for(notes, f"{NOW} === 'slide-a-loop-that-makes-things-worse-2'")
            page.reload()
            settle(page)
            page.keyboard.press("ArrowLeft")
            wait_for(notes, f"{NOW} === 'slide-a-loop-that-makes-things-worse'")
            assert page.watch.faults == []

    def test_sections_lead_to_their_first_slides(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            menu = page.locator(".deck-contents")
            names = menu.locator("a").all_text_contents()
            assert names[:2] == ["A loop that makes things worse", "What is a slope?"]
            menu.locator("summary").click()
            menu.get_by_text("Which way? The sign rule").click()
            page.wait_for_url("**#/slide-which-way-the-sign-rule")
            page.evaluate(FRAMES)
            shown = page.evaluate(SHOWN)
            assert shown["id"] == "slide-which-way-the-sign-rule"
            assert faults_of([shown]) == []
            assert page.evaluate("[scrollX, scrollY]") == [0, 0]
            assert not menu.locator("ol").is_visible()
            menu.locator("summary").press("Enter")
            assert menu.locator("ol").is_visible()
            page.keyboard.press("Escape")
            assert not menu.locator("ol").is_visible()
            page.locator(".deck-on").click()
            assert page.evaluate(SHOWN)["id"] != "slide-which-way-the-sign-rule"

    def test_b_makes_the_wall_black(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            page.keyboard.press("b")
            over = page.locator(".pause-overlay")
            assert over.is_visible()
            assert over.bounding_box()["height"] >= PROJECTOR["height"]
            page.keyboard.press("b")
            assert not over.is_visible()

    def test_keys_of_the_deck_work_where_a_slider_has_the_focus(self, open_page):
        with open_page(SAMPLE + "#/slide-try-it", viewport=PROJECTOR) as page:
            slider = page.locator("#slide-try-it input[type=range]").first
            slider.focus()
            page.keyboard.press("b")
            assert page.locator(".pause-overlay").is_visible()
            page.keyboard.press("b")
            assert not page.locator(".pause-overlay").is_visible()
            before = slider.input_value()
            page.keyboard.press("ArrowRight")
            assert slider.input_value() != before
            with page.expect_popup() as popup:
                page.keyboard.press("s")
            assert "?notes" in popup.value.url

    def test_the_arrows_move_in_the_open_list_of_sections(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            page.locator(".deck-contents summary").press("Enter")
            for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):
                page.keyboard.press(key)
            assert page.evaluate("document.activeElement.textContent") == "What is a slope?"
            assert page.evaluate(SHOWN)["id"] == "slide-start"
            page.keyboard.press("Enter")
            page.wait_for_url("**#/slide-what-is-a-slope")
            assert not page.locator(".deck-contents ol").is_visible()

    @pytest.mark.parametrize("scheme", ["http", "file"])
    def test_the_speakers_window_has_the_keys_and_goes_along(self, browser, bases, scheme):
        with opened(browser, bases[scheme], SAMPLE, viewport=PROJECTOR) as page:
            notes = speakers_view(page)
            notes.keyboard.press("b")
            page.locator(".pause-overlay").wait_for()
            notes.keyboard.press("b")
            page.locator(".pause-overlay").wait_for(state="hidden")
            notes.keyboard.press(" ")
            wait_for(notes, f"{NOW} === 'slide-a-loop-that-makes-things-worse'")
            # To the next chapter, by the list's last entry: the notes follow, and are in step there.
            page.locator(".deck-contents summary").click()
            page.locator(".deck-following a").click()
            page.wait_for_url("**/many_parameters.html**")
            notes.wait_for_url("**/many_parameters.html?notes**")
            settle(notes)
            wait_for(notes, f"{NOW} === 'slide-start'")
            notes.keyboard.press("ArrowRight")
            page.wait_for_url("**#/slide-two-knobs")
            assert page.watch.faults == []

    def test_an_answer_comes_open_to_a_room_that_kept_no_guess(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            answer = page.locator(".item-reveal.fragment").first
            name = page.locator(".slide:has(.item-reveal.fragment)").first.get_attribute("id")
            page.goto(page.url.split("#")[0] + f"#/{name}")
            while page.evaluate(OPACITY, answer.element_handle()) != "1":
                assert "Measured" not in answer.inner_text()
                page.keyboard.press("ArrowRight")
                page.evaluate(FRAMES)
                assert page.evaluate(SHOWN)["id"] == name
            assert "Measured: It grows, faster and faster." in answer.inner_text()
            page.keyboard.press("ArrowRight")
            assert page.evaluate(SHOWN)["id"] != name

    def test_a_kept_guess_does_not_tell_the_answer_before_the_output(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            asks = page.locator(".slide:has(.item-predict)").first
            page.goto(page.url.split("#")[0] + "#/" + asks.get_attribute("id"))
            asks.locator("input").first.check()
            asks.locator(".ck-button").click()
            page.keyboard.press("Escape")
            answer = page.locator(".item-reveal").first
            output = page.locator(".slide:has(.item-reveal) .item-output").first
            seen = []
            while not answer.is_visible() or page.evaluate(OPACITY, answer.element_handle()) != "1":
                page.keyboard.press("ArrowRight")
                page.evaluate(FRAMES)
                seen.append(page.evaluate(OPACITY, output.element_handle()))
                assert len(seen) < 10
            assert seen[-2:] == ["1", "1"]  # the output stood there one press before
            assert "You guessed" in answer.inner_text()

    def test_an_address_of_a_slide_leads_a_phone_to_it(self, open_page):
        with open_page(SAMPLE + "#/slide-try-it", viewport=PHONE) as page:
            box = page.locator("#slide-try-it").bounding_box()
            assert abs(box["y"]) < PHONE["height"] / 2

    def test_an_address_still_holds_when_the_widgets_of_a_phone_stand(self, open_page):
        with open_page(SAMPLE + "#slide-quiz", viewport=PHONE) as page:
            page.wait_for_timeout(500)
            assert abs(page.locator("#slide-quiz").bounding_box()["y"]) < 100

    def test_nothing_is_made_smaller_on_a_phone(self, open_page):
        with open_page(SAMPLE, viewport=PHONE) as page:
            page.wait_for_timeout(500)
            zooms = "[...document.querySelectorAll('.item')].map((e) => getComputedStyle(e).zoom)"
            assert set(page.evaluate(zooms)) == {"1"}

    def test_a_phone_has_the_list_of_sections_at_hand(self, open_page):
        with open_page(SAMPLE, viewport=PHONE) as page:
            menu = page.locator(".deck-contents")
            menu.locator("summary").click()
            box = menu.locator("ol").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
            assert box["y"] >= 0
            menu.get_by_text("Which way? The sign rule").click()
            page.wait_for_timeout(300)
            assert not menu.locator("ol").is_visible()
            assert abs(page.locator("#slide-which-way-the-sign-rule").bounding_box()["y"]) < 100

    def test_a_phone_shows_the_slides_below_each_other(self, open_page):
        with open_page(SAMPLE, viewport=PHONE) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            assert page.locator(".slides .slide:visible").count() > 20
            assert page.locator(".notes:visible").count() == 0

    def test_paper_has_a_slide_on_each_page(self, open_page):
        with open_page(SAMPLE, viewport=PROJECTOR) as page:
            page.keyboard.press("ArrowRight")
            slides = page.locator(".slides .slide").count()
            pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
            assert slides - 4 <= pages <= slides + 3

    @pytest.mark.parametrize("name", [SAMPLE, "slides/pathologies/doctor.html"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, open_page, axe, name, theme):  # noqa: F811
        with open_page(name, viewport=PROJECTOR, color_scheme=theme) as page:
            seen = set()
            for _ in range(400):
                page.evaluate(FRAMES)
                shown = page.evaluate(SHOWN)
                kinds = tuple(shown["kinds"])
                if kinds not in seen:
                    seen.add(kinds)
                    rules = RULES if theme == "light" else OF_COLOR
                    assert violations(page, axe, rules=rules) == [], shown["id"]
                if shown["last"]:
                    break
                page.keyboard.press("ArrowRight")
            page.goto(page.url.split("#")[0] + "?notes#/slide-start")
            settle(page)
            assert violations(page, axe) == [], "speaker's view"
