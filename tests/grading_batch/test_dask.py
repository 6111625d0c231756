"""Three workers of a cluster, one of them killed midway, produce the same table as one machine."""

import contextlib
import importlib.util
import os
import signal
import sys
import threading
import time

import pytest

from conv_course.grade import __main__ as command
from conv_course.grade import dask_workers
from tests.grading_batch.classroom import WRONG_SLIDE, submission

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="the package distributed is not installed",
)


def run(*words):
    return command.main([str(word) for word in words])


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "class"
    made.mkdir()
    for number in range(8):
        wrong = {"q2": WRONG_SLIDE} if number % 3 == 0 else None
        (made / f"l{number}.ipynb").write_text(submission(answers=wrong, last=f"mine = {number}"))
    (made / "none.ipynb").write_text("{}")
    return made


@contextlib.contextmanager
def killed_after_the_first_record(state, worker):
    """Within the block, a thread waits for a record and then kills a worker."""
    over = threading.Event()

    def watch():
        while not over.is_set():
            if state.exists() and b'"key"' in state.read_bytes():
                os.kill(worker, signal.SIGKILL)
                return
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@needs_dask
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_the_same_table(folder, tmp_path, monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setenv("PYTHONPATH", str(command.gradebooks.__file__).split("/conv_course/")[0])
    one, many, seed = tmp_path / "one.csv", tmp_path / "many.csv", ["--seed", 5]
    assert run(folder, "--csv", one, *seed) == 0
    with LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            lost = next(iter(client.run(os.getpid).values()))
        with killed_after_the_first_record(tmp_path / "many.csv.state", lost):
            assert run(folder, "--csv", many, "--dask", cluster.scheduler_address, *seed) == 0
        with Client(cluster) as client:
            assert lost not in client.run(os.getpid).values()
    assert many.read_bytes() == one.read_bytes()


@needs_dask
def test_no_cluster_is_one_line(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(dask_workers, "PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:9", "nonsense://"):
        assert run(folder, "--csv", tmp_path / "g.csv", "--dask", address) == command.REFUSED
        assert "no cluster answers at" in capsys.readouterr().err
    assert not (tmp_path / "g.csv").exists()


def test_without_the_package_it_is_said(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run(folder, "--csv", tmp_path / "g.csv", "--dask", "tcp://127.0.0.1:9") == command.REFUSED
    assert dask_workers.HOW in capsys.readouterr().err
