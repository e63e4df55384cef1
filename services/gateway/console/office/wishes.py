"""What an administrator may want done with what the office says of itself and how it works."""

from typing import Annotated

from pydantic import StringConstraints

from libs.contracts.registry import office
from libs.contracts.words import Role
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Wish, declared

Upload = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9A-Za-z_-]*$")]

ADMINISTRATORS = frozenset({Role.TENANT_ADMIN})
SAVED = Notice("office_saved", "Tersimpan. Halaman warga mengikutinya dalam beberapa detik.")
AT_ONCE = (
    "All of it each time; `expects` is the revision that `GET /console/office` gave, and another one by now is 409."
)

LOOK = Wish(
    office.ChangeLook,
    "",
    name="change_look",
    shape="LookWish",
    summary="Say what the public sees of the office",
    about=AT_ONCE,
    may=ADMINISTRATORS,
    buttons=(Button("office", name="look", done=SAVED),),
)
CLOCKS = Wish(
    office.ChangeClocks,
    "",
    name="change_clocks",
    shape="ClocksWish",
    summary="Set the office's clocks",
    about=f"Of what comes from now on. {AT_ONCE}",
    may=ADMINISTRATORS,
    buttons=(Button("office/clocks", done=SAVED),),
)
PRACTICE = Wish(
    office.ChangePractice,
    "",
    name="change_practice",
    shape="PracticeWish",
    summary="Say how the office works",
    about=AT_ONCE,
    may=ADMINISTRATORS,
    buttons=(Button("office/practice", done=SAVED),),
)
LOGO = Wish(
    office.ChangeLogo,
    "",
    name="change_logo",
    shape="LogoWish",
    shape_about="`upload`: id of a picture that was uploaded; empty: no logo from now on.",
    summary="Put up a logo, or take it down",
    about="The picture is made small, and shown beside the office's name.",
    may=ADMINISTRATORS,
    adds={"upload": Upload},
    buttons=(
        Button("office/logo", done=SAVED),
        Button("office/logo/removal", name="removal", done=Notice("logo_removed", "Logo dicabut.")),
    ),
)

WISHES = declared(globals())
