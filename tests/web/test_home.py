"""The home page says what is public, in the reader's language, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import render_template


def _page(town: Any, path: str = "/", **headers: str) -> str:
    return str(town.client.get(path, headers=headers).get_data(as_text=True))


def test_the_latest_cases_stand_under_their_district(town: Any) -> None:
    case = town.report(category="0101")
    html = _page(town)
    assert '<html lang="zh-CN">' in html
    for shown in ("海港区", case["number"], "供水井盖", "一号网格", "已上报", "2026-03-02 09:00"):
        assert shown in html
    english = _page(town, "/?lang=en")
    for shown in ("Harbour District", case["number"], "water cover", "Grid 1", "reported"):
        assert shown in english
    assert 'href="/api/v1/docs?lang=en"' in english


@pytest.mark.parametrize(
    ("path", "accept", "lang"),
    [
        ("/", "en-GB,en;q=0.9", "en"),
        ("/?lang=zh", "en", "zh-CN"),
        ("/?lang=en", "zh-CN", "en"),
        ("/?lang=fr", "fr", "zh-CN"),
        ("/", "", "zh-CN"),
    ],
)
def test_the_language_is_the_readers(town: Any, path: str, accept: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in _page(town, path, **{"Accept-Language": accept})


def test_nothing_personal_is_shown(town: Any) -> None:
    town.report(description="秘密", contact={"name": "王小明", "phone": "13812345678"})
    hidden = town.report(category="0901")
    html = _page(town)
    for secret in ("秘密", "王小明", "13812345678", "walker", hidden["number"], "违法线索"):
        assert secret not in html


def test_labels_are_only_text(town: Any) -> None:
    words: dict[str, Any] = {"words": lambda code, **_: code, "label": lambda texts: texts["zh"]}
    districts = [{"id": "x", "label": {"zh": "<script>"}, "time_zone": "UTC", "cases": []}]
    with town.app.test_request_context("/"):
        html = render_template("web/home.html", districts=districts, api_docs="/", speak="zh", other="en", **words)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_district_without_cases_says_so(town: Any) -> None:
    assert _page(town).count("还没有案件") == 2


def test_an_empty_server_says_how_to_begin(empty: Any) -> None:
    assert "还没有发布任何方案" in _page(empty)
    assert "gridwright publish" in _page(empty, "/?lang=en")


def test_errors_are_pages_for_browsers(town: Any) -> None:
    missing = town.client.get("/no-such-page?lang=en")
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    assert "There is no such page" in missing.get_data(as_text=True)
    refused = town.client.post("/")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_every_asset_comes_from_this_server_and_nothing_is_inline(town: Any) -> None:
    for path in ("/", "/api/v1/docs", "/nothing"):
        html = _page(town, path)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
        assert not re.search(r"<script|<style| style=| on[a-z]+=", html)
        for asset in re.findall(r'(?:src|href)="(/[^"?#]+\.(?:css|svg|js))"', html):
            with town.client.get(asset) as answer:
                assert answer.status_code == 200, asset


def test_several_districts_are_a_click_away(town: Any) -> None:
    page = town.client.get("/?lang=zh").get_data(as_text=True)
    links = re.findall(r'<a href="#(district-\d+)">', page)
    assert len(links) == 2
    assert all(f'id="{name}"' in page for name in links)


def test_one_district_needs_no_way_to_it(empty: Any) -> None:
    assert 'class="districts' not in empty.client.get("/").get_data(as_text=True)
