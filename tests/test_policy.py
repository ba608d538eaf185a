# ruff: noqa: E501 - a row of a table is read more easily as one line
"""Policies: profiles, inheritance, mistakes named by line, and which levels give which tags."""

from pathlib import Path

import pytest

from classifier.errors import PolicyError
from classifier.policy import PROFILES, adjusted, decide, load_policy
from classifier.policy_file import key_lines
from classifier.taxonomy import Levels


def levels(*violence: int, profanity: int = 0) -> list[Levels]:
    return [{"violence": v, "profanity": profanity} for v in violence]


@pytest.mark.parametrize("name", PROFILES)
def test_shipped_profiles_load(name: str):
    policy = load_policy(name)
    assert len(policy.digest) == 64
    assert policy.thresholds == {"violence": (None,) * 3, "profanity": (None,) * 3}


def test_the_default_is_wire():
    assert load_policy() == load_policy("default") == load_policy("wire") == load_policy({})


def test_profiles_differ():
    assert len({load_policy(name).digest for name in PROFILES}) == len(PROFILES)


def test_a_file_inherits_and_overrides(tmp_path: Path):
    base = tmp_path / "base.toml"
    base.write_text('extends = "us-family"\n[words]\nBloody = 0\nferret = 2\n')
    own = tmp_path / "own.toml"
    own.write_text('extends = "base.toml"\n[tags]\nprofanity = 3\n[thresholds.violence]\n2 = 0.7\n')
    policy = load_policy(own)
    assert policy.tag_levels == {"graphic-violence": 2, "profanity": 3}
    assert policy.piling.sentences == load_policy("us-family").piling.sentences
    assert policy.words == {"bloody": 0, "ferret": 2}
    assert policy.thresholds["violence"] == (None, 0.7, None)


def test_the_digest_is_of_the_effective_policy(tmp_path: Path):
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text("# a comment\n[tags]\nprofanity = 3\n")
    two.write_text('description = "other"\n[tags]\ngraphic-violence = 2\nprofanity = 3\n')
    assert load_policy(one).digest == load_policy(two).digest != load_policy().digest


def test_a_circle_is_refused(tmp_path: Path):
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('# the base\nextends = "./a.toml"\n')
    with pytest.raises(PolicyError, match=r"b\.toml:2: .*circle \(a\.toml -> b\.toml -> a\.toml\)"):
        load_policy(tmp_path / "a.toml")


def test_a_file_that_extends_too_many_is_refused(tmp_path: Path):
    for number in range(9):
        (tmp_path / f"{number}.toml").write_text(f'extends = "{number + 1}.toml"\n')
    (tmp_path / "9.toml").write_text("")
    assert load_policy(tmp_path / "1.toml").digest == load_policy().digest
    with pytest.raises(PolicyError, match="more than 8 files extend one another"):
        load_policy(tmp_path / "0.toml")


def test_a_missing_base_is_named_with_the_place_where_it_was_looked_for(tmp_path: Path):
    path = tmp_path / "house.toml"
    path.write_text('description = "x"\nextends = "gone.toml"\n')
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert f"{path}:2: extends: no policy 'gone.toml'" in str(caught.value)
    assert f"{tmp_path / 'gone.toml'}: No such file" in str(caught.value)


MISTAKES = [
    ("exception = []", "1: unknown key 'exception' (did you mean 'exceptions'?)"),
    ("[tags]\nprofanity = 4", "2: tags.profanity must be 0 to 3, not 4"),
    ("[tags]\nprofanity = true", "2: tags.profanity must be a whole number, not True"),
    ("[tags]\ngraphic_violence = 2", "2: unknown key 'tags.graphic_violence' (did you mean 'tags.graphic-violence'?)"),
    ("profanity = 2", "1: unknown key 'profanity' (did you mean "),
    ("tags = 2", "1: tags must be a table, written [tags], not 2"),
    ("[piling]\nshare = 1.5", "2: piling.share must be 0 to 1, not 1.5"),
    ("[thresholds.violence]\n4 = 0.5", "2: unknown key 'thresholds.violence.4'"),
    ("[thresholds]\nviolence.2 = 7", "2: thresholds.violence.2 must be 0 to 1, not 7"),
    ("[words]\nok = 1\nbloody = 'x'", "3: words.bloody must be a whole number, not 'x'"),
    ("[notice]\nsentence = 'no place'", "2: notice.sentence must hold the placeholder {what}"),
    ("[notice]\nsentence = '{what} {who}'", "2: notice.sentence has the unknown placeholder {who}"),
    ("[notice]\nsentence = '{what'", "2: notice.sentence has a brace without its partner"),
    ("[notice]\nviolence = ['a',\n 'b']", "2: notice.violence must have 3 texts, not 2"),
    ("[mask]\nstyle = 'dots'", "2: mask.style must be one of 'none', 'hyphen'"),
    ("[activitypub]\nsensitive = ['gore']", "2: activitypub.sensitive may hold"),
    ("exceptions = ['']", "1: exceptions must not hold an empty text"),
    ("minimum_known = -0.1", "1: minimum_known must be 0 to 1, not -0.1"),
    ("[tags\n", "house.toml:1:6: not TOML"),
    ("# x\nextends = 'wier'", "2: extends: no policy 'wier' (did you mean 'wire'?)"),
    ("extends = 'house.toml'", "house.toml:1: extends: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_mistakes_are_named_by_line(tmp_path: Path, text: str, said: str):
    path = tmp_path / "house.toml"
    path.write_text(text)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert said in str(caught.value)


def test_all_mistakes_are_reported_at_once_and_in_order(tmp_path: Path):
    path = tmp_path / "house.toml"
    path.write_text('[tags]\nprofanity = 9\n[html]\nwarp = true\nplace = "x"\n')
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "4", "5"]


def test_mistakes_of_what_a_file_extends_are_reported_with_its_own(tmp_path: Path):
    (tmp_path / "base.toml").write_text("[tags]\nprofanity = 9\n")
    path = tmp_path / "house.toml"
    path.write_text('extends = "base.toml"\nwarp = 1\n')
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    inherited, own = str(caught.value).splitlines()
    assert f"{path}:2: unknown key 'warp'" in own
    assert f"{path}:1: extends: {tmp_path / 'base.toml'}:2: tags.profanity" in inherited


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(PolicyError, match="No such file"):
        load_policy(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path):
    path = tmp_path / "house.toml"
    path.write_bytes(b"#\ndescription = '\xff'")
    with pytest.raises(PolicyError, match=r"house\.toml:2: not UTF-8 at byte 17"):
        load_policy(path)


def test_keys_inside_texts_and_lists_are_not_keys():
    text = 'a = """\nb = 1\n"""\nc = [\n  "d = 2", # e = 3\n]\n[f]\n"g h" = 4\n'
    assert key_lines(text) == {("a",): 1, ("c",): 4, ("f",): 7, ("f", "g h"): 8}


def test_adjusted_changes_a_setting_and_is_checked():
    assert adjusted(load_policy(), {"html": {"wrap": True}}).setting("html", "wrap") is True
    with pytest.raises(PolicyError, match=r"html\.warp"):
        adjusted(load_policy(), {"html": {"warp": True}})


# --- tags -----------------------------------------------------------------------------------------


def test_one_described_sentence_is_enough():
    tags, why = decide(load_policy(), levels(0, 0, 2))
    assert tags == ("graphic-violence",)
    assert why["graphic-violence"].startswith("1 sentence of violence >= 2")


def test_three_summary_sentences_in_fifteen_pile_up():
    tags, why = decide(load_policy(), levels(1, 1, 1, *[0] * 12))
    assert tags == ("graphic-violence",)
    assert "3 in 15" in why["graphic-violence"]


@pytest.mark.parametrize("rows", [levels(1, 1, 1, *[0] * 13), levels(1, 1), levels(1), []])
def test_fewer_or_thinner_do_not(rows: list[Levels]):
    assert decide(load_policy(), rows) == ((), {})


def test_piling_can_be_turned_off():
    policy = load_policy({"piling": {"sentences": 0}})
    assert decide(policy, levels(1, 1, 1, 1))[0] == ()


def test_a_tag_can_be_turned_off():
    policy = load_policy({"tags": {"graphic-violence": 0, "profanity": 0}})
    assert decide(policy, levels(3, 3, 3, profanity=3)) == ((), {})


def test_tags_come_in_order():
    assert decide(load_policy(), levels(2, profanity=2))[0] == ("graphic-violence", "profanity")


def test_mild_words_are_tagged_by_us_family_alone():
    rows = levels(0, profanity=1)
    assert [n for n in PROFILES if decide(load_policy(n), rows)[0]] == ["us-family"]
