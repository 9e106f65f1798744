"""A progress bar on standard error, gone when the work is done; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def progress(
    label: str, total: int, complaint: str, is_shown: bool
) -> Generator[Callable[[int], None]]:
    """Yields what is called after each step, with how many complaints the step gave."""
    if not is_shown or not sys.stderr.isatty():
        yield lambda complaints: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    found = 0
    with Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[found]}", style="red"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total, found="")

        def advance(complaints: int) -> None:
            nonlocal found
            found += complaints
            bar.update(task, advance=1, found=f"{found} {complaint}" if found else "")

        yield advance
