// An editor for YAML, in the colours of the page. It lives in a shadow root, where
// CodeMirror's styles are no inline styles, so that the page's policy can refuse these.
import {EditorState} from "@codemirror/state";
import {EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, hoverTooltip}
  from "@codemirror/view";
import {defaultKeymap, history, historyKeymap} from "@codemirror/commands";
import {HighlightStyle, syntaxHighlighting, indentUnit} from "@codemirror/language";
import {yamlLanguage} from "@codemirror/lang-yaml";
import {lintGutter, lintKeymap, setDiagnostics} from "@codemirror/lint";
import {highlightSelectionMatches, search, searchKeymap} from "@codemirror/search";
import {NodeType, Tree} from "@lezer/common";
import {tags} from "@lezer/highlight";

const mark = severity => ({
  [`.cm-lint-marker-${severity}`]: {content: "normal", color: `var(--${severity})`, textAlign: "center"},
  [`.cm-lint-marker-${severity}::before`]: {content: severity === "error" ? '"✖"' : '"▲"'},
  [`.cm-lintRange-${severity}`]: {
    backgroundImage: "none", textDecoration: `underline wavy var(--${severity})`, textUnderlineOffset: "3px"},
  [`.cm-diagnostic-${severity}`]: {borderLeftColor: `var(--${severity})`},
});
const panel = {background: "var(--panel)", color: "var(--text)", border: "1px solid var(--line)"};
const theme = EditorView.theme({
  "&": {height: "100%", color: "var(--text)", background: "var(--paper)", fontSize: "14px"},
  "&.cm-focused": {outline: "none"}, // the page has one
  ".cm-scroller": {fontFamily: "ui-monospace, Menlo, Consolas, monospace", lineHeight: "1.45"},
  ".cm-content": {caretColor: "var(--text)"},
  ".cm-gutters": {background: "var(--panel)", color: "var(--soft)", borderRight: "1px solid var(--line)"},
  ".cm-activeLine, .cm-activeLineGutter": {background: "var(--active)"},
  ".cm-selectionMatch, .cm-searchMatch": {background: "var(--found)"},
  ".cm-tooltip, .cm-panels": panel,
  ".cm-tooltip": {maxWidth: "46rem", padding: "4px 8px", overflowWrap: "anywhere"},
  ".cm-panel.cm-search [name=close]": {color: "var(--text)"},
  ".cm-textfield": {background: "var(--paper)", color: "var(--text)", border: "1px solid var(--soft)"},
  ".cm-button": {...panel, backgroundImage: "none"},
  ".cm-tooltip ul": {margin: "4px 0", paddingLeft: "1.2em"},
  ...mark("error"), ...mark("warning"),
});
const colours = HighlightStyle.define([
  {tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)"},
  {tag: [tags.string, tags.content, tags.attributeValue], color: "var(--value)"},
  {tag: tags.comment, color: "var(--soft)"},
  {tag: [tags.meta, tags.keyword, tags.typeName, tags.labelName], color: "var(--accent)"},
]);
// Thousands of "[" overflow the parser's stack: such a text has no colours.
const yaml = yamlLanguage.configure({wrap(parse, input) {
  const advance = parse.advance.bind(parse), none = new Tree(NodeType.none, [], [], input.length);
  parse.advance = () => { try { return advance(); } catch { return none; } };
  return parse;
}});

/** Makes an editor in an element. onChange(text) is called for each change, onLine(n) when
 * the cursor is in another line; hover(n) may promise an element to show for a line. */
export function editor(parent, {label, readOnly = false, onChange, onLine, hover}) {
  const root = parent.attachShadow({mode: "open", delegatesFocus: true});
  let line = 1;
  const updates = EditorView.updateListener.of(update => {
    if (update.docChanged) onChange?.(view.state.doc.toString());
    const now = view.state.doc.lineAt(view.state.selection.main.head).number;
    if (now !== line || update.focusChanged && view.hasFocus) onLine?.(now);
    line = now;
  });
  const explain = async (view, pos) => {
    const at = view.state.doc.lineAt(pos), dom = await hover(at.number);
    return dom && {pos: Math.min(at.to, at.from + at.text.search(/\S|$/)), end: at.to, create: () => ({dom})};
  };
  const view = new EditorView({parent: root, root, extensions: [
    lineNumbers(), history(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
    search({top: true}), yaml, indentUnit.of("  "), theme, syntaxHighlighting(colours), updates,
    EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of({"aria-label": label}),
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
    readOnly ? [] : lintGutter(), hover ? hoverTooltip(explain, {hoverTime: 200}) : [],
  ]});
  const place = (n, column) => { // columns count characters, not UTF-16
    const at = view.state.doc.line(Math.max(1, Math.min(n, view.state.doc.lines)));
    return at.from + [...at.text].slice(0, Math.max(0, column - 1)).join("").length;
  };
  return {
    get text() { return view.state.doc.toString(); },
    set text(text) { // changes only what differs, so that the rest stays where it is scrolled to
      const old = view.state.doc.toString();
      let from = 0, end = 0;
      while (from < text.length && text[from] === old[from]) from++;
      while (end < Math.min(text.length, old.length) - from && text.at(-1 - end) === old.at(-1 - end)) end++;
      view.dispatch({changes: {from, to: old.length - end, insert: text.slice(from, text.length - end)}});
    },
    get line() { return line; },
    /** Marks problems at their lines. */
    mark(problems) {
      view.dispatch(setDiagnostics(view.state, problems.filter(p => p.line).map(p => {
        const from = place(p.line, p.column);
        return {from, to: view.state.doc.lineAt(from).to, severity: p.severity, message: p.text};
      })));
    },
    /** Moves the cursor and the focus. */
    goTo(n, column = 1) {
      view.dispatch({selection: {anchor: place(n, column)}, scrollIntoView: true});
      view.focus();
    },
  };
}
