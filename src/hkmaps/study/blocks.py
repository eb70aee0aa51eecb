"""What blocks of the config are made of: a model that knows its keys, and types of values."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

HERE = "{here}"
"""In the words of a contradiction: the key of the block that refuses."""


class Block(BaseModel):
    """A block of the config, checked without turning one type into another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _expect_keys(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise PydanticCustomError("dict_type", "no mapping")
        known = cls.model_fields
        for name in value:
            if name not in known:
                raise PydanticCustomError(
                    "unknown", "unknown key", {"key": name, "known": list(known)} | cls.hint(name)
                )
        for name, field in known.items():
            if field.is_required() and name not in value:
                raise PydanticCustomError("lacking", "lacking key", {"key": name})
        return value

    @classmethod
    def hint(cls, name: str) -> dict[str, str]:
        """`{"hint": sentence}` where more is known of an unknown key, else nothing."""
        del name
        return {}


def key(description: str, unit: str = "", default: Any = ..., **bounds: Any) -> Any:
    """Return the field of a key.

    Args:
        description: one sentence.
        unit: "1" for pure numbers, "" where none applies.
        default: what holds where the key is left out; without one it cannot be.
        bounds: of pydantic's `Field`.
    """
    return Field(default, description=description, json_schema_extra={"unit": unit}, **bounds)


def contradiction(where: str, words: str) -> PydanticCustomError:
    """Return the error of a block whose keys contradict each other.

    Args:
        where: the key in the block that the sentence names.
        words: what follows it in the sentence; `HERE` is the key of the block.
    """
    return PydanticCustomError("contradiction", "contradiction", {"key": where, "words": words})


class Unique:
    """Of a list: no entry stands there twice."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(_unique, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict:
        return handler(schema) | {"uniqueItems": True}


def _unique(values: list) -> list:
    if any(value in values[:place] for place, value in enumerate(values)):
        raise PydanticCustomError("unique", "an entry stands there twice")
    return values


def nullable(of: Any) -> Any:
    """Return the type of values that may be null, whose errors say so."""
    return Annotated[of | None, WrapValidator(_or_null)]


def _or_null(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"].endswith("_type") and not first["loc"]:
            raise PydanticCustomError(first["type"], "wrong type", {"or": "null"}) from None
        raise


def one_of(choose: Any, **types: Any) -> Any:
    """Return the type of values of which `choose` says which of the `types` they must have.

    Where a value is of none of them, `choose` raises `PydanticCustomError`.
    """
    union = None
    for name, each in types.items():
        tagged = Annotated[each, Tag(tag(name))]
        union = tagged if union is None else union | tagged
    # What a discriminator raises is no error of validation, so that it is asked before, too.
    checked = BeforeValidator(lambda value: (choose(value), value)[1])
    return Annotated[union, Discriminator(lambda value: tag(choose(value))), checked]


def tag(name: str) -> str:
    """The name of an alternative among the places of an error, where no key can be so called."""
    return f"<{name}>"


def choices(literal: Any) -> tuple[Any, ...]:
    """The values of a `Literal`."""
    return get_args(literal)


Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Several = Annotated[int, Field(ge=2)]
Atom = Annotated[int, Field(ge=0)]
Scan = Annotated[list[Positive], Field(min_length=1), Unique()]
Names = Annotated[list[str], Unique()]
Precision = Literal["single", "double"]
