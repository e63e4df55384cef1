"""What people and offices do to each other by way of the provider, and how that goes wrong."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from deploy.local.chat import graph
from deploy.local.chat.phone import NoReply, Phone
from deploy.local.chat.postman import AT_ONCE
from tests.unit.local.chat.site import OFFICE, Gateway, Site


def a_picture(width: int = 400) -> bytes:
    Image.new("RGB", (width, 300), "teal").save(out := io.BytesIO(), "JPEG")
    return out.getvalue()


def bearer(site: Site) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.number.access_token}"}


def test_both_sides_read_what_was_said(site: Site, budi: Phone) -> None:
    budi.say("Apakah benar?")

    site.text(budi.number, "Terima kasih, kami periksa.")

    assert budi.wait_for_reply("kami periksa").status in ("sent", "delivered")
    assert [m.by_person for m in budi.messages()] == [True, False]
    with pytest.raises(NoReply):
        budi.wait_for_reply("sudah dijawab", seconds=0)


def test_a_closed_window_lets_only_a_template_through(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("halo")
    budi.end_window()
    template = {"name": "kabar_laporan_v1", "language": {"code": "id"}}

    site.text(budi.number, "terlambat")
    site.send({"messaging_product": "whatsapp", "to": budi.number, "type": "template", "template": template})

    assert budi.wait_for_reply("[kabar_laporan_v1]").template == "kabar_laporan_v1"
    assert [m.text for m in budi.replies()] == ["[kabar_laporan_v1]"]
    assert gateway.told("failed")["statuses"][0]["errors"][0]["code"] == 131047

    budi.say("saya di sini")
    site.text(budi.number, "sekarang bisa")

    assert budi.wait_for_reply("sekarang bisa")


def test_too_many_messages_to_one_person_are_refused(site: Site, budi: Phone) -> None:
    site.provider.faults(pair_limit=2)
    budi.say("halo")

    answers = [site.text(budi.number) for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == 131056


def test_a_picture_is_handed_out_to_who_has_the_token(site: Site, gateway: Gateway, budi: Phone) -> None:
    picture = a_picture()
    budi.send_picture(picture, caption="Benarkah?", forwarded="often")
    said = gateway.until(bool)[0].json["entry"][0]["changes"][0]["value"]["messages"][0]

    facts = site.client.get(f"/v23.0/{said['image']['id']}", headers=bearer(site)).json()

    assert said["context"] == {"frequently_forwarded": True}
    assert (facts["mime_type"], facts["file_size"]) == ("image/jpeg", len(picture))
    assert httpx.get(facts["url"], headers=bearer(site)).content == picture
    assert httpx.get(facts["url"]).status_code == 404
    assert httpx.get(re.sub(r"ext=\d+", "ext=1", facts["url"]), headers=bearer(site)).status_code == 404
    assert site.client.get(f"/v23.0/{said['image']['id']}").status_code == 401


def test_the_largest_of_the_pictures_that_telegram_names_is_the_one_sent(
    site: Site, gateway: Gateway, siti: Phone
) -> None:
    picture = a_picture()
    siti.send_picture(picture, caption="Benarkah?", forwarded="once")
    message = gateway.until(bool)[0].json["message"]

    sizes = [
        site.client.get(f"/file/bot{site.bot.token}/{found['file_path']}").content
        for found in (site.call("getFile", file_id=size["file_id"]).json()["result"] for size in message["photo"])
    ]

    assert sizes[1] == picture
    assert [len(size) for size in sizes] == [size["file_size"] for size in message["photo"]]
    assert "forward_origin" in message
    assert message["caption"] == "Benarkah?"
    assert site.client.get(f"/file/bot{site.bot.token}/photos/file_1.jpg").status_code == 404


def test_a_pressed_button_says_its_title_on_whatsapp(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("halo")
    reply = {"type": "reply", "reply": {"id": "kirim", "title": "Kirim"}}
    interactive = {"type": "button", "body": {"text": "Kirim laporan ini?"}, "action": {"buttons": [reply]}}
    site.send({"messaging_product": "whatsapp", "to": budi.number, "type": "interactive", "interactive": interactive})

    question = budi.wait_for_reply("Kirim laporan")
    budi.press(question, "Kirim")

    gateway.until(lambda _: any("interactive" in m for v in gateway.values() for m in v.get("messages", [])))
    said = next(m for v in gateway.values() for m in v.get("messages", []) if "interactive" in m)
    assert said["interactive"] == {"type": "button_reply", "button_reply": {"id": "kirim", "title": "Kirim"}}
    assert said["context"] == {"from": site.number.display_phone_number, "id": question.id}


def test_a_pressed_button_is_a_query_on_telegram(site: Site, gateway: Gateway, siti: Phone) -> None:
    siti.say("/start")
    markup = {"inline_keyboard": [[{"text": "Kirim", "callback_data": "kirim"}]]}
    site.call("sendMessage", chat_id=siti.telegram_id, text="Kirim?", reply_markup=markup)

    siti.press(siti.wait_for_reply("Kirim?"), "Kirim")

    query = gateway.until(lambda heard: len(heard) == 2)[1].json["callback_query"]
    assert query["data"] == "kirim"
    assert query["message"]["text"] == "Kirim?"


@pytest.mark.parametrize("fault", ["malformed", "timeout"])
def test_what_went_out_without_the_sender_knowing_is_counted(site: Site, budi: Phone, fault: str) -> None:
    budi.say("halo")
    site.provider.faults(whatsapp=fault, times=1)

    if fault == "timeout":
        with pytest.raises(httpx.ReadTimeout):
            site.client.post(
                f"/v23.0/{site.number.phone_number_id}/messages",
                json={"messaging_product": "whatsapp", "to": budi.number, "type": "text", "text": {"body": "Halo"}},
                headers=bearer(site),
                timeout=0.5,
            )
    else:
        with pytest.raises(ValueError, match=r"JSON|Unterminated|delimiter"):
            site.text(budi.number).json()

    assert [m.text for m in site.log.sent_to(budi.number)] == ["Halo"]
    assert site.log.requests("messages")[0]["fault"] == fault


def test_a_webhook_is_brought_again_until_it_is_taken(site: Site, gateway: Gateway, budi: Phone) -> None:
    gateway.answers.extend([503, 500])

    budi.say("halo")

    heard = gateway.until(lambda heard: len(heard) == 3)
    assert len({h.body for h in heard}) == 1
    time.sleep(0.1)
    assert list(site.log.hooks().values()) == [[503, 500, 200]]


def test_in_a_burst_webhooks_wait_for_a_place_and_none_fails(site: Site, gateway: Gateway) -> None:
    gateway.takes = 0.5
    phones = [site.provider.phone(f"6281200000{n:03}", office=OFFICE) for n in range(50)]

    with ThreadPoolExecutor(len(phones)) as people:
        list(people.map(lambda phone: phone.say("halo"), phones))

    gateway.until(lambda heard: len(heard) == 50, seconds=30)
    assert 1 < gateway.most_inside <= AT_ONCE
    assert {answer for answers in site.log.hooks().values() for answer in answers} == {200}


def test_telegram_keeps_the_order_of_a_chat_also_when_it_brings_again(
    site: Site, gateway: Gateway, siti: Phone
) -> None:
    gateway.answers.extend([500])

    siti.say("satu")
    siti.say("dua")

    heard = gateway.until(lambda heard: len(heard) == 3)
    assert [h.json["message"]["text"] for h in heard] == ["satu", "satu", "dua"]


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_a_wrong_signature_is_one_that_the_secret_did_not_make(
    site: Site, gateway: Gateway, budi: Phone, siti: Phone, channel: str
) -> None:
    site.provider.faults(wrong_signature=True)

    (budi if channel == "whatsapp" else siti).say("halo")

    heard = gateway.until(bool)[0]
    assert heard.headers.get("X-Hub-Signature-256") != graph.signature(heard.body, site.number.app_secret)
    assert heard.headers.get("X-Telegram-Bot-Api-Secret-Token") != site.bot.secret_token


def test_webhooks_come_twice_and_in_any_order(site: Site, gateway: Gateway, budi: Phone) -> None:
    site.provider.faults(twice=True, shuffle=20)

    texts = [budi.say(f"pesan {n}").text for n in range(20)]

    gateway.until(lambda heard: len(heard) == 40)
    came = [m["text"]["body"] for v in gateway.values() for m in v["messages"]]
    assert sorted(came) == sorted(texts * 2)
    assert list(dict.fromkeys(came)) != texts


def test_several_messages_come_in_one_envelope(site: Site, gateway: Gateway, budi: Phone) -> None:
    site.provider.faults(batch=3)

    for text in ("satu", "dua", "tiga", "empat"):
        budi.say(text)

    gateway.until(lambda heard: len(heard) == 2)
    assert [m["text"]["body"] for v in gateway.values() for m in v["messages"]] == ["satu", "dua", "tiga", "empat"]
    assert len(gateway.heard[0].json["entry"][0]["changes"]) == 3


def test_a_fault_that_there_is_not_is_refused_with_those_that_there_are(site: Site) -> None:
    with pytest.raises(ValueError, match="rate_limit"):
        site.provider.faults(whatsapp="earthquake")
    with pytest.raises(ValueError, match="pair_limit"):
        site.provider.faults(pear_limit=1)


def test_a_picture_by_link_is_fetched_from_this_machine_alone(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("halo")
    for link in (f"{gateway.address}/picture", "http://contoh.example/picture"):
        image = {"link": link, "caption": "Fakta"}
        site.send({"messaging_product": "whatsapp", "to": budi.number, "type": "image", "image": image})

    assert gateway.told("failed")["statuses"][0]["errors"][0]["code"] == 131053
    assert [m.kind for m in budi.replies()] == ["image"]
