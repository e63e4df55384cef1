"""docs/accounts.md, how accounts are read, from the table of platforms; `make generate` writes it."""

from collections.abc import Iterator

from libs.kit.handles import Rule, account, rules

FILE = "docs/accounts.md"

HEAD = """\
# How an account is read

Written by `make generate` from `libs/kit/data/accounts/platforms.toml`: change it there.

Somebody types an account as an address, with the platform before or behind the name, or as a name beside a platform
chosen from the list. All three become one address; two forms of one account have the same key, and only one partner of
all offices may hold a key. An address is always right where it says another platform than the one chosen.
"""

TAIL = """
## What is refused, and why

| code | when |
| --- | --- |
| `account_platform_missing` | a bare name, and no platform named |
| `account_platform_unknown` | a platform that is not in the table; its web address will do |
| `account_name_invalid` | no account there can be called so |
| `account_display_name` | several words: what stands above a profile, not what it is found by |
| `account_confusable` | a letter of another script that looks like one of ours (`kіm` with a Cyrillic і) |
| `account_unresolved` | a share link or short address: whose it is, only following it would tell |
| `account_is_content` | a post, a video, a search or a log-in in place of an account |
| `account_is_invite` | an invitation into a private group |
| `account_is_phone`, `account_is_mail` | a telephone number, a mail address |
| `account_several` | more than one address |
| `url_look_alike`, `url_userinfo`, `url_inner`, `url_invalid` | the address itself deceives, or is none |

## Addresses

Of each platform are read: its own hosts in all their forms (`m.`, `web.`, `mbasic.`, a language), links for apps
(`instagram://user?username=`, `fb://page/`, `vnd.youtube:`, `tg://resolve`, `intent:`), what `/pg/`, `_u/`, `/people/`
and `/s/` lead to, front ends of others (`nitter`, `invidious`, `imginn`), and pages that carry an address on
(`l.facebook.com`, `l.instagram.com`). The rules of each stand in `libs/kit/links`, with their cases in
`tests/unit/kit/links.csv` and `tests/unit/kit/accounts.csv`.
"""


def written() -> str:
    return f"{HEAD}\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in _rows()) + TAIL


def _rows() -> Iterator[list[str]]:
    yield ["platform", "called", "a name there", "as somebody types it", "is read as"]
    yield ["---"] * 5
    for rule in rules().values():
        called = ", ".join(rule.called)
        yield [rule.title, called, _name(rule), f"`{rule.example}`", f"`{account(rule.example).identity}`"]


def _name(rule: Rule) -> str:
    kinds = [sign for sign in rule.signs if len(sign) > 1]
    marks = [f"`{sign}`" for sign in rule.signs if len(sign) == 1]
    capitals = "; capitals count" if rule.capitals else ""
    return f"{rule.shortest} to {rule.longest}: {', '.join(kinds)} {' '.join(marks)}{capitals}"
