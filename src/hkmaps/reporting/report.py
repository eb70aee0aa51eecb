"""The report: one HTML page with all figures, tables and claims that needs no other file."""

import base64
import os
import platform
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import mistune
import yaml
from docutils.core import publish_parts
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hkmaps.errors import InputError
from hkmaps.reporting.markdown import PAPERS
from hkmaps.reporting.wording import counted

TITLE = "hkmaps: machine-learned maps in density functional theory"

PACKAGES = (
    *("hkmaps", "snakemake", "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "torch"),
    *("pytorch-lightning", "pyscf", "openmm", "ase", "matplotlib"),
)
"""Packages whose versions the report names."""

SUBTITLES = {"Paper A": PAPERS["arnstein2025"], "Paper B": PAPERS["bogojeski2018"]}
"""Chapter -> the paper that it follows."""

PIXELS_PER_CSS_PIXEL = 2.4
"""A figure of two columns, 7 inches at 300 dpi, is shown 875 CSS pixels wide."""

_HEADING_LEVELS = 2  # headings of a Markdown table stand below those of a chapter and an item
_PNG = b"\x89PNG\r\n\x1a\n"
_ABSENT = object()


@dataclass(frozen=True)
class Item:
    """A figure or a table of the report.

    Attributes:
        name: its name, which is also its anchor.
        caption: reStructuredText that begins with its title in bold.
        shown: PNG files of the figure, or one Markdown file of the table.
        data: the tables that it is made from.
    """

    name: str
    caption: str
    shown: Sequence[str]
    data: Sequence[str]


@dataclass(frozen=True)
class Run:
    """What the report says of the run.

    Attributes:
        config: the config as run.
        published: the config of the published study, config/config.yaml.
        cost: the cost in one sentence.
    """

    config: Mapping[str, Any]
    published: Mapping[str, Any]
    cost: str


def render_report(
    chapters: Mapping[str, Sequence[Item]], claims: str, run: Run, folder: str | os.PathLike
) -> str:
    """Return the report as HTML.

    Args:
        chapters: title of a chapter -> its figures and tables; the first is that of the claims.
        claims: the claims as `hkmaps.reporting.markdown.claims_markdown` writes them.
        run: what was run.
        folder: folder of the report; links to tables and files are relative to it.

    Raises:
        InputError: a caption has no title, or a file is not a PNG.
    """
    environment = Environment(
        loader=PackageLoader("hkmaps.reporting"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    counts, *papers = re.split(r"^## ", claims, flags=re.MULTILINE)
    headings = [paper.partition("\n") for paper in papers]
    return environment.get_template("report.html").render(
        title=TITLE,
        run={
            "made": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "cost": run.cost,
            "config": run.config,
            "software": list(versions()),
            "machine": machine(),
        },
        changes=changed_keys(run.published, run.config),
        config=yaml.safe_dump(dict(run.config), sort_keys=False, allow_unicode=True),
        chapters=[
            {
                "title": title,
                "anchor": f"chapter-{title.lower().replace(' ', '-')}",
                "subtitle": SUBTITLES.get(title),
                "entries": [_item(item, Path(folder)) for item in items],
            }
            for title, items in chapters.items()
        ],
        claim_counts=markdown_to_html(counts),
        papers={heading: markdown_to_html(text) for heading, _, text in headings},
    )


def changed_keys(
    published: Mapping[str, Any], used: Mapping[str, Any], prefix: str = ""
) -> list[tuple[str, str, str]]:
    """Return key, published value and value in use of every key that differs, as text."""
    changes = []
    for key in [*published, *(key for key in used if key not in published)]:
        pair = [config.get(key, _ABSENT) for config in (published, used)]
        if pair[0] == pair[1]:
            continue
        if all(isinstance(value, Mapping) for value in pair):
            changes += changed_keys(*pair, f"{prefix}{key}.")
        else:
            changes.append((f"{prefix}{key}", *map(_flow, pair)))
    return changes


def markdown_to_html(text: str) -> Markup:
    """Return Markdown as HTML, without its title; tables scroll where they are too wide."""
    return Markup(_MARKDOWN(re.sub(r"\A# .*\n", "", text)))


def caption_to_html(text: str) -> Markup:
    """Return a caption in reStructuredText as HTML; raw HTML and other files are refused."""
    settings = {"raw_enabled": False, "file_insertion_enabled": False, "report_level": 2}
    settings |= {"halt_level": 2, "embed_stylesheet": False}
    parts = publish_parts(text, writer="html5", settings_overrides=settings)
    return Markup(parts["fragment"])


def caption_title(text: str) -> str:
    """Return the title of a caption, the words in bold that it begins with.

    Raises:
        InputError: there are none.
    """
    match = re.match(r"\*\*(.+?)\*\*", text, re.DOTALL)
    if match is None:
        raise InputError(
            f'The caption "{text[:40]}..." has no title; it must begin with words in **bold**.'
        )
    # Figure 1 of paper A is Figure 1 in the chapter of that paper.
    return re.split(r" of paper [AB]", " ".join(match[1].split()))[0].rstrip(".:,")


class _Renderer(mistune.HTMLRenderer):
    """Headings below those of the report, and tables that scroll."""

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        return super().heading(text, min(level + _HEADING_LEVELS, 6), **attributes)


def _scrolling_table(renderer: _Renderer, text: str) -> str:
    return f'<div class="scroll"><table>\n{text}</table></div>\n'


_MARKDOWN = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])
_MARKDOWN.renderer.register("table", _scrolling_table)


def _item(item: Item, folder: Path) -> dict[str, Any]:
    images = [Path(path) for path in item.shown if Path(path).suffix == ".png"]
    tables = [Path(path) for path in item.shown if Path(path).suffix == ".md"]
    return {
        "anchor": item.name,
        "title": caption_title(item.caption),
        "caption": caption_to_html(item.caption),
        "images": [_image(path, folder) for path in images],
        "table": Markup("").join(
            markdown_to_html(path.read_text(encoding="utf-8")) for path in tables
        ),
        "data": {_link(path, folder): _link(path, folder) for path in [*item.data, *tables]},
    }


def _image(path: Path, folder: Path) -> dict[str, Any]:
    content = path.read_bytes()
    if not content.startswith(_PNG):
        raise InputError(f"The figure {path} is not a PNG file; delete it to have it drawn again.")
    width, height = (
        round(size / PIXELS_PER_CSS_PIXEL) for size in struct.unpack(">II", content[16:24])
    )
    return {
        "name": path.stem,
        "content": base64.b64encode(content).decode(),
        "width": width,
        "height": height,
        "links": {
            suffix.upper(): _link(path.with_suffix(f".{suffix}"), folder)
            for suffix in ("png", "pdf")
        },
    }


def _link(path: str | os.PathLike, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def machine() -> str:
    """Return what ran, such as Linux on x86_64, 2 processors."""
    return f"{platform.system()} on {platform.machine()}, {counted(os.cpu_count(), 'processor')}"


def versions() -> Iterator[str]:
    """Yield names and versions of Python and of `PACKAGES` that are installed."""
    yield f"Python {platform.python_version()}"
    for name, found in installed(PACKAGES):
        yield f"{name} {found}"


def installed(packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and version of the packages that are installed."""
    for name in packages:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            # hkmaps runs from a checkout too, and an environment of jobs has no Snakemake.
            continue


def _flow(value: Any) -> str:
    if value is _ABSENT:
        return "-"
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, sort_keys=False)
    return text.strip().removesuffix("...").strip()
