"""The page that a person sees after installing the app. It loads nothing and repeats nothing that a browser sent."""

from __future__ import annotations

from html import escape

from slack_bolt.response import BoltResponse

from bot.core.messages import Language, Messages

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ font: 1.1rem/1.6 sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }}</style>
</head>
<body>
<h1>{title}</h1>
<p>{sentence}</p>
<p><a href="{address}">{link}</a></p>
</body>
</html>
"""

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Set-Cookie": "slack-app-oauth-state=deleted; Secure; HttpOnly; Path=/; Max-Age=0",
}


def page(language: Language, sentence: str, status: int, address: str | None = None) -> BoltResponse:
    """A page with one sentence.

    Args:
        language: to say it in.
        sentence: its name.
        status: of the response.
        address: where the app is to be found in Slack; None if it is not, and then the link begins anew.
    """
    messages = Messages(language)
    body = _PAGE.format(
        language=language,
        title=escape(messages("home_title")),
        sentence=escape(messages(sentence)),
        address=escape(address or "install"),
        link=escape(messages("oauth_open" if address else "oauth_again")),
    )
    return BoltResponse(status=status, body=body, headers=dict(_HEADERS))
