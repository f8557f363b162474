"""Tests of the library, the chapters, the widgets, the editions and the built website."""
