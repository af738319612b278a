"""Surveys and self-evaluations: what is counted, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.extract import survey


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "mean", "sample"),
    [
        ("编号,满意度\n1,80\n2,90\n3,\n", 85.0, 2),
        ("﻿得分/5\n5\n4\n", 90.0, 2),
        ("id,score/10\n1,7\n", 70.0, 1),
        ('{"mean": 4.1, "scale": 5, "sample": 120, "asked": 300}', 82.0, 120),
    ],
)
def test_answers_become_a_mean_of_a_hundred(tmp_path: Path, text: str, mean: float, sample: int) -> None:
    found = survey.read(write(tmp_path / "s", text))
    assert (found["mean"], found["sample"]) == (mean, sample)


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "满意度\n", "满意度\n101\n", "满意度/5\n6\n", "满意度\nnan\n", "满意度\ninf\n", '{"mean": 120, "sample": 3}', '{"mean": 80}', '{"mean": 80, "sample": 0}', '{"mean": true, "sample": 3}',
     '{"mean": 80, "sample": 10, "asked": 5}', '{"mean": 4, "scale": 7, "sample": 3}', "{", "[" * 5000],
)  # fmt: skip
def test_what_is_no_survey_is_refused_in_both_languages(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        survey.read(write(tmp_path / "s", text))
    assert caught.value.code == "bad-survey"
    assert caught.value.text["zh"] != caught.value.text["en"]


def test_points_of_oneself_lie_between_nought_and_a_hundred(tmp_path: Path) -> None:
    assert survey.points(write(tmp_path / "p", '{"points": 90, "by": "某单位"}'))["points"] == 90.0
    for text in ("{}", "[]", '{"points": 101}', '{"points": "90"}', "x"):
        with pytest.raises(BadInput):
            survey.points(write(tmp_path / "p", text))
