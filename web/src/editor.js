import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { xml } from "@codemirror/lang-xml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: "var(--tag)" },
  { tag: tags.attributeName, color: "var(--name)" },
  { tag: tags.attributeValue, color: "var(--value)" },
  { tag: [tags.comment, tags.processingInstruction, tags.documentMeta], color: "var(--soft)" },
]);

// An Editor is the text of the file. onChange is called behind each change of it.
export class Editor {
  constructor(parent, onChange) {
    this.scheme = new Compartment();
    this.onChange = onChange;
    this.view = new EditorView({ parent, extensions: this.extensions() });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => {
      this.view.dispatch({ effects: this.scheme.reconfigure(EditorView.darkTheme.of(dark.matches)) });
    });
  }

  // open shows another file; undo leads back to the text before.
  open(text) {
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 },
      effects: EditorView.scrollIntoView(0), annotations: isolateHistory.of("full"),
    });
  }

  extensions() {
    return [
      EditorView.cspNonce.of("wasplug"), // of its own style, as the policy of the page has it
      lineNumbers(), highlightSpecialChars(), history(), EditorView.lineWrapping, lintGutter(), search({ top: true }),
      xml({ autoCloseTags: false }), syntaxHighlighting(colours),
      keymap.of([...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      this.scheme.of(EditorView.darkTheme.of(matchMedia("(prefers-color-scheme: dark)").matches)),
      EditorView.contentAttributes.of({ "aria-label": "plugin-cfg.xml", "aria-describedby": "editor-keys" }),
      EditorView.updateListener.of((update) => update.docChanged && this.onChange()),
    ];
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // show marks findings; each has places of the text as it stands, and actions {name, run}.
  show(findings) {
    const kinds = { error: "error", warning: "warning", info: "info" };
    this.view.dispatch(setDiagnostics(this.view.state, findings.map((f) => ({
      from: f.from, to: f.to, severity: kinds[f.severity], message: f.message, source: f.source,
      actions: f.actions.map((a) => ({ name: a.name, apply: a.run })),
    }))));
  }

  // replace makes edits, each {from, to, insert} of the text as it stands.
  replace(edits) {
    this.view.dispatch({ changes: edits, scrollIntoView: true });
    this.view.focus();
  }

  // select goes to a place and leaves the keyboard there.
  select(from, to = from) {
    const end = this.view.state.doc.length;
    const selection = { anchor: Math.min(from, end), head: Math.min(to, end) };
    this.view.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }) });
    this.view.focus();
  }

  // selectAt goes to a line and a column, both from 1 and the column in code points, as reports have them.
  selectAt(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.select(at.from + Array.from(at.text).slice(0, column - 1).join("").length);
  }
}
