"""`python -m hkmaps.study` writes the manual and the schema of the config from its models."""

from hkmaps.study.check import REPOSITORY
from hkmaps.study.manual import editor_schema, with_table

SCHEMA = REPOSITORY / "workflow/schemas/config.schema.yaml"
MANUAL = REPOSITORY / "config/README.md"

if __name__ == "__main__":
    SCHEMA.write_text(editor_schema(), encoding="utf-8")
    MANUAL.write_text(with_table(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
