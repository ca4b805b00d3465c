import { bytesOf, placesOf, textOf } from "./bytes.js";
import { Core } from "./core.js";
import { Editor } from "./editor.js";
import { examples } from "./examples.js";
import { linkOf, stateOf } from "./share.js";
import { commandLine, whyQuestion } from "./why.js";

const element = (id) => document.getElementById(id);
// The form in index.html is the list of fields: links, examples and the question go by these ids.
const fieldIDs = [...element("why").querySelectorAll("input, textarea, select")].map((e) => e.id);
const pause = 300; // milliseconds without a change, behind which the file is checked
const mostFindings = 200; // that are listed; the editor marks all
const mostDrawn = 200000; // characters of a file that is drawn without being asked
const leastDrawing = 0.7; // of its size: a drawing is made no smaller, and moved instead
const keptForSaving = 60000; // milliseconds: a browser may ask first where a file shall go
const longLink = 8000; // characters, from which on mail and chat programs cut links off

// All that is shown is set as text, never as markup: it holds names of the user's file.
const make = (tag, text = "", ...classes) => {
  const e = document.createElement(tag);
  e.textContent = text;
  e.classList.add(...classes);
  return e;
};

// say shows a line of the page, and hides it where there is nothing to say.
const say = (id, text) => {
  element(id).textContent = text;
  element(id).hidden = text === "";
};

const button = (text, run, ...classes) => {
  const b = make("button", text, ...classes);
  b.type = "button";
  b.addEventListener("click", run);
  return b;
};

// Two programs run here: one decides requests, the other knows the rules of lint, is larger, and may take seconds.
// What they do is told in words; a fault stays until the next question that is answered.
const states = { loading: "Loading wasplug …", ready: "Ready.", busy: "Working …", restarted: "Started again.",
  unusable: "wasplug cannot run here." };
const order = ["unusable", "busy", "loading", "restarted", "ready"]; // what is told of two states

const state = { why: "loading", lint: "loading" };

const stopped = "stopped";
const asFile = location.protocol !== "file:" ? ""
  : "\nA page that is opened as a file may not load programs: it has to come from a web server.";

// core starts one of the two programs. An element that is aria-disabled stays where the keyboard is, unlike a disabled
// one: so Stop can be pressed again and again.
function core(name) {
  return new Core(new URL(`${name}.wasm.gz`, document.baseURI).href, (now, reason) => {
    state[name] = now;
    const told = order.find((s) => Object.values(state).includes(s));
    element("told").textContent = states[told];
    element("stop").setAttribute("aria-disabled", String(told !== "busy"));
    element("main").setAttribute("aria-busy", String(told === "busy" || told === "loading"));
    if (now === "unusable") say("fault", `wasplug could not be loaded: ${reason}${asFile}`);
    if (now === "restarted" && reason !== stopped) {
      say("fault", "wasplug ended by a fault of its own and was started again. Please report this, with the file and "
        + `the question if you may:\n${reason}`);
    }
  });
}

function stop() {
  for (const program of [decider, checker]) if (program.open.size > 0) program.restart(stopped);
}

const decider = core("why"), checker = core("lint");

// ask asks a program about the text of the editor as it stands.
async function ask(program, question) {
  const { text } = editor;
  const file = bytesOf(text);
  const answer = await program.ask(question, file);
  return { text, file, answer };
}

// The file is checked and drawn when nobody has typed for a moment, one that was opened at once. One check runs at a
// time: what changes meanwhile is checked behind it.
let waiting, checking = false;

// changed: the answer to an older text stays on the page, marked as stale, until the next question.
function changed() {
  element("stale").hidden = element("answer").hidden;
  clearTimeout(waiting);
  waiting = setTimeout(check, pause);
}

// Both programs are asked before either has answered, as they run side by side. Findings of a text that has changed
// meanwhile would mark wrong places: the next check is on its way.
async function check() {
  if (checking) return changed();
  checking = true;
  try {
    const drawn = editor.text.length > mostDrawn ? offerDrawing() : draw();
    const checked = ask(checker, { Lint: { Profile: element("profile").value } });
    await drawn;
    if ((await checked).text === editor.text) showFindings(await checked);
  } catch (error) {
    say("said", `Not checked: ${error.message}`);
  }
  checking = false;
}

// showFindings: places of the answer are bytes of the file that was asked about, those of the editor UTF-16 units.
function showFindings({ text, file, answer }) {
  if (answer.error) say("fault", answer.error);
  const place = placesOf(text, file);
  const findings = (answer.findings || []).map((f) => ({
    ...f, from: place(f.from), to: place(f.to), source: `${f.code} ${f.name}`, actions: actionsOf(f, text, place),
  }));
  editor.show(findings);
  const count = (severity, word) => {
    const n = findings.filter((f) => f.severity === severity).length;
    return n === 0 ? "" : `${n} ${word}${n === 1 ? "" : "s"}`;
  };
  const counts = [count("error", "error"), count("warning", "warning"), count("info", "remark")].filter(Boolean);
  const title = text.trim() === "" ? "Findings" : `Findings: ${counts.join(", ") || "none"}`;
  const told = element("findings-count");
  if (told.textContent !== title) told.textContent = title; // what stays is not announced again
  const rows = text.trim() === "" ? [] : findings.slice(0, mostFindings).map(findingRow);
  const unlisted = findings.length - mostFindings;
  if (unlisted > 0) rows.push(make("li", `and ${unlisted} more, marked in the text`));
  element("findings").replaceChildren(...rows);
  element("findings-text").textContent = answer.text;
  element("findings-json").textContent = answer.json;
}

// actionsOf are what can be done about a finding. A repair is of the text that was checked, and of no other.
function actionsOf(f, text, place) {
  const actions = [{ name: "Why", run: () => explain(f.code) }];
  if (f.fix) {
    const edits = f.fix.edits.map((e) => ({ from: place(e.from), to: place(e.to), insert: e.text }));
    const name = `Fix: ${f.fix.title}${f.fix.safe ? "" : " (changes behaviour)"}`;
    actions.push({ name, run: () => {
      if (editor.text === text) editor.replace(edits);
      else say("said", "The text has changed since it was checked; try again in a moment.");
    } });
  }
  return actions;
}

function findingRow(f) {
  const row = make("li");
  row.append(button(`${f.line}:${f.column}`, () => editor.select(f.from, f.to), "place"), " ",
    make("span", f.severity, "severity", f.severity), ` ${f.message} `, make("span", `[${f.source}]`, "soft"));
  for (const a of f.actions) row.append(" ", button(a.name, a.run, "place"));
  return row;
}

// explain shows the page of a rule, and moves the keyboard to its title: it opens far from what was pressed.
async function explain(word) {
  try {
    const { answer } = await ask(checker, { Explain: word });
    element("explained").textContent = answer.error || answer.text;
    element("page").hidden = false;
    element("page-title").tabIndex = -1;
    element("page-title").focus();
  } catch (error) {
    say("said", error.message);
  }
}

async function draw() {
  showDrawing((await ask(decider, { Graph: true })).answer);
}

// offerDrawing leaves it to the user whether a large file is drawn: that takes seconds, of the browser more than of
// us.
function offerDrawing() {
  element("drawing").hidden = true;
  element("tree").textContent = "";
  say("graph-notes", "The file is large, so it is not drawn by itself.");
  const drawn = () => draw().catch((error) => say("graph-notes", error.message));
  element("graph-notes").append(" ", button("Draw it", drawn));
}

// showDrawing puts the drawing where its style touches nothing else of the page.
function showDrawing(answer) {
  const drawing = element("drawing");
  const root = drawing.shadowRoot || drawing.attachShadow({ mode: "open" });
  say("graph-notes", answer.error);
  element("tree").textContent = answer.text;
  drawing.hidden = answer.drawing === "";
  if (drawing.hidden) return;
  const svg = new DOMParser().parseFromString(answer.drawing, "image/svg+xml").documentElement;
  // a <style> inside of it would be refused: the policy of the page allows no style but its own files
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(svg.querySelector("style").textContent);
  svg.querySelector("style").remove();
  root.adoptedStyleSheets = [sheet];
  const width = Number(svg.getAttribute("width"));
  svg.removeAttribute("height"); // the drawing is made smaller to fit, as long as it can be read
  Object.assign(svg.style, { width: "100%", maxWidth: `${width}px`, minWidth: `${leastDrawing * width}px` });
  root.replaceChildren(svg);
}

const fields = () => Object.fromEntries(fieldIDs.map((id) => [id, element(id).value]));

function setFields(values) {
  for (const id of fieldIDs) element(id).value = String(values[id] ?? "");
  element("more").open = fieldIDs.some((id) => element(id).closest("#more") && element(id).value);
}

// askWhy is called without an event for an example or a link, where the keyboard is to stay. The command line is shown
// with an error, too: it says what was asked.
async function askWhy(event) {
  event?.preventDefault();
  const asked = fields(), { text } = editor;
  try {
    const { answer } = await ask(decider, whyQuestion(asked));
    say("fault", "");
    showAnswer(answer, commandLine(asked));
  } catch (error) {
    showAnswer({ error: error.message, notes: "", text: "", brief: "", json: "" }, commandLine(asked));
  }
  element("stale").hidden = text === editor.text;
  if (event) element("answer").focus();
}

function showAnswer(answer, command) {
  element("answer").hidden = false;
  element("brief").textContent = [answer.error, answer.notes, answer.brief].filter(Boolean).join("\n").trim();
  const decisions = answer.json.split("\n").filter(Boolean);
  const steps = decisions.length === 1 ? JSON.parse(decisions[0]).steps : [];
  element("steps").replaceChildren(...steps.map(stepRow));
  // Behind the steps stand the Routes, what becomes of the session, and how sure the answer is.
  const behind = answer.text.indexOf("\n\n", answer.text.indexOf("\nsteps\n") + 1);
  element("rest").textContent = steps.length > 0 && behind >= 0 ? answer.text.slice(behind).trim() : "";
  if (decisions.length > 1) element("rest").textContent = answer.text;
  element("command").textContent = `$ ${command}`;
  element("text").textContent = answer.text;
  element("json").textContent = answer.json;
}

function stepRow(step) {
  const row = make("li", step.text + " ");
  const { at } = step;
  if (at) row.append(button(`line ${at.line}`, () => editor.selectAt(at.line, at.column), "place"), " ");
  row.append(make("span", [step.rule, ...(step.also || [])].join(" ") + ", " + step.mark, "soft"));
  return row;
}

// show opens an example, or what a link holds: nothing in it is trusted to be there, or to be a text.
function show(shared) {
  setFields(shared.fields || {});
  openText(String(shared.text ?? ""));
  element("answer").hidden = true;
  if (shared.fields?.url) askWhy();
}

async function share() {
  const link = await linkOf({ text: editor.text, fields: fields() });
  history.replaceState(null, "", link);
  let text = `The link stands in the address field (${link.length} characters). Whoever has it has the file; session `
    + "IDs are shortened, other cookies, users and queries left out. No server gets what stands behind the #.";
  if (link.length > longLink) text += " It is long: some mail and chat programs will cut it off.";
  try {
    await navigator.clipboard.writeText(link);
    text = "Copied. " + text;
  } catch { /* not every browser allows it: then the address field has it */ }
  say("said", text);
}

// openText checks at once what replaces the text as a whole.
function openText(text, note = "") {
  const replaced = editor.text.trim() !== "" && editor.text !== text;
  editor.open(text);
  say("said", [note, replaced && "Undo, in the text, brings back what stood there."].filter(Boolean).join(" "));
  clearTimeout(waiting);
  check();
}

async function openFile(event) {
  const [file] = event.target.files;
  if (!file) return;
  try {
    const { text, note } = textOf(new Uint8Array(await file.arrayBuffer()));
    openText(text, note);
  } catch (error) {
    say("said", `${file.name} cannot be read: ${error.message}`);
  }
  // so that the same file, changed on disk, can be opened again
  event.target.value = "";
}

function save() {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([bytesOf(editor.text)]));
  link.download = "plugin-cfg.xml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), keptForSaving);
}

// offer fills the choices of the page with those that the programs have.
async function offer() {
  const options = (id, names) => element(id).replaceChildren(...names.map((name) => make("option", name)));
  const decides = ask(decider, { Offers: true }), checks = ask(checker, { Offers: true });
  const { platforms, choices, persistences } = (await decides).answer.offers;
  options("platform", platforms);
  element("platform").options[0].value = ""; // the default
  options("choices", choices);
  element("persistence").replaceChildren(new Option("not told", ""), ...persistences.map((name) => new Option(name)));
  options("profile", (await checks).answer.offers.profiles);
  element("profile").value = "default";
}

async function openLink() {
  try {
    const shared = await stateOf(location.hash);
    if (shared) show(shared);
  } catch (error) {
    say("fault", `The link is damaged: ${error.message}`);
  }
}

const editor = new Editor(element("editor"), changed);

async function begin() {
  element("version").textContent = VERSION;
  element("example").append(...examples.map((e, i) => new Option(e.name, i)));
  element("example").addEventListener("change", (event) => event.target.value && show(examples[event.target.value]));
  element("open").addEventListener("change", openFile);
  element("stop").addEventListener("click", stop);
  element("save").addEventListener("click", save);
  element("share").addEventListener("click", share);
  element("profile").addEventListener("change", changed);
  element("why").addEventListener("submit", askWhy);
  addEventListener("hashchange", openLink);
  try {
    await offer();
    say("loaded", "wasplug is ready.");
    await openLink();
  } catch { /* the state says why */ }
}

begin();
