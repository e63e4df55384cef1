"""The kinds of values that the demo's files are made of."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints

from deploy.demo.fictional import invented_email, invented_phone, invented_url
from deploy.demo.times import age

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)

Age = Annotated[timedelta, BeforeValidator(age)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^\d{2}\.\d{2}(\.\d{2}(\.\d{4})?)?$")]
"""Kemendagri code of a regency, district or village. Quote it in YAML: a bare 32.10 is read as the number 32.1."""
Email = Annotated[str, AfterValidator(invented_email)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""Names a thing within the demo's files; it never reaches the product."""
Phone = Annotated[str, AfterValidator(invented_phone)]
Text = Annotated[str, StringConstraints(min_length=1)]
Url = Annotated[str, AfterValidator(invented_url)]
