"""Labelling: a page on which a person corrects the boxes of a label set.

Enters: a label set on disk and a person's corrections. Leaves: the same set, corrected; archives of it. Answers under
loopback names only, loads nothing foreign, and never shows or keeps a picture that is not masked already.
"""
