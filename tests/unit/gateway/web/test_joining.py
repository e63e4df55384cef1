import pytest
from jinja2 import Environment, TemplateSyntaxError

from services.gateway.web.joining import Joined

ENVIRONMENT = Environment(extensions=[Joined], autoescape=True)


def said(source: str, **values: object) -> str:
    return ENVIRONMENT.from_string(source).render(**values)


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<p>\n  <b>a</b>\n  <i>b</i>\n</p>", "<p><b>a</b><i>b</i></p>"),
        ("<p>\n  {{ x }}\n  {{ x }}\n</p>", "<p>XX</p>"),
        ("<p>{{ x }} {{ x }} <b>a</b></p>", "<p>X X <b>a</b></p>"),
        ('<p>\n  {{ x }}{{ " " }}\n  <b>a</b>\n</p>', "<p>X <b>a</b></p>"),
        ("<p>\n  one\n  two\n</p>", "<p>one two</p>"),
        ("{% if x %}\n  <p>\n    {% if x %}a{% endif %}\n  </p>\n{% endif %}\n", "<p>a</p>"),
        ("{# said #}\n<p>\n  {# why #}\n  a\n</p>", "<p>a</p>"),
        ('<a class="b"\n   href="c"\n>a</a>', '<a class="b" href="c">a</a>'),
        ('<a class="b"\n   {% if x %}hidden{% endif %}\n>a</a>', '<a class="b" hidden>a</a>'),
        ('<a class="b\n   c" title="x > y">a</a>', '<a class="b c" title="x > y">a</a>'),
        ("<textarea>\n{{ y }}</textarea>\n<p>", "<textarea>\n\n y</textarea><p>"),
        ("<pre>a\n  <b>b</b>\n</pre>\n<p>", "<pre>a\n  <b>b</b>\n</pre><p>"),
        ("<p>a</p>\n\n\n<p>\n\n  b  c\n</p>", "<p>a</p><p>b  c</p>"),
    ],
)
def test_a_break_is_nothing_beside_a_tag_and_a_space_between_words(source: str, page: str) -> None:
    assert said(source, x="X", y="\n y") == page


def test_what_is_printed_keeps_its_own_breaks() -> None:
    assert said("<p>\n  {{ x }}\n</p>", x="a\n  <b>\n") == "<p>a\n  &lt;b&gt;\n</p>"


@pytest.mark.parametrize("source", ['<p class="a>b</p>', "<textarea>\n{{ x }}", "<p"])
def test_a_tag_that_is_not_closed_is_said_at_loading(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        said(source, x="")
