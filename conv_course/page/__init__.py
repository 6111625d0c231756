"""What makes the questions in the book's pages answerable: an editor, Python in a worker, and kept work.

    start.js      the only part of a page's first load: brings the rest when a question comes near
    question.js   one question: its editor, buttons, verdict
    python.js     the page's one Python: starts it, says how far it is, stops it
    worker.js     the worker in which Pyodide runs
    run.py        what Python does there: run an answer and check it, as the notebook does
    answer.js     one answer: kept, with older and other texts beside it
    store.js      what the browser keeps
    work.js       all answers: saved to a file, loaded, handed in
    predict.js    predictions: the reader commits, then sees

`tools/sphinx_questions.py` puts the scripts into the site. Pyodide, NumPy and the checker are the files that
JupyterLite uses, below `lite/static/pyodide`.
"""
