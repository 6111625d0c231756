"""The questions in the book's pages: an editor, Python in a worker, and stored answers.

    start.js      the only script in a page's first load: fetches the rest when a question comes near
    question.js   one question: its editor, buttons, verdict
    python.js     the page's one Python: starts it, shows its progress, stops it
    worker.js     the worker in which Pyodide runs
    run.py        the Python program in it: runs an answer and checks it, as a notebook does
    own.js        questions on the reader's own code, once it has full marks
    answer.js     one answer: stored, with older and alternative texts
    store.js      the browser's storage
    work.js       all answers: saved to a file, loaded, handed in
    cover.js      what would give an answer away is covered until it is answered
    predict.js    predictions: the reader commits to an answer, then sees the right one

`tools/sphinx_questions.py` adds the scripts to the site. Pyodide, NumPy and the checker are the files that
JupyterLite uses, below `lite/static/pyodide`.
"""
