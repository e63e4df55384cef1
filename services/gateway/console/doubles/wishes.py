"""What an officer may want done with two partners that look like one."""

from libs.contracts.registry import merging
from services.gateway.console.partners.wishes import MAY
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Wish, declared

MERGE = Wish(
    merging.MergePartner,
    "/partners/{partner_id}/merging",
    name="merge_partner",
    shape="PartnerMerge",
    summary="Merge a partner into another record of it",
    about="`into` goes on for both and takes what it lacks: accounts, contacts, people. Undone within thirty days.",
    may=MAY,
    buttons=(
        Button(
            "doubles/{partner_id}/merge",
            each="partner_id",
            done=Notice("partners_merged", "Keduanya digabungkan. Bisa dibatalkan selama 30 hari."),
            needed=("into", "reason"),
        ),
    ),
)
UNMERGE = Wish(
    merging.UnmergePartner,
    "/partners/{partner_id}/unmerging",
    name="unmerge_partner",
    shape="PartnerUnmerge",
    summary="Undo the merge of a partner",
    about="Both are as before; what was changed since on the one that went on stays there.",
    may=MAY,
    buttons=(
        Button(
            "doubles/{partner_id}/unmerge",
            each="partner_id",
            done=Notice("partners_unmerged", "Penggabungan dibatalkan."),
            needed=("reason",),
        ),
    ),
)
TELL_APART = Wish(
    merging.TellApart,
    "/partners/{partner_id}/others",
    name="tell_partners_apart",
    shape="PartnersApart",
    summary="Say that two partners are two",
    about="They are proposed as doubles no more.",
    may=MAY,
    buttons=(
        Button(
            "doubles/{partner_id}/apart",
            each="partner_id",
            done=Notice("partners_told_apart", "Dicatat: bukan kembar."),
            needed=("other",),
        ),
    ),
)
WISHES = declared(globals())
