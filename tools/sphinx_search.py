"""Sphinx extension: a search that finds sections, from a folder too.

Sphinx's own search finds pages, and shows a text only if it may fetch the page. This one writes
`sections.js`, which the search page loads with search.js: each section, term of the glossary, symbol and
function with its own text, without its formulas' TeX, and other words that people use for a thing (`ALSO`).
No page loads Sphinx's index any more.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

# what people type, and the book's words for it; a hit for either is a hit
ALSO = {
    "backprop": "chain rule back-propagation",
    "backpropagation": "chain rule back-propagation",
    "backpropagate": "chain rule back-propagation",
    "atrous": "dilation",
    "à trous": "dilation",
    "deconvolution": "transposed convolution",
    "deconv": "transposed convolution",
    "upconvolution": "transposed convolution",
    "gradient check": "check gradients",
    "gradcheck": "check gradients",
    "grad check": "check gradients",
    "unfold": "im2col",
    "fold": "col2im",
    "kernel size": "kW",
    "receptive field": "what a pixel sees",
    "feature map": "output channel",
    "conv": "convolution",
    "relu": "ReLU",
    "flipping": "flip",
    "subsampling": "stride",
    "downsampling": "stride",
}
SCRIPTS = re.compile(
    r'\s*<script src="(?:_static/(?:searchtools|language_data)|searchindex)\.js[^>]*></script>'
)
OWN = "".join(f'\n  <script defer src="_static/{name}.js"></script>' for name in ("sections", "search"))
SIGNS = dict(
    re.findall(
        r"(\w+) (\S+)",
        "cdot · times × star ⋆ odot ⊙ partial ∂ sum Σ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ langle ⟨ rangle ⟩ "
        "le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ in ∈ to → mapsto ↦ dots … ldots … cdots … "
        "bmod mod mod mod eta η mu μ sigma σ theta θ epsilon ε varepsilon ε max max min min log log "
        "exp exp tanh tanh top T",
    )
)
BARE = re.compile(r"\\(?:begin|end|label)\{[^}]*\}|\\(?:mathsf|mathrm|operatorname|text|left|right)\b")
BRIEF = 300  # characters of a function's or a reference page's section: its first sentences
OBJECTS = {"func", "class", "mod", "meth", "attr", "term", "py:func"}
LEFT_OUT = (nodes.comment, nodes.image, nodes.title, addnodes.toctree, addnodes.index)


def plain(tex):
    r"""A formula as one may write it in a line: "iS + k\,D_l" is "iS + k D_l"."""
    tex = BARE.sub("", tex)
    tex = re.sub(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1 / \2", tex)
    tex = re.sub(r"\\([a-zA-Z]+)", lambda found: f" {SIGNS.get(found[1], '')} ", tex)
    tex = re.sub(r"\\.|&", " ", tex.replace("{", "").replace("}", ""))
    return re.sub(r"\s*([_^])\s*", r"\1", re.sub(r"\s+", " ", tex)).strip()


def words_of(node):
    """The text of a node without what the search finds by itself: sections, terms, symbols, functions."""
    if isinstance(node, nodes.raw):
        return " "  # such as the end of a line between two names
    if isinstance(node, LEFT_OUT) or is_listing(node):
        return ""
    if isinstance(node, addnodes.pending_xref) and not node.get("refexplicit"):
        return node.astext() if node["reftype"] in OBJECTS else ""  # an anchor's name, or a citation's key
    if isinstance(node, nodes.math | nodes.math_block):
        return f" {plain(node.astext())} "
    if isinstance(node, nodes.Text):
        return node.astext()
    inside = (words_of(one) for one in node.children if not stands_alone(one))
    apart = "" if isinstance(node, nodes.TextElement) else " "
    return apart.join(inside) + apart


def is_listing(node):
    """Code, and what a cell printed: the text around says what it is about. A picture keeps its caption."""
    in_words = isinstance(node, nodes.container) and node.get("mime_type") == "text/plain"
    return in_words or isinstance(node, nodes.literal_block | nodes.doctest_block)


def stands_alone(node):
    row = isinstance(node, nodes.row) and bool(node["ids"])
    own = nodes.section | nodes.definition_list_item | addnodes.desc
    return row or (isinstance(node, own) and name_and_anchor(node)[1] is not None)


def name_and_anchor(node):
    """What the search calls a section, a term, a symbol or a function, and its anchor; else (None, None)."""
    if isinstance(node, nodes.section):
        return node.next_node(nodes.title).astext(), node["ids"][0]
    if isinstance(node, nodes.definition_list_item) and node.next_node(nodes.term)["ids"]:
        return node.next_node(nodes.term).astext(), node.next_node(nodes.term)["ids"][0]
    if isinstance(node, nodes.row) and node["ids"]:
        return plain(words_of(node[0])), node["ids"][0]
    if isinstance(node, addnodes.desc) and node.next_node(addnodes.desc_signature)["ids"]:
        signature = node.next_node(addnodes.desc_signature)
        return signature["ids"][0].rsplit(".", 1)[-1], signature["ids"][0]
    return None, None


def entries(env):
    """[page, anchor, name, title of the page, text] for whatever the search may find."""
    made = []
    for docname in sorted(env.found_docs):
        tree = env.get_doctree(docname)
        number = env.toc_secnumbers.get(docname, {}).get("")
        title = env.titles[docname].astext()
        title = f"{number[0]}. {title}" if number else title
        for node in tree.findall(stands_alone):
            name, anchor = name_and_anchor(node)
            first = isinstance(node.parent, nodes.document)
            named = isinstance(node, nodes.row | nodes.definition_list_item | addnodes.desc)
            own = node[1:] if named else [node]
            text = re.sub(r"\s+", " ", " ".join(map(words_of, own))).strip()
            text = text if docname[:1].isdigit() or len(text) <= BRIEF else text[:BRIEF].rsplit(" ", 1)[0]
            made.append([docname, "" if first else anchor, name, title, text])
    return made


def write_search(app, problem):
    if problem or app.builder.format != "html":
        return
    out = Path(app.outdir)
    found = json.dumps({"entries": entries(app.env), "also": ALSO}, ensure_ascii=False, separators=(",", ":"))
    (out / "_static" / "sections.js").write_text(f"window.courseSections = {found};\n", encoding="utf-8")
    for page in out.glob("*.html"):
        text = SCRIPTS.sub("", page.read_text(encoding="utf-8"))
        if page.name == "search.html" and OWN not in text:
            text = text.replace("</head>", f"{OWN}\n  </head>", 1)
        page.write_text(text, encoding="utf-8")
    for unused in ("searchindex.js", "_static/searchtools.js", "_static/language_data.js"):
        (out / unused).unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", write_search)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
