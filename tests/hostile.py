"""300 strings that a chat platform could take for more than text. Made by rule, so that each kind is complete."""

from __future__ import annotations

_MARKUP = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<@U0123456789>",
    "<@W0123456789|name>",
    "<#C0123456789|general>",
    "<!subteam^S0123456>",
    "<!date^1392734382^{date}|x>",
    "<https://evil.example|click>",
    "https://evil.example/a?b=c",
    "evil.example",
    "<mailto:a@evil.example|mail>",
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@!123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "<a:wave:123456789012345678>",
    "</cmd:123456789012345678>",
    "[x](https://evil.example)",
    "discord.gg/evil",
    "*bold*",
    "_italic_",
    "~strike~",
    "`code`",
    "```fence```",
    "> quote",
    "# heading",
    "- item",
    "||spoiler||",
    "&lt;!channel&gt;",
    "&amp;lt;",
    "<script>alert(1)</script>",
    '"}],"text":"<!channel>"',
    "{title}{0}%s%(x)s${x}",
    ":heart_eyes_cat:",
)
_INVISIBLE = ("\u202e", "\u2066", "\u200b", "\u2060", "\ufeff", "\x1b[31m", "\x07")

HOSTILE = tuple(
    dict.fromkeys(
        [
            *_MARKUP,
            *(mark + text for mark in _INVISIBLE for text in _MARKUP),
            *(text.translate(str.maketrans("<>@!#", "＜＞＠！＃")) for text in _MARKUP),
        ]
    )
)[:300]
