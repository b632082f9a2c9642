"""Pictures as SVG text: pure functions of numbers that the API answers.

No style attribute and no script: geometry stands in attributes, colours in the style sheet.
Each is decoration (aria-hidden) beside the same facts in words.
"""
