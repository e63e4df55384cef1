"""What a person reads and does on the pages of the provider."""

import pytest

from deploy.local.chat import views
from deploy.local.chat.accounts import WhatsAppNumber
from deploy.local.chat.book import Button, File, Message
from deploy.local.chat.book import Phone as Owner
from deploy.local.chat.phone import Phone
from deploy.local.chat.views import WORDS, Chat
from tests.unit.local.chat.site import OFFICE, Gateway, Site

ATTACK = "<script>alert(1)</script>"


def path_of(phone: Phone) -> str:
    return f"/chat/{OFFICE}/{phone.channel}/{phone.number}"


def test_a_citizen_writes_and_reads_the_answer(site: Site, gateway: Gateway) -> None:
    opened = site.client.post(
        "/open",
        data={"office": OFFICE, "channel": "whatsapp", "number": "0812 0000 0001", "name": "Budi", "lang": "id"},
    )
    chat = opened.headers["Location"].partition("?")[0]
    sent = site.client.post(f"{chat}/say", data={"text": "Apakah benar?", "forwarded": "often"})
    gateway.until(bool)
    site.text("6281200000001", "Kami periksa.")

    page = site.client.get(f"{chat}/messages").text

    assert (opened.status_code, sent.status_code) == (303, 303)
    assert page.index("Sering diteruskan") < page.index("Apakah benar?") < page.index("Kami periksa.")
    assert gateway.values()[0]["messages"][0]["context"] == {"frequently_forwarded": True}
    assert chat in site.client.get("/").text


def test_a_file_and_a_reply_go_out_from_the_page(site: Site, gateway: Gateway, budi: Phone) -> None:
    first = budi.say("halo")

    page = site.client.get(path_of(budi), params={"reply": first.id}).text
    site.client.post(
        f"{path_of(budi)}/say",
        data={"text": "Suaranya", "replies_to": first.id},
        files={"file": ("suara.ogg", b"OggS", "audio/ogg")},
    )

    assert f'name="replies_to" value="{first.id}"' in page
    said = gateway.until(lambda heard: len(heard) == 2)[1].json["entry"][0]["changes"][0]["value"]["messages"][0]
    assert said["audio"]["voice"] is True
    assert said["context"]["id"] == first.id


def test_to_look_at_a_chat_is_to_read_it(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("halo")
    site.text(budi.number)
    gateway.told("delivered")

    site.client.get(f"{path_of(budi)}/messages")

    assert gateway.told("read")["statuses"][0]["status"] == "read"


def test_25_hours_go_by_at_a_press(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("halo")
    assert WORDS["id"]["window_open"] in site.client.get(path_of(budi)).text

    site.client.post(f"{path_of(budi)}/end-window")
    site.text(budi.number)

    assert WORDS["id"]["window_shut"] in site.client.get(path_of(budi)).text
    assert gateway.told("failed")["statuses"][0]["errors"][0]["code"] == 131047
    assert "131047" in site.client.get(f"{path_of(budi)}/messages").text


def test_a_bot_is_blocked_at_a_press_and_heard_again(site: Site, siti: Phone) -> None:
    siti.say("/start")

    site.client.post(f"{path_of(siti)}/block")
    refused = site.call("sendMessage", chat_id=siti.telegram_id, text="Halo")
    site.client.post(f"{path_of(siti)}/unblock")

    assert refused.status_code == 403
    assert site.call("sendMessage", chat_id=siti.telegram_id, text="Halo").status_code == 200


@pytest.mark.parametrize(("lang", "told"), [("id", "wrong_empty"), ("en", "wrong_empty")])
def test_an_empty_message_is_told_beside_its_field(site: Site, budi: Phone, lang: str, told: str) -> None:
    answer = site.client.post(f"{path_of(budi)}/say", data={"text": "  ", "forwarded": "once", "lang": lang})

    assert answer.status_code == 400
    assert WORDS[lang][told] in answer.text
    assert '<option value="once" selected>' in answer.text
    assert budi.messages() == []


def test_a_number_that_is_none_is_told_and_what_was_typed_stays(site: Site) -> None:
    typed = {"office": OFFICE, "channel": "telegram", "number": "nomor saya", "name": "Budi", "lang": "en"}

    answer = site.client.post("/open", data=typed)

    assert answer.status_code == 400
    assert WORDS["en"]["wrong_number"] in answer.text
    assert 'value="nomor saya"' in answer.text
    assert '<option value="telegram" selected>' in answer.text


def test_faults_are_switched_on_the_page(site: Site) -> None:
    form = {"whatsapp": "unavailable", "times": "2", "twice": "1", "shuffle": "5"}

    site.client.post("/faults-page", data=form)
    faults = site.client.get("/faults").json()

    assert (faults["whatsapp"], faults["times"], faults["twice"], faults["shuffle"]) == ("unavailable", 2, True, 5)
    assert '<option value="unavailable" selected>' in site.client.get("/faults-page").text
    site.client.post("/faults-page", data={"well": "1"})
    assert site.client.get("/faults").json()["whatsapp"] == ""
    assert site.client.post("/faults-page", data={"times": "banyak"}).status_code == 400


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_callback_url_is_checked_at_a_press(site: Site, gateway: Gateway, lang: str) -> None:
    gateway.verify_token = site.number.verify_token

    answer = site.client.post("/handshake", data={"office": OFFICE, "lang": lang})

    assert WORDS[lang]["handshake_ok"] in answer.text


@pytest.mark.parametrize(
    "path", ["/chat/kota-lain/whatsapp/6281", "/chat/kota-contoh/sms/6281", "/files/1", "/faults-"]
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.client.get(path).status_code == 404


def test_a_page_of_elsewhere_says_nothing_in_a_citizens_name(site: Site, budi: Phone) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}

    answers = [
        site.client.post(f"{path_of(budi)}/say", data={"text": "a"}, headers=foreign),
        site.client.post("/faults", json={"twice": True}, headers=foreign),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert budi.messages() == []


def test_a_file_that_is_no_picture_is_saved_and_not_opened(site: Site, budi: Phone) -> None:
    said = budi.send_file(b"<script>alert(1)</script>", "text/html", filename="a.html")

    answer = site.client.get(f"/files/{said.file}")

    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_what_people_and_offices_say_cannot_become_part_of_the_page() -> None:
    number = WhatsAppNumber("kota-contoh", "1", "6282", "", "", "", {})
    chat = Chat(number, Owner("6281", ATTACK))
    button = Button(f'"{ATTACK}', ATTACK)
    message = Message(
        f"wamid.{ATTACK}", number.key, "6281", False, "text", ATTACK, 1.0,
        template=ATTACK, buttons=(button, Button("", ATTACK, url=f'https://x.example/"{ATTACK}')), status="read",
    )  # fmt: skip
    file = File("1", ATTACK, 1, "", name=ATTACK)

    pages = [
        views.home(["kota-contoh"], [(chat, message)], lang="id", typed={"number": f'"{ATTACK}', "name": ATTACK}),
        views.chat_page(chat, window_is_open=True, answered=message, typed=views.Typed(ATTACK), lang="id"),
        views.talk_page(chat, [message], {"": file}, {"": message}, lang="id"),
    ]

    assert not any("<script" in page for page in pages)
    assert all("&lt;script&gt;" in page for page in pages)


def test_both_languages_have_every_word() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
