"""The empty table that offices fill in: its headings are those that are understood."""

import pytest

from libs.contracts.registry.imports import FIELDS
from libs.kit import sheets
from services.gateway.console.imports.template import CHOICES, COLUMNS, template
from services.registry.partner_import.columns import HEADINGS, proposed
from services.registry.partner_import.reading import LEVELS, PRESS, flag_of, kind_of


def test_a_person_may_choose_every_field_that_is_understood() -> None:
    assert set(FIELDS) == set(HEADINGS)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_every_heading_of_the_template_is_taken_for_what_it_is(lang: str, form: str) -> None:
    (header,) = list(sheets.rows(sheets.taken(template(form, lang, region="32.74"))))

    assert proposed([str(cell) for cell in header.cells]) == tuple(column.field for column in COLUMNS)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_word_that_can_be_chosen_is_understood(lang: str) -> None:
    words = CHOICES[lang]

    assert all(kind_of(word) for word in words["kinds"])
    assert [flag_of(word) for word in words["flags"]] == [True, False]
    assert set(words["levels"]) <= set(LEVELS)
    assert set(words["press"]) <= set(PRESS)
