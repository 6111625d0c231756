// The editor of a question: CodeMirror with Python, four spaces, and colours that the page's style sheet gives.
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, insertNewlineAndIndent } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { EditorSelection, EditorState, RangeSetBuilder } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightSpecialChars, keymap, ViewPlugin } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// Each line carries its number, which the style sheet shows before it. A gutter would need the heights of the lines, which
// an editor below the window has not measured yet.
function numbered({ visibleRanges, state: { doc } }) {
  const lines = new RangeSetBuilder();
  for (const { from, to } of visibleRanges) {
    for (let n = doc.lineAt(from).number; n <= doc.lineAt(to).number; n++) {
      const at = doc.line(n).from;
      lines.add(at, at, Decoration.line({ attributes: { "data-line": String(n) } }));
    }
  }
  return lines.finish();
}

const lineNumbers = ViewPlugin.define((view) => ({
  lines: numbered(view),
  update(update) {
    if (update.docChanged || update.viewportChanged) this.lines = numbered(update.view);
  },
}), { decorations: (plugin) => plugin.lines });

// Tab indents the line or, within it, puts spaces up to the next stop; Escape and then Tab leaves the editor
function tab(view) {
  const { state } = view;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  view.dispatch(state.changeByRange(({ head }) => {
    const spaces = 4 - ((head - state.doc.lineAt(head).from) % 4);
    return { changes: { from: head, insert: " ".repeat(spaces) }, range: EditorSelection.cursor(head + spaces) };
  }), { userEvent: "input", scrollIntoView: true });
  return true;
}

// `changed(text)` is called after each change, `check()` by Ctrl+Enter
export function createEditor({ parent, text, label, changed, check }) {
  const run = () => (check(), true);
  const extensions = [
    lineNumbers,
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentUnit.of("    "),
    indentOnInput(),
    bracketMatching(),
    new LanguageSupport(pythonLanguage),
    syntaxHighlighting(classHighlighter),
    EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
    EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
    keymap.of([
      { key: "Mod-Enter", run },
      { key: "Ctrl-Enter", run },
      { key: "Enter", run: insertNewlineAndIndent },
      { key: "Tab", run: tab, shift: indentLess },
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  // long lines scroll on a phone; what scrolls has a tab stop
  if (matchMedia("(max-width: 600px)").matches) view.scrollDOM.tabIndex = 0;
  return {
    text: () => view.state.doc.toString(),
    // as one change, so that it can be undone
    replace: (fresh) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: fresh } }),
    focus: () => view.focus(),
  };
}
