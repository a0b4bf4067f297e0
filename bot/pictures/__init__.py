"""The night in pictures: composed as SVG here, turned into PNG beside the event loop.

Every picture says the same in words: its `alt` text. Nothing is told by colour alone.
"""
