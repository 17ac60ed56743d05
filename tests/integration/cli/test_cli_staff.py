"""`staff` and `duty`: people on posts and off them, what is refused or warned of, tokens, and which installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import MINIMAL, Done, run, serving

Here = Callable[..., Done]
WORKS = ("staff", "assign", "minimal", "wang", "crew")
READER = ("staff", "assign", "minimal", "wang", "head", "--cell", "D01")


@pytest.fixture
def district(here: Here) -> Here:
    """The minimal district, published."""
    assert here("publish", MINIMAL).code == 0
    return here


def columns(done: Done) -> list[list[str]]:
    """Heading and rows, by columns: none has two blanks in a row."""
    assert done.code == 0, done.err
    return [re.split(r" {2,}", line.rstrip()) for line in done.out.splitlines()]


def refused(done: Done, code: str) -> str:
    assert done.code == 1 and done.out == "" and f"[{code}]" in done.err and "Traceback" not in done.err
    assert "{" not in done.err
    return done.err


def test_the_list_has_a_heading_and_the_account_ids(district: Here) -> None:
    district(*READER)
    district("staff", "assign", "minimal", "王强", "crew")
    heading, wang, qiang = columns(district("--language", "en", "staff", "list", "minimal"))
    assert heading == ["NAME", "ACCOUNT", "POST", "LABEL", "CELL", "ORGANISATION", "SINCE"]
    assert [wang[0], *wang[2:6]] == ["wang", "head", "grid head", "D01", "–"]
    assert [qiang[0], *qiang[2:6]] == ["王强", "crew", "crew", "–", "works"]
    assert re.fullmatch(r"[0-9a-f-]{36}", wang[1]) and wang[1] != qiang[1]
    since = datetime.fromisoformat(wang[6])
    assert since.utcoffset() == timedelta(hours=8), "the district's own time"
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=10)
    told = district("staff", "list", "minimal").out
    assert told.startswith("姓名  ") and "网格长" in told and "gw_" not in told


def test_the_account_id_of_the_list_is_what_the_api_takes(instance: Path) -> None:
    run(instance, "publish", MINIMAL)
    run(instance, *READER)
    account = columns(run(instance, "staff", "list", "minimal"))[1][1]
    secret = run(instance, "staff", "token", "wang", "--scope", "read").out.splitlines()[-1]
    with serving(instance) as server:
        status, body = server.get("/api/v1/localities/minimal/people?cell=D01", secret)
    assert status == 200 and f'"account": "{account}"' in body and '"name": "wang"' in body


def test_the_list_of_a_district_that_is_not_there(district: Here) -> None:
    refused(district("staff", "list", "nowhere"), "locality-unknown")


def test_leaving_ends_the_assignment(district: Here) -> None:
    district(*READER)
    district("staff", "assign", "minimal", "wang", "head", "--cell", "D02")
    assert "D01 D02" in refused(district("staff", "leave", "minimal", "wang", "head"), "assignment-ambiguous")
    done = district("staff", "leave", "minimal", "wang", "head", "--cell", "D01")
    assert (done.code, done.out) == (0, "wang 不再任 网格长（D01）\n")
    assert [row[4] for row in columns(district("staff", "list", "minimal"))[1:]] == ["D02"]
    refused(district("staff", "leave", "minimal", "wang", "head", "--cell", "D01"), "assignment-unknown")
    assert district("staff", "leave", "minimal", "wang", "head").code == 0
    assert len(columns(district("staff", "list", "minimal"))) == 1
    refused(district("staff", "leave", "minimal", "wang", "head"), "assignment-unknown")
    refused(district("staff", "leave", "minimal", "nobody", "head"), "account-unknown")
    assert district(*READER).code == 0, "who has left may come again"


def test_nobody_is_put_on_the_same_place_twice(district: Here) -> None:
    assert district(*READER).code == 0
    assert "wang" in refused(district(*READER), "assignment-exists")
    assert district("staff", "assign", "minimal", "wang", "head", "--cell", "D02").code == 0
    assert district("staff", "assign", "minimal", "chen", "head", "--cell", "D01").code == 0
    assert district(*WORKS).code == 0
    refused(district(*WORKS), "assignment-exists")
    assert district(*WORKS, "--organisation", "centre").code == 0
    assert len(columns(district("staff", "list", "minimal"))) == 6


def test_more_holders_than_positions_are_told_and_taken(district: Here) -> None:
    first = district("--language", "en", *WORKS)
    second = district("--language", "en", "staff", "assign", "minimal", "chen", "crew")
    third = district("--language", "en", "staff", "assign", "minimal", "liu", "crew")
    assert (first.code, second.code, third.code) == (0, 0, 0)
    assert first.out == "wang is now crew (works)\n" and second.out.count("\n") == 1
    assert third.out.splitlines()[1] == "note: the post 'crew' in works: positions 2, holders now 3"
    assert "只有 2 个编制，现有 4 人" in district("staff", "assign", "minimal", "zhao", "crew").out


def test_a_cell_of_another_tier_says_both_tiers(district: Here) -> None:
    said = refused(district("staff", "assign", "minimal", "wang", "head", "--cell", "D"), "assignment-wrong-tier")
    assert "“D”在“区”这一层" in said and "要“网格”这一层" in said and "例如：D01" in said
    english = district("--language", "en", "staff", "assign", "minimal", "wang", "head", "--cell", "D").err
    assert "is of the tier 'district'" in english and "of the tier 'grid'" in english
    assert "网格" in refused(district("staff", "assign", "minimal", "wang", "head"), "assignment-needs-cell")


@pytest.mark.parametrize(
    ("arguments", "code", "nearest"),
    [
        (("haed", "--cell", "D01"), "post-unknown-near", "head"),
        (("zzzz",), "post-unknown", ""),
        (("head", "--cell", "D0l"), "cell-unknown-near", "D0"),
        (("crew", "--organisation", "work"), "organisation-unknown-near", "works"),
    ],
)
def test_names_that_stand_for_nothing(district: Here, arguments: tuple[str, ...], code: str, nearest: str) -> None:
    assert nearest in refused(district("staff", "assign", "minimal", "wang", *arguments), code)


def test_a_token_is_told_with_all_that_it_is_good_for(district: Here) -> None:
    district(*READER)
    made = district("--language", "en", "staff", "token", "wang", "--scope", "act", "--scope", "read", "--days", "3")
    line, _, secret = made.out.splitlines()
    told = re.fullmatch(r"token (\S+), scopes read act, district \*, expires (\S+)", line)
    assert told and secret.startswith("gw_")
    lasting = datetime.fromisoformat(told[2]) - datetime.now(UTC)
    assert timedelta(days=2, hours=23) < lasting <= timedelta(days=3)
    district("staff", "token", "wang", "--locality", "minimal")
    heading, first, second = columns(district("--language", "en", "staff", "tokens", "wang"))
    assert heading == ["TOKEN", "SCOPES", "DISTRICT", "EXPIRES", "REVOKED"]
    assert first == [told[1], "read act", "*", told[2], "–"]
    assert second[1:] == ["read report act", "minimal", "–", "–"]
    assert district("staff", "revoke", told[1]).code == 0
    listing = district("staff", "tokens", "wang")
    assert columns(listing)[1][4].startswith(f"{datetime.now(UTC):%Y-}") and secret not in listing.out
    refused(district("staff", "tokens", "nobody"), "account-unknown")


@pytest.mark.parametrize("command", ["assign", "leave", "token"])
def test_the_help_names_what_holds_by_itself(here: Here, command: str) -> None:
    text = " ".join(here("staff", command, "--help").out.split())
    options = set(re.findall(r"--\w+", text)) - {"--help"}
    assert options and text.count("[default: ") == len(options)
    assert command != "token" or "[default: read, report, act]" in text


def test_every_command_on_an_installation_says_which(here: Here, instance: Path, tmp_path: Path) -> None:
    first = here("publish", MINIMAL)
    assert first.err == f"此前没有实例，已新建实例目录：{instance}\n"
    asked: list[tuple[str | Path, ...]] = [
        ("publish", MINIMAL),
        ("export", "minimal", tmp_path / "out"),
        READER,
        ("staff", "token", "wang"),
        ("staff", "tokens", "wang"),
        ("staff", "list", "minimal"),
        ("staff", "revoke", "none"),
        ("staff", "leave", "minimal", "wang", "head"),
        ("duty", "minimal", "peacetime", "--by", "wang"),
    ]
    for arguments in asked:
        done = here(*arguments)
        assert (done.code, done.err) == (0, f"实例目录：{instance}\n"), arguments
        assert str(instance) not in done.out
    english = here("--language", "en", "staff", "list", "minimal", GRIDWRIGHT_INSTANCE=str(tmp_path / "new"))
    assert english.err.startswith(f"there was no instance, a new one was created: {tmp_path / 'new'}\n")
    assert "[locality-unknown]" in english.err


def test_an_empty_folder_is_no_instance_yet(here: Here, instance: Path) -> None:
    instance.mkdir()
    assert "已新建" in here("publish", MINIMAL).err


def test_reading_manifests_touches_no_installation(here: Here, instance: Path) -> None:
    done = here("check", MINIMAL, "--format", "json")
    assert (done.code, done.err) == (0, "") and not instance.exists()
