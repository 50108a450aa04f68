import {editor} from "./codemirror.js";
import {ask} from "./library.js";
import {pack, unpack} from "./link.js";

const $ = id => document.getElementById(id);
/** Makes an element; children that are strings become text, never HTML. */
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const comparing = () => $("tab-compare").ariaSelected === "true";

const input = editor($("input"), {label: "VVP resources, YAML", onChange: changed});
const before = editor($("before"), {label: "Old version of the VVP resources, YAML", onChange: changed});
const output = editor($("output"), {
  label: "Manifests, YAML, read-only", readOnly: true,
  onLine: () => { clearTimeout(lineTimer); lineTimer = setTimeout(showExplanation, 150); },
  hover: async line => {
    const e = await explanation(line);
    return e && make("div", {}, e.path, make("ul", {}, ...sources(e, s => ` (line ${s.line})`)));
  },
});

// Rendering: one call at a time, and always of the newest text.
let timer, lineTimer, busy = false, again = false, rendered, linked;

function changed() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 150);
}

async function refresh() {
  if (location.hash && JSON.stringify(state()) !== linked) {
    history.replaceState(null, "", location.pathname + location.search); // it is no link to this any more
    $("shared").textContent = "";
  }
  again = busy;
  if (busy) return;
  busy = true;
  try {
    await (comparing() ? compare() : render());
  } catch (error) {
    report([{severity: "error", message: error.message}], "");
  }
  busy = false;
  if (again) refresh();
}

async function render() {
  const text = input.text, {manifests, objects, problems} = await ask("render", text);
  const failed = problems.some(p => p.severity === "error");
  if (!failed) {
    rendered = text;
    output.text = manifests;
  }
  $("stale").hidden = !failed;
  report(problems, failed ? "" : count(objects, "object"));
  performance.mark("rendered");
}

function report(problems, result) {
  const errors = problems.filter(p => p.severity === "error").length, warnings = problems.length - errors;
  for (const p of problems) {
    p.text = [p.cause && `${p.cause.resource ?? ""} ${p.cause.field ?? ""}`.trim(), p.object, p.field, p.message]
      .filter(Boolean).join(": ");
  }
  const said = [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean);
  $("status").textContent = [said.join(", ") || "none", result].filter(Boolean).join("; ");
  input.mark(problems.filter(p => p.file === "resources.yaml"));
  before.mark(problems.filter(p => p.file === "before.yaml"));
  $("problems").replaceChildren(...problems.slice(0, 200).map(p => make("li", {}, make("button", {
    type: "button", className: p.severity,
    onclick: () => (p.file === "before.yaml" ? before : input).goTo(p.line ?? 1, p.column),
  }, `${p.severity}${p.line ? ` in line ${p.line}` : ""}${p.file === "before.yaml" ? " of the old version" : ""}: `,
    p.text))));
  if (problems.length > 200) $("problems").append(make("li", {}, `and ${problems.length - 200} more`));
}

// Explaining: of the manifests that are shown.
async function explanation(line) {
  const e = rendered && await ask("explain", rendered, line);
  return e?.path ? e : null;
}

const sources = (e, place) => [
  ...e.sources.map(s => make("li", {}, s.text, ...(s.line ? [place(s)] : []))),
  ...(e.more ? [make("li", {}, `and ${count(e.more, "source")} of that`)] : []),
];

async function showExplanation() {
  const e = await explanation(output.line).catch(() => null);
  $("explanation").replaceChildren(...(e ? [
    make("p", {}, `${e.object}: ${e.path}`),
    make("ul", {}, ...sources(e, s => make("button", {
      type: "button", onclick: () => input.goTo(s.line, s.column),
    }, `line ${s.line}`))),
  ] : [make("p", {}, "This line has no value of its own.")]));
}

// Comparing.
async function compare() {
  const {changes, problems} = await ask("compare", before.text, input.text, $("same-job").checked);
  const failed = problems.some(p => p.severity === "error");
  const effects = {};
  for (const {effect} of changes ?? []) effects[effect] = (effects[effect] ?? 0) + 1;
  const summary = Object.entries(effects).map(([effect, n]) => `${count(n, "object")} ${effect}`).join(", ");
  report(problems, failed ? "" : summary);
  $("changes").replaceChildren(make("p", {}, failed ? "A version has errors." :
    summary || "Nothing: both versions render the same."), ...(changes ?? []).map(table));
}

function table(change) {
  const title = `${change.object}: ${change.effect}${change.effect === "replaced" ? `, was ${change.was}` : ""}`;
  if (!change.fields) return make("p", {}, make("strong", {}, title));
  const cell = (text, tag = "td") => make(tag, {}, text ?? "");
  return make("table", {}, make("caption", {}, title),
    make("thead", {}, make("tr", {}, ...["Field", "Old", "New", "Effect"].map(text =>
      make("th", {scope: "col"}, text)))),
    make("tbody", {}, ...change.fields.map(f => make("tr", {}, make("th", {scope: "row"}, f.path), cell(f.old),
      cell(f.new), cell(f.effect + (f.cure ? `; or ${f.cure}` : ""))))));
}

$("take").onclick = () => { before.text = input.text; };
$("same-job").onchange = changed;

// Tabs, with the keys that the ARIA practices name.
const tabs = [$("tab-manifests"), $("tab-compare")];
function select(tab) {
  for (const t of tabs) {
    t.ariaSelected = String(t === tab);
    t.tabIndex = t === tab ? 0 : -1;
    $(t.getAttribute("aria-controls")).hidden = t !== tab;
  }
  refresh();
}
for (const tab of tabs) {
  tab.onclick = () => select(tab);
  tab.onkeydown = event => {
    const other = {ArrowLeft: tabs[0], ArrowRight: tabs[1], Home: tabs[0], End: tabs[1]}[event.key];
    if (!other) return;
    event.preventDefault();
    select(other);
    other.focus();
  };
}

// Sharing.
const state = () => ({text: input.text, before: before.text, compare: comparing()});

$("share").onclick = async () => {
  linked = JSON.stringify(state());
  history.replaceState(null, "", "#" + await pack(state()));
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  $("shared").textContent = "The link is in the address bar" + (copied ? " and in the clipboard." : ".");
};

async function load() {
  const example = await (await fetch("example.yaml")).text();
  let wanted = {text: example, before: example}, bad;
  if (location.hash) {
    wanted = await unpack(location.hash.slice(1)).then(Object, error => { bad = error; return wanted; });
  }
  wanted = {text: String(wanted.text ?? ""), before: String(wanted.before ?? ""), compare: !!wanted.compare};
  linked = JSON.stringify(wanted);
  input.text = wanted.text;
  before.text = wanted.before;
  select(tabs[wanted.compare ? 1 : 0]);
  $("shared").textContent = bad ? `The link cannot be read: ${bad.message}` : "";
}

$("example").onclick = () => {
  history.replaceState(null, "", location.pathname + location.search);
  load();
};
window.onhashchange = load;
load();
