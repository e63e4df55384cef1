"""What we answer in a chat: pure. `read` takes what was said into a draft and at most one wish; `speak` makes our turn
of it, once published answers that may fit have been looked up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from libs.contracts.reports.reads import KnownMatch, MatchAnswer, MatchView
from libs.kit.chat.said import Kind
from libs.kit.visible import is_visible
from services.notify.conversation import phrases
from services.notify.conversation.phrases import say
from services.notify.conversation.rules import Conversation, Does, Draft, Heard, Offer, Turn
from services.notify.conversation.words import Word, choice_of, word_of

LONGEST_TEXT = 5_000
"""Characters of a report, as its form has it."""
MOST_FILES = 5
MOST_OFFERS = 3
LONGEST_URL = 300
"""Characters of another publisher's address: three of them must leave room in one message."""
EAGER = timedelta(minutes=2)
"""How long after "kirim" what it is to send may still be on the way: providers promise no order."""


def in_order(heard: Sequence[Heard]) -> list[Heard]:
    """As it was said. Providers tell seconds: within one, what is reported comes before the wish about it."""
    return sorted(heard, key=lambda one: (one.said_at, _is_wish(one)))


FILES = frozenset({Kind.PICTURE, Kind.VOICE, Kind.VIDEO, Kind.DOCUMENT})


def files_in(heard: Sequence[Heard]) -> list[Heard]:
    return [one for one in heard if one.kind in FILES and one.media]


def _is_wish(heard: Heard) -> bool:
    return heard.kind == Kind.TEXT and (word_of(heard.text) is not None or choice_of(heard.text) is not None)


@dataclass
class Reading:
    """What was said, read in order.

    Attributes:
        answers: ids of the messages read; what comes behind a wish that does something waits for the next turn.
        draft: what would be sent.
        changed: it holds more than before: published answers are to be looked for.
        late: what belongs to a report that was sent before it came.
        notes: what is to be said of single messages.
        asks: the person waits to be told how things stand.
    """

    state: Conversation
    files: Mapping[str, str | None]
    draft: Draft
    offers: tuple[Offer, ...]
    language: str
    answers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: bool = False
    late: Draft = field(default_factory=Draft)
    does: str = ""
    sends: Draft | None = None
    chosen: Offer | None = None
    greets: bool = False
    asks: bool = False
    refused: bool = False
    sent_until: datetime | None = None
    eager_until: datetime | None = None
    _noted: set[str] = field(default_factory=set)

    @property
    def keeps_draft(self) -> bool:
        """What answers one claim of several leaves the others to be sent."""
        return self.chosen is not None and bool(self.chosen.claim)

    def note(self, phrase: str, **values: object) -> None:
        """Once each, however many messages call for it."""
        if phrase not in self._noted:
            self._noted.add(phrase)
            self.notes.append(say(phrase, self.language, **values))

    def take(self, one: Heard) -> None:
        self.answers.append(one.id)
        if one.kind in FILES:
            self._file(one)
        elif one.kind != Kind.TEXT:
            self.note("unkept")
        if one.kind == Kind.TEXT and (choice := choice_of(one.text)) is not None:
            self._choose(choice)
        elif one.kind == Kind.TEXT and (word := word_of(one.text)) is not None:
            self._carry_out(word, one)
        elif one.text.strip():
            self._text(one)

    def is_late(self, one: Heard) -> bool:
        """Whether it was said before a report was sent that came of this conversation."""
        sent_until, report = self.state.sent_until, self.state.report_id
        return report is not None and sent_until is not None and one.said_at <= sent_until

    def _file(self, one: Heard) -> None:
        blob = self.files.get(one.id)
        into = self.late if self.is_late(one) else self.draft
        if blob is None:
            self.note("file_unread")
        elif len(into.blobs) >= MOST_FILES:
            self.note("too_many_files", limit=MOST_FILES)
        else:
            self._add(one, into.model_copy(update={"blobs": (*into.blobs, blob)}))

    def _text(self, one: Heard) -> None:
        # As the form does: no store keeps it, and nobody typed it.
        text = one.text.replace("\x00", "").strip()
        into = self.late if self.is_late(one) else self.draft
        longer = into.model_copy(update={"texts": (*into.texts, text)})
        if len(text) > LONGEST_TEXT:
            self.note("too_long", length=len(text), limit=LONGEST_TEXT)
        elif len(longer.text) > LONGEST_TEXT:
            self.note("full", limit=LONGEST_TEXT)
        elif not is_visible(text) or not any(c.isalnum() for c in text):
            # An emoji beside something is that; alone it claims nothing.
            if not into.says_something:
                self.note("says_little")
        else:
            self._add(one, longer)

    def _add(self, one: Heard, into: Draft) -> None:
        if one.doubted:
            self.note(one.doubted)
        known = into.last_said_at
        into = into.model_copy(
            update={
                "forwarded_often": into.forwarded_often or one.forwarded_often,
                "unproven": into.unproven or one.is_unproven,
                "last_said_at": one.said_at if known is None else max(known, one.said_at),
            }
        )
        if self.is_late(one):
            self.late = into
        else:
            self.draft, self.changed, self.offers = into, True, ()

    def _choose(self, choice: int) -> None:
        if 1 <= choice <= len(self.offers):
            self.does, self.chosen = Does.DEMAND, self.offers[choice - 1]
        else:
            self.asks = True

    def _carry_out(self, word: Word, one: Heard) -> None:
        match word:
            case Word.SEND:
                self._send(one)
            case Word.ADD if self.draft.says_something and self.state.report_id is not None:
                self.does, self.sends, self.draft = Does.ADD, self.draft, Draft()
            case Word.ADD:
                self.asks = True
            case Word.CANCEL:
                self._cancel()
                self.draft, self.offers, self.changed = Draft(), (), False
            case Word.YES if len(self.offers) == 1:
                self._choose(1)
            case Word.YES if self.offers:
                self.note("which", numbers=", ".join(str(n + 1) for n in range(len(self.offers))))
            case Word.NO if self.offers:
                cases = (offer.refusal for offer in self.offers)
                self.draft = self.draft.model_copy(
                    update={"refused": tuple(dict.fromkeys((*self.draft.refused, *cases)))}
                )
                self.offers, self.refused = (), True
            case Word.YES | Word.NO:
                self.asks = True
            case Word.STOP:
                self.does = Does.STOP
            case Word.HELP:
                self.greets = True
            case Word.ENGLISH | Word.INDONESIAN:
                self.language, self.greets = ("en" if word is Word.ENGLISH else "id"), True

    def _cancel(self) -> None:
        if self.draft.says_something:
            self.note("cancelled")
        elif self.state.report_id is not None:
            self.note("sent_already", number=self.state.number)
            self.note("how_to_withdraw")
        else:
            self.note("nothing_to_cancel")

    def _send(self, one: Heard) -> None:
        if self.draft.says_something:
            self._submit(one.said_at)
        elif self.is_late(one):
            # The same wish again, or one that came before what it sent.
            return
        elif self.state.report_id is not None:
            self.eager_until = one.said_at
            self.note("sent_already", number=self.state.number)
            self.note("how_to_begin")
        else:
            self.eager_until = one.said_at
            self.note("nothing_to_send")

    def _submit(self, until: datetime) -> None:
        self.does, self.sends, self.draft = Does.SUBMIT, self.draft, Draft()
        self.sent_until = until

    def end(self) -> None:
        """After the last message: what was wished before it came, and what came after it was sent."""
        eager, said_at = self.state.eager_until, self.draft.last_said_at
        if self.does:
            return
        if eager is not None and self.changed and said_at is not None and said_at <= eager:
            self._submit(eager)
        elif self.late.says_something:
            self.does, self.sends = Does.ADD, self.late


def read(state: Conversation, heard: Sequence[Heard], files: Mapping[str, str | None]) -> Reading:
    """
    Args:
        files: by id of the message, the file's id at the gateway; None where it could not be opened.
    """
    reading = Reading(state, files, state.open_draft, state.open_offers, state.language)
    ordered = in_order(heard)
    # What belongs to a report that is sent goes there first, by itself: what was said since is another turn's.
    late = [one for one in ordered if reading.is_late(one) and not _is_wish(one)]
    for one in late or ordered:
        reading.take(one)
        if reading.does:
            break
    reading.end()
    if state.passed_over:
        reading.note("passed_over")
    return reading


def speak(
    reading: Reading, found: MatchView | None, *, office: str, link: Callable[[str], str], is_silent: bool = False
) -> Turn:
    """
    Args:
        found: published answers that may fit the draft; None where they could not be looked up.
        link: page of a published answer, by its number.
        is_silent: too much was said lately.
    """
    offers = _offers(reading, found)
    parts = [*reading.notes]
    language = reading.language
    match reading.does:
        case Does.DEMAND:
            assert reading.chosen is not None
            parts.append(_chosen(reading.chosen, language, link=link))
            if reading.keeps_draft:
                parts += _how_to_go_on(reading, offers)
        case Does.SUBMIT | Does.ADD | Does.STOP:
            pass
        case _:
            parts += _standing(reading, found, offers, office=office, link=link)
    return Turn(
        reply="" if is_silent else phrases.paragraphs(parts),
        does=reading.does,
        sends=reading.sends,
        draft=None if reading.does == Does.DEMAND and not reading.keeps_draft else reading.draft,
        offers=offers if not reading.does or reading.keeps_draft else (),
        demanded=reading.chosen.clarification_id if reading.chosen is not None else "",
        of_others=reading.chosen is not None and bool(reading.chosen.publisher),
        language=language,
        sent_until=reading.sent_until,
        eager_until=reading.eager_until,
    )


def _offers(reading: Reading, found: MatchView | None) -> tuple[Offer, ...]:
    if not reading.changed or found is None:
        return reading.offers
    besides = found.besides
    of_claims = [offer for claim in found.claims for offer in _of(claim.answer, claim.known, claim=claim.text)]
    own = [offer for answer in besides.answers for offer in _of(answer, None)]
    others = [offer for known in besides.known for offer in _of(None, known)]
    offers = {o.clarification_id: o for o in reversed((*of_claims, *own, *others))}
    return tuple(o for o in reversed(offers.values()) if o.refusal not in reading.draft.refused)[:MOST_OFFERS]


def _of(answer: MatchAnswer | None, known: KnownMatch | None, *, claim: str = "") -> Iterator[Offer]:
    if answer is not None:
        card = answer.card
        yield Offer(
            clarification_id=card.id, case_id=card.case_id, number=card.number, fact=card.fact, claim=claim
        )
    if known is not None and len(known.card.url) <= LONGEST_URL:
        yield Offer(
            clarification_id=known.card.id,
            case_id="",
            number="",
            fact=known.card.fact or known.card.label,
            publisher=known.card.publisher,
            url=known.card.url,
            claim=claim,
        )


def _chosen(offer: Offer, language: str, *, link: Callable[[str], str]) -> str:
    if offer.publisher:
        phrase = "counted_by" if offer.claim else "known_by"
        return say(phrase, language, publisher=offer.publisher, fact=offer.fact, link=offer.url)
    return say("counted" if offer.claim else "known", language, fact=offer.fact, link=link(offer.number))


def _standing(
    reading: Reading, found: MatchView | None, offers: Sequence[Offer], *, office: str, link: Callable[[str], str]
) -> list[str]:
    """What there is so far, and what the person can do now."""
    language, draft = reading.language, reading.draft
    said = [say("greeting", language, office=office)] if reading.greets else []
    if not draft.says_something:
        return said if reading.notes or said else [say("nothing_asked", language)]
    if reading.changed:
        said.append(say("got", language, what=phrases.what(len(draft.texts), len(draft.blobs), language)))
        said += _found(found, offers, language, link=link)
    elif reading.refused:
        said.append(say("not_known", language))
    if offers and not reading.changed:
        said.append(_how_to_choose(offers, language))
    return said + _how_to_go_on(reading, offers)


def _how_to_go_on(reading: Reading, offers: Sequence[Offer]) -> list[str]:
    """Where no answer waits to be judged, or there is more than what was answered."""
    if offers and not _are_of_claims(offers):
        return []
    language = reading.language
    said = [say("rest", language)] if offers else []
    said.append(say("how_to_send", language))
    if reading.state.report_id is not None:
        said.append(say("how_to_add", language, number=reading.state.number))
    return said


def _how_to_choose(offers: Sequence[Offer], language: str) -> str:
    if _are_of_claims(offers):
        return say("number_it", language)
    return say("is_it_one" if len(offers) == 1 else "is_it_one_of", language)


def _are_of_claims(offers: Sequence[Offer]) -> bool:
    return any(offer.claim for offer in offers)


def _found(found: MatchView | None, offers: Sequence[Offer], language: str, *, link: Callable[[str], str]) -> list[str]:
    if found is None:
        return [say("not_checked", language)]
    if not offers:
        return [say("nothing_known", language)]
    answers = {a.card.id: a for a in (*found.answers, *(c.answer for c in found.claims if c.answer))}
    known = {k.card.id: k for k in (*found.known, *(c.known for c in found.claims if c.known))}
    told = []
    for offer in offers:
        if offer.publisher:
            found_elsewhere = known[offer.clarification_id]
            told.append(phrases.answer_of_others(found_elsewhere, language, of_claim=offer.claim))
        else:
            own = answers[offer.clarification_id]
            told.append(phrases.answer(own, language, link=link(offer.number), of_claim=offer.claim))
    of_claims = _are_of_claims(offers)
    if len(told) > 1 or of_claims:
        told = [f"{number}. {text}" for number, text in enumerate(told, 1)]
    return [say("claims_known" if of_claims else "maybe_known", language), *told, _how_to_choose(offers, language)]
