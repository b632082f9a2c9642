"""What a person reads where the web client does not answer: one page, in both languages."""

from html import escape

PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Skiller</title>
</head>
<body>
<main>
<h1>Skiller revient dans un instant.</h1>
<p>Rien n’est perdu : attendez quelques secondes, puis rechargez cette page.</p>
<div lang="en">
<h2>Skiller will be back in a moment.</h2>
<p>Nothing is lost: wait a few seconds, then load this page again.</p>
</div>
<p><small>{correlation_id}</small></p>
</main>
</body>
</html>
"""


def page(correlation_id: str) -> bytes:
    """The page, with the id to tell the operator."""
    return PAGE.format(correlation_id=escape(correlation_id)).encode()
