"""Parameters of the gateway's paths. A test finds any that has none of these types."""

from typing import Annotated

from fastapi import Path

from libs.runtime.paths import Id, Number, Position

__all__ = ("AssetName", "Id", "LinkToken", "Number", "Position", "Slug")

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$", description="The office's name in addresses.")]
LinkToken = Annotated[str, Path(pattern=r"^[0-9A-Za-z._-]{1,600}$", description="What a mailed link ends with.")]
AssetName = Annotated[str, Path(pattern=r"^[0-9A-Za-z._/-]{1,200}$", description="A file of the pages.")]
