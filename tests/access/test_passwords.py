"""Which passwords will do."""

import pytest
import zxcvbn

from ops.access import passwords
from ops.errors import Invalid


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "12 characters or more"),
        ("short words", "12 characters or more"),
        ("x" * 201, "200 characters at most"),
        ("lee.example@example.test", "the e-mail address"),
        ("Lee.Example@Example.test", "the e-mail address"),
        ("password1234", "first that are guessed"),
        ("Password2026!", "first that are guessed"),
        ("123456789012", "first that are guessed"),
        ("aaaaaaaaaaaa", "first that are guessed"),
        ("Manchester-2026", "first that are guessed"),
        ("letmeinletmein", "first that are guessed"),
        ("qwertyuiop12", "first that are guessed"),
        ("iloveyou12345", "first that are guessed"),
        ("lee.example2026", "first that are guessed"),
        ("P0l1ceOfficer", "first that are guessed"),
        ("Operations2026!", "first that are guessed"),
    ],
)
def test_refuses_what_is_guessed_first(password, sentence):
    with pytest.raises(Invalid, match=sentence) as refusal:
        passwords.check(password, "lee.example@example.test")

    assert refusal.value.errors["password"] == [refusal.value.sentence]


@pytest.mark.parametrize("password", ["correct donkey staple", "πλανήτης γη ήλιος", "xk9$vq2fmzpt"])
def test_no_kind_of_character_is_asked_for(password):
    passwords.check(password, "lee.example@example.test")


def test_a_long_password_is_looked_at_no_longer_than_it_takes(monkeypatch):
    looked_at = []
    estimate = zxcvbn.zxcvbn
    monkeypatch.setattr(
        zxcvbn,
        "zxcvbn",
        lambda given, known: looked_at.append(given) or estimate(given, known),
    )

    passwords.check("4@8({[</369&#!1|0$5+7%2" * 8, "lee.example@example.test")

    assert [len(given) for given in looked_at] == [32]


def test_a_made_password_will_do():
    made = passwords.generate()

    passwords.check(made, "lee.example@example.test")
    assert made != passwords.generate()


def test_a_hash_fits_its_password_alone():
    kept = passwords.hash_password("three random words")

    assert kept.startswith("$argon2id$")
    assert passwords.is_right(kept, "three random words")
    assert not passwords.is_right(kept, "three random word")
    assert not passwords.is_outdated(kept)


def test_nobody_has_no_right_password():
    assert not passwords.is_right(None, "")
