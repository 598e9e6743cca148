"""What every form of a signed-in person is read by: its fields and the session's token, and nothing else."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

TOKEN_CHARS = 100
NO_NUL: Final = r"^[^\x00]*$"
"""Pattern of a text in an address that is looked for in the database, whose texts cannot hold that character."""


class Posted(BaseModel):
    """Subclass it with the form's own fields, each with a longest length. The guard has checked the token by then."""

    model_config = ConfigDict(extra="forbid")

    csrf_token: Annotated[str, Field(max_length=TOKEN_CHARS)] = ""
