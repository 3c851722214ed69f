// The labelling page: a list, a picture, its boxes. Boxes are [x1, y1, x2, y2], shares of the picture.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 0.004;      // least side of a box that a hand draws, of the picture's
const CLICK = 4;          // pixels that a click may move
const HANDLE = 9;         // pixels
const HANDLES = { nw: [0, 0], n: [.5, 0], ne: [1, 0], e: [1, .5], se: [1, 1], s: [.5, 1], sw: [0, 1], w: [0, .5] };

const at = id => document.getElementById(id);
let words = {};
let frames = [];
let filter = "all";
let frame = null;         // what is shown
let selected = -1;
let drag = null;
let size = [1, 1];        // of the picture, pixels
let busy = false;         // a picture is on its way: nothing is done to what nobody has seen yet
let stuck = false;        // changed elsewhere: nothing is edited until it is loaded again
let saves = Promise.resolve(true);
const before = new Map(); // name -> boxes before each change, for undo

const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);

async function ask(address, options = {}) {
  let answer;
  try { answer = await fetch(address, options); }
  catch { return { status: 0, content: { error: say("unreachable") } }; }
  const content = await answer.json().catch(() => ({ error: `${answer.status} ${answer.statusText}` }));
  return { status: answer.status, content };
}

// --- what is shown ---------------------------------------------------------------------------------------------------

function speak(language) {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  at("language").href = `?lang=${language === "en" ? "zh" : "en"}`;
  at("canvas").setAttribute("aria-label", say("title"));
}

const fits = one => filter === "all" || (filter === "todo" ? !one.reviewed : one.part === "val");
const listed = () => frames.filter(one => fits(one) || one === frame);
const time = one => new Date(one.at).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });

function element(tag, kind, text = "") {
  const node = document.createElement(tag);
  node.className = kind;
  node.textContent = text;
  return node;
}

function row(one) {
  const button = element("button", "frame");
  button.type = "button";
  button.dataset.name = one.name;
  button.toggleAttribute("data-reviewed", one.reviewed);
  button.setAttribute("aria-current", String(one === frame));
  const mark = element("span", "frame-mark");
  mark.title = say(one.reviewed ? "state.reviewed" : "state.todo");
  const why = element("span", "why", say(`why.${one.why}`));
  why.dataset.why = one.why;
  button.append(mark, element("span", "frame-camera", one.camera), why, element("span", "frame-time", time(one)),
    element("span", "frame-people", say("boxes", { n: one.boxes.length })));
  button.onclick = () => show(one);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function list() {
  const rows = listed();
  at("frames").replaceChildren(...rows.map(row));
  at("none").hidden = rows.length > 0;
  for (const button of at("filters").children) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
  at("frames").querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  const n = frames.filter(one => one.reviewed).length;
  at("progress").textContent = say("progress", { n, m: frames.length });
  at("bar").style.width = `${100 * n / Math.max(1, frames.length)}%`;
  at("done").hidden = n < frames.length;
}

function facts() {
  at("fact-camera").textContent = frame.camera;
  at("fact-time").textContent = time(frame);
  at("fact-part").textContent = say(`part.${frame.part}`);
  at("fact-why").textContent = say(`why.${frame.why}`);
  at("fact-score").textContent = `${Math.round(100 * frame.score)}%`;
  at("fact-people").textContent = frame.boxes.length;
  at("remove").disabled = selected < 0;
  at("undo").disabled = !before.get(frame.name)?.length;
}

function draw() {
  const [width, height] = size;
  const pixel = 1 / (at("canvas").getScreenCTM()?.a || 1); // one of the screen's, in the picture's
  at("boxes").replaceChildren(...frame.boxes.map((box, number) => rectangle(box, number)));
  const box = frame.boxes[selected];
  at("handles").replaceChildren(...(box && !drag?.fresh ? Object.entries(HANDLES) : []).map(([edges, [x, y]]) => {
    const handle = document.createElementNS(SVG, "rect");
    const side = HANDLE * pixel;
    set(handle, { class: "handle", "data-edges": edges, width: side, height: side,
      x: (box[0] + x * (box[2] - box[0])) * width - side / 2, y: (box[1] + y * (box[3] - box[1])) * height - side / 2 });
    return handle;
  }));
  facts();
}

function rectangle([x1, y1, x2, y2], number) {
  const [width, height] = size;
  const node = document.createElementNS(SVG, "rect");
  const kind = number === selected ? (drag?.fresh ? " is-selected is-drawn" : " is-selected") : "";
  set(node, { class: `box${kind}`, "data-number": number,
    x: x1 * width, y: y1 * height, width: Math.max(0, x2 - x1) * width, height: Math.max(0, y2 - y1) * height });
  return node;
}

function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
}

async function show(one) {
  if (!one || busy || !await settled()) return;
  busy = true;
  try { await lay(one); } finally { busy = false; }
  list();
  draw();
}

async function lay(one) {
  if (stuck) await load(); // what is left was changed elsewhere: look again on the way
  frame = frames.find(other => other.name === one.name) ?? one;
  [selected, drag, stuck] = [-1, null, false];
  at("conflict").hidden = true;
  at("saved").textContent = "";
  const picture = new Image();
  picture.src = `/picture/${encodeURIComponent(one.name)}`;
  await picture.decode().catch(() => tell(say("unreachable"), true));
  size = [picture.naturalWidth || 16, picture.naturalHeight || 9];
  set(at("canvas"), { viewBox: `0 0 ${size[0]} ${size[1]}` });
  set(at("picture"), { href: picture.src, width: size[0], height: size[1] });
  at("canvas").dataset.name = one.name;
}

function tell(text, refused = false) {
  at("notice").textContent = text;
  at("notice").classList.toggle("is-refused", refused);
  at("notice").hidden = false;
}

// --- what is changed -------------------------------------------------------------------------------------------------

function change(boxes, reviewed = frame.reviewed, undoable = true) {
  if (stuck) return;
  if (undoable) before.set(frame.name, [...(before.get(frame.name) ?? []), frame.boxes]);
  frame.boxes = boxes;
  frame.reviewed = reviewed;
  selected = Math.min(selected, boxes.length - 1);
  save(frame);
  list();
  draw();
}

// One save after the other, each on the version that the one before it gave; what is saved is what stands there by then.
function save(one) {
  at("saved").textContent = say("saving");
  at("saved").classList.remove("is-refused");
  one.unsaved = true;
  saves = saves.then(() => put(one));
}

async function put(one) {
  if (!one.unsaved || (stuck && one === frame)) return !one.unsaved;
  const { boxes, reviewed, version, name } = one;
  const options = { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ version, boxes, reviewed }) };
  const { status, content } = await ask(`/api/frame/${encodeURIComponent(name)}`, options);
  if (status === 200) {
    one.version = content.version;
    one.unsaved = one.boxes !== boxes || one.reviewed !== reviewed;
    if (one === frame && !one.unsaved) at("saved").textContent = say("saved");
    return true;
  }
  stuck = stuck || (status === 409 && one === frame);
  at("conflict").hidden = !stuck;
  at("saved").textContent = say("unsaved", { why: content.error });
  at("saved").classList.add("is-refused");
  return false;
}

// Whether everything is on the disk; what could not be saved is tried once more. A conflict does not hold anybody up.
async function settled() {
  await saves;
  if (!frame?.unsaved || stuck) return true;
  save(frame);
  return await saves || stuck;
}

async function load() {
  const { status, content } = await ask(`/api/set${location.search}`);
  if (status !== 200) { tell(content.error, true); return false; }
  words = content.words;
  frames = content.frames;
  before.clear();
  speak(content.language);
  at("name").textContent = content.name;
  return true;
}

async function reload() {
  const name = frame?.name;
  stuck = false;
  if (frame) frame.unsaved = false;
  if (await load()) {
    frame = null;
    await show(frames.find(one => one.name === name) ?? frames[0]);
  }
}

async function confirm() {
  if (stuck || busy) return;
  const current = frame;
  change(frame.boxes, true, false);
  if (!await settled() || stuck || frame !== current) return;
  const rest = frames.slice(frames.indexOf(current) + 1).concat(frames.slice(0, frames.indexOf(current)));
  const next = rest.find(one => !one.reviewed && fits(one)) ?? rest.find(one => !one.reviewed);
  if (next) await show(next);
}

function remove() {
  if (selected < 0) return;
  const gone = selected;
  selected = -1;
  change(frame.boxes.filter((_, number) => number !== gone));
}

function undo() {
  const last = before.get(frame.name)?.pop();
  if (last) { selected = -1; change(last, frame.reviewed, false); }
}

function go(steps) {
  const rows = listed();
  show(rows[rows.indexOf(frame) + steps]);
}

// --- hands -----------------------------------------------------------------------------------------------------------

function point(event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(at("canvas").getScreenCTM().inverse());
  return [Math.min(1, Math.max(0, place.x / size[0])), Math.min(1, Math.max(0, place.y / size[1]))];
}

function press(event) {
  if (event.button !== 0 || stuck || busy || !frame) return;
  const { number, edges } = event.target.dataset;
  const kind = edges ? "resize" : number !== undefined && Number(number) === selected ? "move" : "draw";
  drag = { kind, edges, over: number === undefined ? -1 : Number(number), from: point(event), x: event.clientX, y: event.clientY,
    boxes: frame.boxes, box: frame.boxes[selected], fresh: false };
  try { at("canvas").setPointerCapture(event.pointerId); } catch { /* the pointer has gone already */ }
  event.preventDefault();
  document.activeElement?.blur();
}

function move(event) {
  if (!drag || (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < CLICK)) return;
  drag.moved = true;
  const box = { draw: drawn, move: moved, resize: resized }[drag.kind](point(event));
  if (drag.kind === "draw") {
    drag.fresh = true;
    frame.boxes = [...drag.boxes, box];
    selected = drag.boxes.length;
  } else frame.boxes = drag.boxes.map((one, number) => number === selected ? box : one);
  draw();
}

const ordered = (x1, y1, x2, y2) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
const drawn = ([x, y]) => ordered(...drag.from, x, y);

function moved([x, y]) {
  const [x1, y1, x2, y2] = drag.box;
  const across = Math.min(1 - x2, Math.max(-x1, x - drag.from[0]));
  const down = Math.min(1 - y2, Math.max(-y1, y - drag.from[1]));
  return [x1 + across, y1 + down, x2 + across, y2 + down];
}

function resized([x, y]) {
  const [x1, y1, x2, y2] = drag.box;
  const has = edge => drag.edges.includes(edge);
  return ordered(has("w") ? x : x1, has("n") ? y : y1, has("e") ? x : x2, has("s") ? y : y2);
}

function release() {
  if (!drag) return;
  const { moved, over, boxes } = drag;
  drag = null;
  if (!moved) { selected = over; draw(); return; }
  const box = frame.boxes[selected];
  const after = frame.boxes;
  frame.boxes = boxes;
  if (box[2] - box[0] < LEAST || box[3] - box[1] < LEAST) { selected = -1; draw(); return; }
  change(after);
}

function cancel() {
  if (drag) frame.boxes = drag.boxes;
  [drag, selected] = [null, -1];
  draw();
}

const KEYS = {
  ArrowLeft: () => go(-1), a: () => go(-1), ArrowRight: () => go(1), d: () => go(1),
  Delete: remove, Backspace: remove, Enter: confirm, Escape: cancel,
  s: () => { selected = frame.boxes.length ? (selected + 1) % frame.boxes.length : -1; draw(); },
};

function key(event) {
  if (!frame || drag || busy) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); undo(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && (event.repeat || event.target.closest?.("button, a, label"))) return; // it presses that
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) { event.preventDefault(); act(); }
}

async function take(input, kind) {
  const [file] = input.files;
  input.value = "";
  if (!file || !await settled()) return;
  const { status, content } = await ask(`/import/${kind}`, { method: "POST", body: file });
  if (status !== 200) { tell(say("refused", { why: content.error }), true); return; }
  await reload();
  tell(say("imported", { n: content.pictures, others: content.others }));
}

// --- beginning -------------------------------------------------------------------------------------------------------

function listen() {
  const canvas = at("canvas");
  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", key);
  document.addEventListener("pointerdown", () => { at("notice").hidden = true; }, true);
  addEventListener("resize", () => frame && draw());
  addEventListener("beforeunload", event => { if (frames.some(one => one.unsaved) && !stuck) event.preventDefault(); });
  for (const [id, act] of Object.entries({ confirm, remove, undo, reload })) {
    at(id).addEventListener("click", () => { at(id).blur(); if (frame) act(); });
  }
  for (const button of at("filters").children) {
    button.addEventListener("click", () => { filter = button.dataset.filter; button.blur(); list(); });
  }
  for (const kind of ["yolo", "coco"]) at(`import-${kind}`).addEventListener("change", event => take(event.target, kind));
}

async function begin() {
  const loaded = await load();
  document.body.hidden = false;
  if (!loaded) return;
  listen();
  list();
  await show(frames.find(one => !one.reviewed) ?? frames[0]);
}

begin();
