"""axe-core finds nothing on any page: light, dark and on a phone; nothing is wider than the phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

MODES = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
# in a quick run dark and phone are looked at on the pages that hold one of everything
EVERYTHING = ["00_welcome.html", "02_slide_a_kernel.html", "08_layer_forward.html", "glossary.html"]


def names(site):
    return sorted(
        path.name for path in site.glob("*.html") if 'http-equiv="Refresh"' not in path.read_text("utf-8")
    )


def faults_of(page):
    """axe-core's violations, one line each with the first place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}x) {one['nodes'][0]['html'][:160]}" for one in found
    ]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", MODES)
def test_no_page_has_a_violation(mode, site, site_url, browser, pytestconfig):
    chosen = names(site) if mode == "light" or pytestconfig.getoption("--all") else EVERYTHING
    context = browser.new_context(**MODES[mode], reduced_motion="reduce")
    page = context.new_page()
    faults = []
    for name in chosen:
        page.goto(site_url + name, wait_until="load")
        page.wait_for_function(
            "() => !window.MathJax?.startup?.promise || window.MathJax.startup.promise.then(() => true)"
        )
        faults += [f"{name} {fault}" for fault in faults_of(page)]
        width = page.evaluate("() => document.documentElement.scrollWidth")
        if width > MODES[mode]["viewport"]["width"]:
            faults.append(f"{name} is {width} px wide on a screen of {MODES[mode]['viewport']['width']}")
    context.close()
    assert not faults, "\n".join(faults)


def test_the_audit_sees_a_fault(site_url, browser):
    page = browser.new_page()
    page.goto(site_url + "00_welcome.html")
    page.evaluate("() => document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"\">')")
    assert any(fault.startswith("image-alt") for fault in faults_of(page))
    page.close()
