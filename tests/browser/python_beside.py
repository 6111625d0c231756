"""A page's Python played by this process: the page's scripts and `conv_course.page`, without Pyodide.

For tests of what a page shows. `test_questions.py` tests that Pyodide answers.
"""

import json

from conv_course.page import run, slide

WORKER = """let home;
self.onmessage = async ({ data }) => {
  if (data.kind === "start") {
    home = data.lite;
    return self.postMessage({ kind: "ready" });
  }
  const body = JSON.stringify([data.call, data.request]);
  const answer = await fetch(`${home}beside`, { method: "POST", body });
  self.postMessage({ kind: "answer", id: 0, value: await answer.json() });
};"""
CALLS = {"answer": run.answer, "hint": run.hint, "slide": slide.slide}


def beside(context):
    """Let the pages of a browser context ask this process. Return the list of what they ask, which fills."""
    asked = []

    def reply(route):
        call, request = json.loads(route.request.post_data)
        asked.append((call, request))
        route.fulfill(body=CALLS[call](json.dumps(request)), content_type="application/json")

    context.route("**/_static/python.json", lambda route: route.fulfill(body='{"ready": true}'))
    context.route("**/worker.js", lambda route: route.fulfill(body=WORKER, content_type="text/javascript"))
    context.route("**/lite/beside", reply)
    return asked
