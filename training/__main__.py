"""``python -m training``: make a model, measure it, put it into service."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

import nlp
from training.commands.around import BAD_DATA, CONFIG, INTERRUPTED, IO_ERROR, USAGE, Around, in_words
from training.commands.line import command_line, what_is_wrong
from training.errors import DataError
from training.host import Host, find_host
from training.messages import Language, choose_language, language, say, speaking

_CTRL_C = 130  # what Typer makes of it
_EXTRA = {"tensorflow", "keras", "sklearn", "scipy", "joblib", "matplotlib"}


def main(
    arguments: Sequence[str] | None = None,
    host: Host | None = None,
    program: str = "python -m training",
    language: Language | None = None,
) -> int:
    """Run; a user's mistake is one sentence and a status, not a traceback.

    Args:
        arguments: of the command line; those of this process if None.
        host: the program around; the installed one if None.
        program: what was typed.
        language: to speak; by ``--lang``, else by ``NUNCHI_LANG``, else Korean if None.

    Returns:
        The exit status.
    """
    _prepare_output()
    words = list(sys.argv[1:] if arguments is None else arguments)
    wish = language or choose_language(_take_language(words), os.environ)
    with speaking(wish or "ko"):
        if wish is None:
            return _complain(say("usage_language", program=program), USAGE)
        return _run(words, host, program)


def _take_language(words: list[str]) -> str | None:
    """Take ``--lang xx`` out of the words, wherever before ``--`` it stands."""
    end = words.index("--") if "--" in words else len(words)
    for i in range(end):
        if words[i] == "--lang" and i + 1 < end:
            _, wish = words.pop(i), words.pop(i)
            return wish
        if words[i].startswith("--lang="):
            return words.pop(i).removeprefix("--lang=")
    return None


def _prepare_output() -> None:
    """Never fail on a character that a terminal or a pipe cannot take."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _run(words: list[str], host: Host | None, program: str) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it says much, and what is wrong it raises
    try:
        around = Around(host or find_host(language()), program)
        status = command_line()(words, prog_name=program, obj=around, standalone_mode=False)
        if status == _CTRL_C:
            raise KeyboardInterrupt
        return status if isinstance(status, int) else 0
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # the help stands there already
            return USAGE
        return _complain(what_is_wrong(error, program), USAGE)
    except DataError as error:
        return _complain(str(error), BAD_DATA)
    except nlp.ArtifactError as error:
        return _complain(in_words(error), CONFIG)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        return _complain(say("extra_missing", package=error.name), CONFIG)
    except OSError as error:
        file = error.filename2 or error.filename or say("while_saving")  # of a copy the second is what is written
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _complain(say("disk_full", file=file), IO_ERROR)
        return _complain(say("file_failed", file=file, reason=error.strerror or type(error).__name__), IO_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        return _complain(say("interrupted"), INTERRUPTED)


def _complain(sentence: str, status: int) -> int:
    typer.echo(" ".join(sentence.split()), err=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
