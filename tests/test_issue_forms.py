"""The repository's issue forms are valid for GitHub, and pages link to the one for missed mistakes."""

import pytest
import yaml

from tools.environment import ROOT

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_github_asks_for(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    fields = [item for item in form["body"] if item["type"] != "markdown"]
    assert all(item["type"] in ("input", "textarea", "dropdown", "checkboxes") for item in fields)
    assert all(item["attributes"]["label"] for item in fields)
    assert len({item["id"] for item in fields}) == len(fields) >= 3
    assert any(item.get("validations", {}).get("required") for item in fields)


def test_the_form_for_a_missed_mistake_takes_the_card_and_pages_name_it():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/checker_missed.yml").read_text(encoding="utf-8"))
    fields = {item.get("id"): item for item in form["body"]}
    assert fields["card"]["validations"]["required"]
    assert fields["card"]["attributes"]["render"] == "text"
    for stem in ("17_break_the_checker", "casebook"):
        assert "issue form" in (ROOT / "book" / f"{stem}.md").read_text(encoding="utf-8")
