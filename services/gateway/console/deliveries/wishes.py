"""What an officer may want done with a message on its way."""

from libs.contracts.notify import delivery
from libs.contracts.words import CHECKERS
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Wish, declared

RESOLVED = Notice("resolved", "Pengiriman itu sudah dipastikan.")

SENT_BY_HAND = Wish(
    delivery.MarkSentByHand,
    "/deliveries/{delivery_id}/sent-by-hand",
    name="sent_by_hand",
    summary="I have sent it",
    about="Recorded as sent by an officer, not as arrived.",
    may=CHECKERS,
    buttons=(
        Button("by-hand/{delivery_id}/sent", each="delivery_id", done=Notice("marked_sent", "Ditandai sudah dikirim.")),
        Button("deliveries/{bulletin_id}/{delivery_id}/arrived", name="resolve", done=RESOLVED),
    ),
)
RETRY = Wish(
    delivery.RetryDelivery,
    "/deliveries/{delivery_id}/retry",
    name="retry",
    summary="Try a failed one again",
    about="A delivery that failed for good, or whose outcome nobody knows; the recipient may get it twice.",
    may=CHECKERS,
    buttons=(Button("deliveries/{bulletin_id}/{delivery_id}/lost", name="resolve", done=RESOLVED),),
)
REFUSE_BY_HAND = Wish(
    delivery.RefuseByHand,
    "",
    name="refuse_by_hand",
    summary="The number is wrong, or its owner asks for no more",
    about="It holds for the number, so for every message that waits for it. Pages only.",
    may=CHECKERS,
)

WISHES = declared(globals())
