"""The course as one book on paper: ``python -m coursekit.site.press`` writes ``_build/pdf/gradients.pdf``.

It is made from the built site, one module for each concern:

* ``contents``: parts and chapters, their order and numbers, from ``_toc.yml``
* ``anchors``: ids and links of all pages made those of one document
* ``paper``: what a reader of paper gets for what one opens, moves or hears on the site
* ``questions``: predictions, results and quizzes in print
* ``document``: title page, contents, parts, chapters, hints, solutions and answers put together
* ``printing``: the document printed by Chromium, page numbers filled in
* ``finishing``: outline, title and dates of the PDF, and what it is held to
"""


class PressError(RuntimeError):
    """The book could not be printed; the message says which page or tool is to blame."""
