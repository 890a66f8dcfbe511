"""What can be said on the command line of ``nunchi``."""

# No ``from __future__ import annotations`` here: typer reads the annotations, and they hold local names.

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.terminal import say

if TYPE_CHECKING:
    import typer

Job = Callable[[], int]

_LONG_OPTION = re.compile(r"--[a-z][a-z-]{0,30}")


def parse(messages: Messages, words: list[str]) -> Job:
    """What the words of a command line ask for.

    Args:
        messages: the language to explain itself in.
        words: without the program's name.

    Returns:
        The work to do; it gives the exit status.

    Raises:
        UserError: if they ask for nothing that there is.
    """
    import typer
    from typer.main import get_command

    command = get_command(create_app(messages))
    try:
        job = command(args=words, prog_name="nunchi", standalone_mode=False)
    except typer.TyperException as error:
        raise _usage_error(error) from None
    if isinstance(job, int) or job is None:  # --help or --version, and it was said already
        status = job or 0
        return lambda: status
    return job  # type: ignore[no-any-return]


def _usage_error(error: "typer.TyperException") -> UserError:
    """The same in one sentence that repeats nothing of what was typed, except an option's name."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    name = getattr(parameter, "name", None)
    if kind == "MissingParameter" and name:
        return UserError(ExitStatus.USAGE, f"usage_missing_{name}")
    if kind == "NoSuchOption":
        option = getattr(error, "option_name", "")
        # A review that begins with a dash looks like an option too.
        if _LONG_OPTION.fullmatch(option):
            return UserError(ExitStatus.USAGE, "usage_option", option=option)
        return UserError(ExitStatus.USAGE, "usage_dash")
    if kind == "BadParameter" and name:
        is_option = getattr(parameter, "param_type_name", "") == "option"
        option = f"--{name.replace('_', '-')}" if is_option else name.upper()
        return UserError(ExitStatus.USAGE, "usage_value", option=option)
    if kind == "BadOptionUsage":
        return UserError(ExitStatus.USAGE, "usage_needs_value", option=getattr(error, "option_name", "--"))
    if "extra argument" in str(error):
        return UserError(ExitStatus.USAGE, "usage_extra")
    return UserError(ExitStatus.USAGE, "usage_command")


def create_app(messages: Messages) -> "typer.Typer":
    """The commands and their options, explained in one language.

    Each command only returns the work that it stands for: it is done outside of typer, which has ideas of its
    own on what to do with errors.
    """
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode=None, help=messages("help_app"))

    def option(name: str, metavar: str | None = None, envvar: str | None = None) -> Any:
        explained = messages(f"help_{name.replace('-', '_')}")
        return typer.Option(f"--{name}", metavar=metavar, envvar=envvar, show_default=False, help=explained)

    model_option = option("model", "FOLDER", "NUNCHI_MODEL")
    aspects_option = option("aspects", "FILE", "NUNCHI_ASPECTS")

    def show_version(wanted: bool) -> None:
        if wanted:
            from bot.commands.checks import version

            say(f"nunchi {version('nunchi') or messages('version_unknown')}")
            raise typer.Exit

    version_option = typer.Option("--version", is_eager=True, callback=show_version, help=messages("help_version"))

    @app.callback()
    def nunchi(
        version: Annotated[bool, version_option] = False,
        lang: Annotated[str | None, option("lang", "ko|en", "NUNCHI_LANG")] = None,  # taken before typer sees it
    ) -> None:
        pass

    @app.command("chat", help=messages("help_chat"))
    def chat_command(
        text: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help=messages("help_text"))] = None,
        json: Annotated[bool, option("json")] = False,
        explain: Annotated[
            bool | None, typer.Option("--explain/--no-explain", show_default=False, help=messages("help_explain"))
        ] = None,
        model: Annotated[Path | None, model_option] = None,
        aspects: Annotated[Path | None, aspects_option] = None,
    ) -> Job:
        from bot.commands.chat import chat

        return partial(chat, messages, text or [], json=json, model=model, explain=explain, aspects=aspects)

    @app.command("score", help=messages("help_score"))
    def score_command(
        input: Annotated[Path, typer.Argument(metavar="INPUT", help=messages("help_input"))],  # noqa: A002
        output: Annotated[Path, typer.Option("-o", "--output", metavar="OUTPUT", help=messages("help_output"))],
        text_column: Annotated[str | None, option("text-column", "NAME|NUMBER")] = None,
        header: Annotated[
            bool | None, typer.Option("--header/--no-header", show_default=False, help=messages("help_header"))
        ] = None,
        encoding: Annotated[str | None, option("encoding", "NAME")] = None,
        sheet: Annotated[str | None, option("sheet", "NAME|NUMBER")] = None,
        ragged: Annotated[Literal["error", "keep"], typer.Option("--ragged", help=messages("help_ragged"))] = "error",
        explain: Annotated[bool, typer.Option("--explain", help=messages("help_explain_columns"))] = False,
        rating_column: Annotated[str | None, option("rating-column", "NAME|NUMBER")] = None,
        force: Annotated[bool, option("force")] = False,
        resume: Annotated[bool, option("resume")] = False,
        model: Annotated[Path | None, model_option] = None,
        aspects: Annotated[Path | None, aspects_option] = None,
    ) -> Job:
        from bot.commands.score import ScoreOptions, score
        from bot.core.tables import ReadOptions

        read = ReadOptions(text_column, encoding, sheet, header, ragged)
        return partial(
            score, messages, ScoreOptions(input, output, read, model, force, resume, explain, aspects, rating_column)
        )

    @app.command("report", help=messages("help_report"))
    def report_command(
        input: Annotated[Path, typer.Argument(metavar="INPUT", help=messages("help_report_input"))],  # noqa: A002
        output: Annotated[Path, typer.Option("-o", "--output", metavar="PAGE", help=messages("help_report_output"))],
        text_column: Annotated[str | None, option("text-column", "NAME|NUMBER")] = None,
        rating_column: Annotated[str | None, option("rating-column", "NAME|NUMBER")] = None,
        date_column: Annotated[str | None, option("date-column", "NAME|NUMBER")] = None,
        header: Annotated[
            bool | None, typer.Option("--header/--no-header", show_default=False, help=messages("help_header"))
        ] = None,
        encoding: Annotated[str | None, option("encoding", "NAME")] = None,
        sheet: Annotated[str | None, option("sheet", "NAME|NUMBER")] = None,
        ragged: Annotated[Literal["error", "keep"], typer.Option("--ragged", help=messages("help_ragged"))] = "error",
        force: Annotated[bool, option("force")] = False,
        model: Annotated[Path | None, model_option] = None,
        aspects: Annotated[Path | None, aspects_option] = None,
    ) -> Job:
        from bot.commands.report import ReportOptions, report
        from bot.core.tables import ReadOptions

        read = ReadOptions(text_column, encoding, sheet, header, ragged)
        options = ReportOptions(input, output, read, model, aspects, rating_column, date_column, force)
        return partial(report, messages, options)

    @app.command("simulate", help=messages("help_simulate"))
    def simulate_command(
        input: Annotated[Path, typer.Argument(metavar="INPUT", help=messages("help_report_input"))],  # noqa: A002
        channel: Annotated[str | None, option("channel", "PLATFORM/WORKSPACE/CHANNEL")] = None,
        negative: Annotated[float | None, option("negative", "PERCENT")] = None,
        positive: Annotated[float | None, option("positive", "PERCENT")] = None,
        picture: Annotated[Path | None, option("picture", "PNG")] = None,
        show: Annotated[int, typer.Option("--show", min=0, max=1000, help=messages("help_show"))] = 10,
        text_column: Annotated[str | None, option("text-column", "NAME|NUMBER")] = None,
        header: Annotated[
            bool | None, typer.Option("--header/--no-header", show_default=False, help=messages("help_header"))
        ] = None,
        encoding: Annotated[str | None, option("encoding", "NAME")] = None,
        sheet: Annotated[str | None, option("sheet", "NAME|NUMBER")] = None,
        ragged: Annotated[Literal["error", "keep"], typer.Option("--ragged", help=messages("help_ragged"))] = "error",
        json: Annotated[bool, option("json")] = False,
        force: Annotated[bool, option("force")] = False,
        model: Annotated[Path | None, model_option] = None,
    ) -> Job:
        from bot.commands.simulate import SimulateOptions, simulate
        from bot.core.tables import ReadOptions

        read = ReadOptions(text_column, encoding, sheet, header, ragged)
        options = SimulateOptions(input, read, channel, (negative, positive), picture, show, model, force, json)
        return partial(simulate, messages, options)

    @app.command("doctor", help=messages("help_doctor"))
    def doctor_command(
        platform: Annotated[
            str | None, typer.Argument(metavar="[discord|slack]", help=messages("help_platform"))
        ] = None,
        json: Annotated[bool, option("json")] = False,
        model: Annotated[Path | None, model_option] = None,
        http: Annotated[bool, option("http")] = False,
    ) -> Job:
        if platform is not None:
            if platform == "discord":
                from bot.commands.doctor_discord import doctor_discord

                return partial(doctor_discord, messages)
            if platform != "slack":
                raise UserError(ExitStatus.USAGE, "usage_action", actions="doctor, doctor discord, doctor slack")
            from bot.commands.doctor_slack import doctor_slack

            return partial(doctor_slack, messages, http=http)
        from bot.commands.doctor import doctor

        return partial(doctor, messages, json=json, model=model)

    action_argument = typer.Argument(metavar="ACTION", show_default=False, help=messages("help_action"))

    @app.command("settings", help=messages("help_settings"))
    def settings_command(
        action: Annotated[str, action_argument] = "show",
        file: Annotated[Path | None, typer.Argument(metavar="FILE", help=messages("help_rules_file"))] = None,
        json: Annotated[bool, option("json")] = False,
    ) -> Job:
        from bot.commands.settings import settings

        return partial(settings, messages, action, file, json=json)

    @app.command("log", help=messages("help_log"))
    def log_command(
        action: Annotated[str, action_argument] = "show",
        last: Annotated[int, typer.Option("--last", min=1, help=messages("help_last"))] = 20,
        days: Annotated[
            int | None, typer.Option("--days", min=0, show_default=False, help=messages("help_days"))
        ] = None,
    ) -> Job:
        from bot.commands.log import log

        return partial(log, messages, action, last=last, days=days)

    @app.command("cases", help=messages("help_cases"))
    def cases_command(
        action: Annotated[str, action_argument] = "list",
        words: Annotated[list[str] | None, typer.Argument(metavar="WORDS", help=messages("help_case_words"))] = None,
        workspace: Annotated[
            str | None, typer.Option("--workspace", show_default=False, help=messages("help_case_workspace"))
        ] = None,
        last: Annotated[int, typer.Option("--last", min=1, help=messages("help_last"))] = 20,
        form: Annotated[str, typer.Option("--format", help=messages("help_case_format"))] = "jsonl",
    ) -> Job:
        from bot.commands.cases import cases

        return partial(cases, messages, action, words or [], workspace=workspace, newest=last, form=form)

    @app.command(
        "train",
        help=messages("help_train"),
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    )
    def train_command(context: typer.Context) -> Job:
        from bot.commands.train import train

        return partial(train, messages, context.args)

    @app.command("run", help=messages("help_run"))
    def run_command(
        platform: Annotated[str, typer.Argument(metavar="discord|slack|all", help=messages("help_platform"))],
        http: Annotated[bool, option("http")] = False,
        model: Annotated[Path | None, model_option] = None,
    ) -> Job:
        from bot.commands.run import run

        return partial(run, messages, platform, http=http, model=model)

    return app
