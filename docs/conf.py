"""The documentation site: Markdown pages of the repository where they lie, API from docstrings.

The source folder of Sphinx is the repository, so that one relative link between pages, and to
files and images, serves both the site and a code forge. `make docs` builds build/docs.
"""

import re
import shutil
from importlib.metadata import metadata
from pathlib import Path

from pygments.lexers.special import TextLexer

_package = metadata("hkmaps")
project = "hkmaps"
author = "The hkmaps authors"
project_copyright = f"{author}, {_package['License-Expression']} licence"
release = version = _package["Version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
include_patterns = [
    "docs/**",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "config/README.md",
    "config/molecules/README.md",
    "results/README.md",
]
root_doc = "docs/index"

# Links such as #model-systems lead to headings, as a forge makes them.
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]

# In docstrings, `this` is code.
default_role = "code"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True, "show-inheritance": True, "ignore-module-all": True}

html_theme = "furo"
html_title = f"hkmaps {release}"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "first_page.html"}
templates_path = ["templates"]


def write_api_pages(app):
    """Write a page for each room of the library, with the docstrings of its modules."""
    library = Path(app.srcdir) / "src/hkmaps"
    pages = Path(app.srcdir) / "docs/api"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir()
    for room in sorted(library.rglob("__init__.py")):
        modules = [room, *(path for path in sorted(room.parent.glob("[a-z]*.py")))]
        names = [
            ".".join(path.relative_to(library.parent).with_suffix("").parts) for path in modules
        ]
        names[0] = names[0].removesuffix(".__init__")
        sections = [
            f"{name}\n{mark * len(name)}\n\n.. automodule:: {name}\n"
            for name, mark in zip(names, "=" + "-" * len(names), strict=False)
        ]
        (pages / f"{names[0]}.rst").write_text("\n".join(sections))


def escape_bars(app, what, name, obj, options, lines):
    """Leave |x| an absolute value, which reStructuredText takes for a substitution."""
    for number, line in enumerate(lines):
        parts = re.split(r"(`[^`]*`)", line)
        parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
        lines[number] = "".join(parts)


_said: dict[str, list[str]] = {}


def remember_attribute(app, what, name, obj, options, lines):
    """Keep the docstring of an attribute for `restore_attribute`."""
    if what in ("attribute", "data", "property"):
        _said[name] = list(lines)


def restore_attribute(app, what, name, obj, options, lines):
    """Put back what napoleon took for a type: a docstring's words in front of a colon."""
    if name in _said and any(line.startswith(":type:") for line in lines):
        lines[:] = _said[name]


def skip_metadata_requests(app, what, name, obj, skip, options):
    """Leave out the methods that scikit-learn adds to every estimator."""
    return True if re.fullmatch(r"set_\w+_request", name) else skip


def setup(app):
    """Connect the above; structure files are highlighted as plain text."""
    app.connect("builder-inited", write_api_pages)
    app.connect("autodoc-process-docstring", escape_bars, priority=300)
    app.connect("autodoc-process-docstring", remember_attribute, priority=400)
    app.connect("autodoc-process-docstring", restore_attribute, priority=600)
    app.connect("autodoc-skip-member", skip_metadata_requests)
    app.add_lexer("xyz", TextLexer)
