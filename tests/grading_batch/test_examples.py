"""The commands of the example manifests, run as by their systems, produce the same table as one machine."""

import os
import subprocess
import sys

import pytest
import yaml

from conv_course.grade.given import COURSE
from tests.grading_batch.classroom import WRONG_SLIDE, submission
from tests.grading_batch.five_shapes import write_zip

EXAMPLES = COURSE / "conv_course" / "grade" / "examples"


def shell(command, place, **environment):
    """Run a command of an example, with this Python's grader in place of the entry point."""
    command = command.replace("course.py grade", "-m conv_course.grade").replace("/course/", "")
    command = command.replace('"$COURSE/course.py" grade', "-m conv_course.grade")
    command = command.replace("python3", sys.executable)
    environment = os.environ | {"PYTHONPATH": str(COURSE), "SEED": "5", **environment}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=place, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a class of five and the table of one machine."""
    made = tmp_path_factory.mktemp("job")
    texts = [
        submission(last=f"mine = {n}") if n else submission(answers={"q2": WRONG_SLIDE}) for n in range(4)
    ]
    write_zip(made / "submissions.zip", [(f"l{n}.ipynb", text) for n, text in enumerate([*texts, "{}"])])
    (made / "seed").write_text("5\n")
    shell("python3 course.py grade submissions.zip --csv one.csv --report one --seed 5", made)
    return made


MERGE = "python3 course.py grade merge submissions.zip part*.csv --csv grades.csv --report report"


def merged(place, command=MERGE):
    shell(command, place)
    assert (place / "grades.csv").read_bytes() == (place / "one.csv").read_bytes()
    for name in ("report.html", "report.json"):
        assert (place / "report" / name).read_bytes() == (place / "one" / name).read_bytes()
    for path in (*place.glob("part*.csv*"), *place.glob("grades.csv*")):
        path.unlink()


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_indexed_job(place):
    job = yaml.safe_load((EXAMPLES / "kubernetes.yaml").read_text())["spec"]
    assert job["completionMode"] == "Indexed"
    (container,) = job["template"]["spec"]["containers"]
    for index in range(job["completions"]):
        shell(container["args"][0], place, JOB_COMPLETION_INDEX=str(index))
    merged(place)


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_array(place):
    text = (EXAMPLES / "slurm.sh").read_text()
    assert "--array=1-8" in text
    for task in range(1, 9):
        shell(text, place, SLURM_ARRAY_TASK_ID=str(task), SLURM_ARRAY_TASK_COUNT="8", COURSE="")
    merged(place)


@pytest.mark.sandbox
def test_the_matrix(place):
    jobs = yaml.safe_load((EXAMPLES / "workflow.yml").read_text())["jobs"]
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    graded, together = (line for line in steps if "course.py" in line)
    for part in jobs["part"]["strategy"]["matrix"]["part"]:
        shell(graded, place, PART=str(part))
    merged(place, together)
