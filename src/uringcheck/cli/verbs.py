"""The verbs. Each lives in a file of its own that is imported only when the verb is used."""

from __future__ import annotations

import importlib

import click

#: Every verb: its module below `uringcheck.cli`, and the line that `--help` shows.
VERBS = {
    "check": ("check", "Search every reachable state of a model, or run a suite."),
    "prove": ("prove", "Prove properties for every behaviour, with z3."),
    "sim": ("sim", "Walk through a model at random, for models too large to search."),
    "equal": ("equal", "Are two models equal? If not, the shortest sequence of steps that tells them apart."),
    "cost": ("cost", "What behaviours cost, at least and at most."),
    "report": ("report", "Run a suite and write the page of its verdicts."),
    "trace": ("trace", "Show, replay or export one counterexample."),
    "lint": ("lint", "Compile spec files without searching, and report everything that is wrong."),
    "explain": ("explain", "The long answer to an error code."),
    "export": ("export", "Write a model for Rumur, SPIN or TLC."),
    "witness": ("witness", "Let Rumur, SPIN and TLC recount a model."),
    "list": ("listing", "Models, presets, parameters and properties."),
}


class Verbs(click.Group):
    """A group that knows its verbs by name and imports the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order people meet them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and take its command."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"uringcheck.cli.{VERBS[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a verb that does not exist is answered with the nearest one."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from uringcheck.diagnostics import did_you_mean

            ctx.fail(f"no verb `{args[0]}`; " + (did_you_mean(args[0], VERBS) or f"verbs: {', '.join(VERBS)}"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, help_) for name, (_, help_) in VERBS.items()])


def _print_version(ctx: click.Context, option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from uringcheck import __version__

        click.echo(f"uringcheck {__version__}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 all hold, 1 violated, 2 wrong input, 3 not decided, 4 vacuous under --strict, "
    "5 nothing to check, 70 internal error, 130 interrupted.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="The version."
)
def verbs() -> None:
    """What can an application observe of io_uring's multishot completions? Search every interleaving of a spec."""
