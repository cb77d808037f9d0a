"""Options that several verbs have, with the same words."""

from __future__ import annotations

import click

preset = click.option("--preset", metavar="NAME", help="A named set of parameter values.")
params = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter, or choose a slot's class."
)
properties = click.option(
    "--property", "properties", multiple=True, metavar="NAME", help="Only this property. May be repeated."
)
printed = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="What is printed."
)
max_seconds = click.option("--max-seconds", type=click.FloatRange(min=0), metavar="S", help="Stop after S seconds.")
max_memory = click.option(
    "--max-memory", type=click.IntRange(min=1), metavar="MIB", help="Stop before the process takes more."
)
also_text_and_json = click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Also write text=FILE, json=FILE."
)
also_traces = click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Also write text=FILE, json=FILE, itf=DIR."
)
strict = click.option("--strict", is_flag=True, help="Exit 4 when something that was written never mattered.")
no_progress = click.option("-q", "--quiet", is_flag=True, help="No progress.")
quiet = click.option("-q", "--quiet", is_flag=True, help="No progress, no times.")
