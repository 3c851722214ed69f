/* The live island: fills the tiles and the feed of the situation page from one event stream.
   Data reaches the page through textContent and attributes only, never as markup. Every figure is made by the server. */
(function () {
  "use strict";

  const RETRY_MS = 3000;
  const SILENT_MS = 20000; // the server speaks at least every 5 s
  const SENDING_MS = 4000;
  const POINTING_MS = 5000;
  const SETTLE_MS = 500; // a click this soon after cards moved was meant for another card
  const DENSE_FROM = 49;
  const FEED_MOST = 40;
  const FEW = 2; // so few alerts are shown with large stills
  const LATE_S = 1;
  const SLOW_FROM = 1.1; // below it intervals are as they were set, and it is the looks that are late

  let config, words, island;
  const live = {halls: {}, figures: null, downSince: null, lostSince: null, heardAt: Date.now(), offset: 0, selected: null, sent: {},
    pointedAt: 0, movedAt: 0};

  // ---- small tools ------------------------------------------------------------------------------------------

  function say(key, values) {
    const text = words[key] === undefined ? key : words[key];
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return values && name in values ? values[name] : whole; });
  }

  function make(tag, name, text) {
    const node = document.createElement(tag);
    if (name) { node.className = name; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function icon(name) {
    const node = make("i", "icon i-" + name);
    node.setAttribute("aria-hidden", "true");
    return node;
  }

  function put(node, value) {
    const text = value === null || value === undefined ? "—" : String(value);
    if (node.textContent !== text) { node.textContent = text; }
  }

  function mark(node, name, value) {
    if (value === null || value === undefined || value === false) { node.removeAttribute(name); }
    else if (node.getAttribute(name) !== String(value)) { node.setAttribute(name, String(value)); }
  }

  function part(node, name) { return node.querySelector("." + name); }

  function now() { return Date.now() + live.offset; }

  const clock = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});
  const shortClock = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
  let weekday;
  const dayKey = new Intl.DateTimeFormat("sv-SE", {timeZone: "Asia/Shanghai"});

  function at(iso) {
    const moment = new Date(iso);
    const time = clock.format(moment);
    return dayKey.format(moment) === dayKey.format(now()) ? time : dayKey.format(moment).slice(5) + " " + time;
  }

  function lasting(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const pad = function (n) { return String(n).padStart(2, "0"); };
    const hours = Math.floor(seconds / 3600);
    const rest = pad(Math.floor(seconds / 60) % 60) + ":" + pad(seconds % 60);
    return hours ? hours + ":" + rest : rest;
  }

  function age(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 100) { return say("age.s", {n: seconds}); }
    if (seconds < 6000) { return say("age.m", {n: Math.floor(seconds / 60)}); }
    return say("age.h", {n: Math.floor(seconds / 3600)});
  }

  function lookup(path) {
    return path.split(".").reduce(function (value, name) {
      return value === null || value === undefined ? value : value[name];
    }, live.figures);
  }

  /* Keeps one node per key, in the order of the items; nodes are changed in place so that a click is never lost.
     Says whether any node moved or went. */
  function keyed(holder, items, key, create, update) {
    const held = new Map();
    Array.from(holder.children).forEach(function (node) { if (node.dataset.key) { held.set(node.dataset.key, node); } });
    let place = holder.firstElementChild;
    let moved = false;
    items.forEach(function (item) {
      const id = key(item);
      let node = held.get(id);
      if (!node) { node = create(item); node.dataset.key = id; }
      held.delete(id);
      if (node === place) { place = place.nextElementSibling; } else { moved = moved || place !== null; holder.insertBefore(node, place); }
      update(node, item);
    });
    held.forEach(function (node) { node.remove(); });
    return moved || held.size > 0;
  }

  function hallOf(id) { return config.halls.find(function (hall) { return hall.id === id; }); }

  function placeName(hall, place) {
    const known = hallOf(hall);
    if (!known) { return place; }
    const found = known.windows.concat(known.zones, [known]).find(function (one) { return one.id === place; });
    return found ? found.name : place;
  }

  /* What a rule is about: a window, a zone, the whole hall or a camera. */
  function about(rule) { return config.about[rule] || "window"; }

  function rowOf(id) {
    return live.figures.areas.flatMap(function (area) { return area.halls; }).find(function (row) { return row.id === id; });
  }

  function stale(hall) {
    const message = live.halls[hall];
    return !message || Math.abs(now() - Date.parse(message.at)) > config.stale_s * 1000; // one of a time to come, too
  }

  // ---- figures declared by the page ---------------------------------------------------------------------------

  function showFigures() {
    island.querySelectorAll("[data-figure]").forEach(function (node) { put(node, lookup(node.dataset.figure)); });
    island.querySelectorAll("[data-alarm]").forEach(function (node) {
      node.classList.toggle("is-alarm", lookup(node.dataset.alarm) > 0);
    });
    island.querySelectorAll("[data-share]").forEach(function (node) {
      const whole = lookup(node.dataset.whole);
      node.style.width = whole ? (100 * lookup(node.dataset.share) / whole) + "%" : "0";
    });
    island.querySelectorAll("[data-if]").forEach(function (node) { node.hidden = !lookup(node.dataset.if); });
    island.querySelectorAll("[data-unless]").forEach(function (node) { node.hidden = !!lookup(node.dataset.unless); });
    showLongest();
    showService();
    showPace();
  }

  function showPace() {
    const pace = lookup("kpi.pace");
    island.querySelector("#live-gauge").title = say("kpi.pace.hint")
      + (pace.on_time === null ? "" : " · " + say("pace.on_time", {n: pace.on_time}));
    const banner = island.querySelector("#live-pace");
    banner.hidden = !pace.slow;
    if (!pace.slow) { return; }
    const late = pace.stretch < SLOW_FROM;
    put(part(banner, "banner-text"), say(late ? "pace.late" : "pace.slow",
      {time: at(pace.since), stretch: pace.stretch, share: pace.on_time}));
  }

  function showLongest() {
    const longest = lookup("kpi.waiting.longest");
    const node = island.querySelector("#live-longest");
    put(node, longest ? placeName(longest.hall, longest.zone) : "");
    node.title = longest ? (hallOf(longest.hall) || {name: longest.hall}).name : "";
  }

  function showService() {
    const service = live.figures.service;
    const node = island.querySelector("#live-service");
    const parts = service.days.map(function (day) { return words["day." + day] || day; });
    if (service.open === 0) { parts.push(say("head.no_service")); }
    else {
      parts.push(service.segments.map(function (name) { return config.segments[name] || name; }).join(" / "));
      if (service.open < service.halls) { parts.push(say("head.halls_open", {n: service.open, m: service.halls})); }
    }
    put(node, parts.filter(Boolean).join(" · ") || null);
    island.querySelector("#live-demo-model").hidden = !service.demo_model;
  }

  // ---- halls --------------------------------------------------------------------------------------------------

  function showHalls() {
    const rows = [];
    live.figures.areas.forEach(function (area) {
      rows.push({area: area.code});
      area.halls.forEach(function (hall) { rows.push(hall); });
    });
    keyed(island.querySelector("#live-halls"), rows,
      function (row) { return row.id ? "hall " + row.id : "area " + row.area; },
      function (row) { return row.id ? hallRow(row) : make("div", "area-row"); },
      function (node, row) {
        if (!row.id) { put(node, (config.areas[row.area] || row.area)); return; }
        updateHall(node, row);
      });
  }

  function hallRow(row) {
    const node = make("button", "hall-row");
    node.type = "button";
    ["name", "eyes", "on", "away", "unknown", "waiting"].forEach(function (name) { node.append(make("span", "c-" + name)); });
    part(node, "c-name").append(make("i", "dot"), make("b", "hall-name"), make("small", "hall-age"));
    node.addEventListener("click", function () { select(row.id); });
    return node;
  }

  function updateHall(node, row) {
    const old = stale(row.id);
    mark(node, "data-worst", row.worst);
    mark(node, "aria-pressed", row.id === live.selected);
    node.classList.toggle("is-stale", old);
    const name = (hallOf(row.id) || {name: row.id}).name; // a hall that the site got after this page was opened
    put(part(node, "hall-name"), name);
    node.title = name;
    const message = live.halls[row.id];
    put(part(node, "hall-age"), !message ? say("halls.silent")
      : old ? say("halls.stale", {age: age(now() - Date.parse(message.at))}) : "");
    put(part(node, "c-eyes"), row.eyes.a + "/" + row.eyes.b);
    put(part(node, "c-on"), row.due ? row.on + "/" + row.due : "—");
    put(part(node, "c-away"), row.away);
    put(part(node, "c-unknown"), row.unknown);
    put(part(node, "c-waiting"), row.waiting);
    part(node, "c-away").classList.toggle("is-alarm", row.away > 0);
    part(node, "c-unknown").classList.toggle("is-unknown", row.unknown > 0);
    part(node, "c-eyes").classList.toggle("is-warn", row.eyes.a < row.eyes.b);
    mark(part(node, "c-waiting"), "data-level", row.queue);
  }

  function select(id) {
    live.selected = id;
    try { sessionStorage.setItem("hall", id); } catch (refused) { /* a private window keeps no choice */ }
    showHalls();
    showWindows();
  }

  // ---- windows of one hall --------------------------------------------------------------------------------------

  const STATE_ICON = {ON_DUTY: "user", SERVING: "users", AWAY_TIMER: "hourglass", AWAY_HINT: "hourglass",
    AWAY_WARN: "user-off", AWAY_ALERT: "user-off", PAUSED_OK: "player-pause", PAUSED_OVER: "player-pause",
    COVERED: "users-group", VACANT_WITH_REASON: "user-off", BACK_OFFICE: "clipboard-text", AWAY_SERVING: "users-group", CLOSED: "lock",
    NOT_IN_SERVICE: "moon", UNKNOWN: "eye-off"};

  function showWindows() {
    const hall = hallOf(live.selected);
    if (!hall) { return; }
    const message = live.halls[hall.id];
    const old = stale(hall.id);
    const row = live.figures && rowOf(hall.id);
    const open = !row || row.open;
    const states = {};
    (message ? message.windows : []).forEach(function (window) { states[window.id] = window; });
    put(island.querySelector("#live-windows-hall"), hall.name);
    showCameras(message, old);
    const grid = island.querySelector("#live-windows");
    grid.classList.toggle("is-dense", hall.windows.length >= DENSE_FROM);
    keyed(grid, hall.windows, function (window) { return hall.id + " " + window.id; }, windowTile,
      function (node, window) { updateWindow(node, window, states[window.id], old, open); });
  }

  /* A code in words; what a window's system says in its own words is shown as it is. */
  function reasonWords(code) {
    const found = ["why.", "blind.", "pause.", "rule."].find(function (kind) { return kind + code in config.words; });
    return found ? say(found + code) : code;
  }

  function windowTile() {
    const node = make("div", "tile");
    const state = make("div", "tile-state");
    state.append(make("i", "icon"), make("span", "tile-word"), make("time", "ticking"));
    node.append(make("div", "tile-name"), state);
    return node;
  }

  function updateWindow(node, window, seen, old, open) {
    const state = old || !seen ? (open ? "UNKNOWN" : "NOT_IN_SERVICE") : seen.state;
    mark(node, "data-state", state);
    put(part(node, "tile-name"), window.name);
    const mask = part(node, "icon");
    if (mask.dataset.state !== state) { mask.dataset.state = state; mask.className = "icon i-" + STATE_ICON[state]; }
    const paused = (state === "PAUSED_OK" || state === "PAUSED_OVER") && seen && seen.reason;
    put(part(node, "tile-word"), say("state." + state) + (paused ? " " + reasonWords(seen.reason) : ""));
    const since = seen && !old ? seen.since : null;
    mark(part(node, "ticking"), "data-since", state === "NOT_IN_SERVICE" || state === "CLOSED" ? null : since);
    if (!part(node, "ticking").dataset.since) { put(part(node, "ticking"), ""); }
    const notes = [window.name, say("state." + state)];
    if (seen && seen.reason) { notes.push(reasonWords(seen.reason)); }
    if (since) { notes.push(say("alert.since", {time: at(since)})); }
    if (seen && !seen.pause_signal) { notes.push(say("alert.no_pause")); }
    mark(node, "title", notes.join(" · "));
  }

  function showCameras(message, old) {
    const node = island.querySelector("#live-windows-meta");
    node.textContent = "";
    if (!message) { node.append(make("span", "", say("halls.silent"))); return; }
    if (old) { node.append(make("span", "note-warn", say("halls.stale", {age: age(now() - Date.parse(message.at))}))); }
    if (message.late >= LATE_S) { node.append(make("span", "note-warn", say("windows.late", {age: age(1000 * message.late)}))); }
    const cameras = message.cameras;
    cameras.blind.slice(0, 2).forEach(function (blind) {
      const note = make("span", "note-unknown");
      note.append(icon("video-off"), make("span", "",
        blind.id + " " + blindWords(blind)));
      note.title = blind.detail || "";
      node.append(note);
    });
    if (cameras.blind.length > 2) { node.append(make("span", "note-unknown", "+" + (cameras.blind.length - 2))); }
    if (cameras.clocks && cameras.clocks.length) {
      const note = make("span", "note-warn");
      note.append(icon("clock"), make("span", "", cameras.clocks[0].id + " " + noteWords(cameras.clocks[0])));
      if (cameras.clocks.length > 1) { note.append(make("span", "", "+" + (cameras.clocks.length - 1))); }
      node.append(note);
    }
    if (cameras.unwatched) { node.append(make("span", "note-unknown", say("note.unwatched", {n: cameras.unwatched}))); }
    node.append(make("span", "", say("windows.cameras", cameras)));
  }

  // ---- alert feed -----------------------------------------------------------------------------------------------

  function showFeed() {
    const holder = island.querySelector("#live-feed");
    const feed = steady(holder, live.figures.feed);
    const rest = feed.length - FEED_MOST + live.figures.feed_more;
    mark(holder, "data-few", feed.length <= FEW ? feed.length : null);
    const moved = keyed(holder, feed.slice(0, FEED_MOST).concat(rest > 0 ? [{more: rest}] : []),
      function (alert) { return alert.more ? "more" : alert.key; },
      function (alert) { return alert.more ? make("div", "feed-more") : alertCard(alert); },
      function (node, alert) {
        if (alert.more) { put(node, say("feed.more", {n: alert.more})); } else { updateAlert(node, alert); }
      });
    if (moved) { live.movedAt = Date.now(); }
    island.querySelector("#live-feed-none").hidden = feed.length > 0;
  }

  /* While somebody points into the feed its cards stay where they are: a verdict must not land on a neighbour. */
  function steady(holder, feed) {
    if (Date.now() - live.pointedAt > POINTING_MS) { return feed; }
    const keys = Array.from(holder.children).map(function (node) { return node.dataset.key; });
    const place = function (alert) { return keys.includes(alert.key) ? keys.indexOf(alert.key) : keys.length; };
    return feed.slice().sort(function (one, other) { return place(one) - place(other); });
  }

  function alertCard(alert) {
    const node = make("article", "alert");
    const main = make("div", "alert-main");
    const title = make("div", "alert-title");
    title.append(make("b", "alert-rule"), make("span", "chip chip-level"), make("span", "chip chip-ended"),
      make("span", "chip chip-unseen", say("alert.unseen")));
    part(title, "chip-unseen").prepend(icon("eye-off"));
    const place = make("a", "alert-place");
    place.href = "/alert?key=" + encodeURIComponent(alert.key);
    place.append(make("span", "alert-hall"), make("b", "alert-window"));
    const meta = make("div", "alert-meta");
    meta.append(make("span", "alert-since"), make("span", "alert-waiting"), make("span", "alert-pause", say("alert.no_pause")));
    main.append(title, place, meta, make("div", "alert-members"));
    const strip = make("div", "strip");
    ["start", "threshold", "return"].forEach(function (moment) { strip.append(stillSlot(moment)); });
    const act = make("div", "alert-act");
    const elapsed = make("div", "elapsed");
    elapsed.append(make("small", "elapsed-word"), make("time", "ticking"));
    act.append(elapsed, verdictButtons(node, alert));
    node.append(main, strip, act);
    return node;
  }

  /* The word for how an alert ended; nobody is said to be back who was not seen. */
  function ending(alert) {
    if (alert.ending !== "returned") { return "alert.ended." + (alert.ending || "other"); }
    if (alert.rule === "pause") { return "alert.ended.other"; }
    return {window: "alert.ended", zone: "alert.ended.queue"}[about(alert.rule)] || "alert.ended.other";
  }

  function updateAlert(node, alert) {
    const what = about(alert.rule);
    mark(node, "data-level", alert.level);
    mark(node, "data-ended", alert.until ? "" : null);
    mark(node, "data-unseen", !alert.sees && !alert.until ? "" : null);
    put(part(node, "alert-rule"), say("rule." + alert.rule));
    put(part(node, "chip-level"), say("level." + alert.level));
    put(part(node, "chip-ended"), alert.until
      ? say(ending(alert), {time: at(alert.until)}) : "");
    part(node, "chip-ended").hidden = !alert.until;
    part(node, "chip-unseen").hidden = alert.sees || !!alert.until;
    put(part(node, "alert-hall"), (hallOf(alert.hall) || {name: alert.hall}).name);
    put(part(node, "alert-window"), placeName(alert.hall, alert.place));
    put(part(node, "alert-since"), say("alert.since", {time: at(alert.since)}));
    put(part(node, "alert-waiting"), waitingWords(alert, what));
    part(node, "alert-pause").hidden = what !== "window" || alert.pause_signal;
    showMembers(part(node, "alert-members"), alert);
    put(part(node, "elapsed-word"), say(alert.until ? "alert.lasted" : "alert.elapsed"));
    mark(part(node, "ticking"), "data-since", alert.since);
    mark(part(node, "ticking"), "data-until", alert.until || alert.seen_at);
    mark(part(node, "ticking"), "data-unseen-s", alert.unseen_s);
    showStills(node, alert);
    const sending = live.sent[alert.key] && Date.now() - live.sent[alert.key] < SENDING_MS;
    node.classList.toggle("is-sending", !!sending);
    node.querySelectorAll("button.verdict").forEach(function (button) { button.disabled = !!sending; });
  }

  /* Alerts that opened together are one card; each is still judged on its own page. */
  function showMembers(node, alert) {
    const keys = alert.members.map(function (one) { return one.key; }).join(" ");
    node.hidden = !keys;
    if (node.dataset.keys === keys) { return; }
    node.dataset.keys = keys;
    node.textContent = "";
    if (!keys) { return; }
    node.append(make("b", "", say("alert.group", {n: alert.members.length})));
    alert.members.forEach(function (one) {
      const link = make("a", "", placeName(alert.hall, one.place));
      link.href = "/alert?key=" + encodeURIComponent(one.key);
      node.append(link);
    });
  }

  function waitingWords(alert, what) {
    if (what === "camera") { return ""; }
    if (what === "hall") { return say("alert.empty", {n: alert.people}); }
    const queue = what === "zone";
    const count = queue ? alert.people : alert.waiting;
    if (count === null || count === undefined) { return say(queue ? "alert.people.unknown" : "alert.waiting.unknown"); }
    return say(queue ? "alert.people" : "alert.waiting", {n: count});
  }

  function stillSlot(moment) {
    const node = make("button", "still");
    node.type = "button";
    node.dataset.moment = moment;
    node.append(make("span", "still-picture"), make("small", "still-word"));
    node.addEventListener("click", function () { if (node.dataset.file) { enlarge(node); } });
    return node;
  }

  function showStills(node, alert) {
    node.querySelectorAll(".still").forEach(function (slot) {
      const still = alert.stills.find(function (one) { return one.moment === slot.dataset.moment; });
      const returned = slot.dataset.moment === "return";
      const over = returned && alert.until && alert.ending !== "returned";
      const eased = returned && about(alert.rule) === "zone";
      const word = say(over ? "still.over" : eased ? "still.eased" : "still." + slot.dataset.moment);
      slot.disabled = !still;
      if (!still) {
        const pending = say(about(alert.rule) === "zone" ? "still.pending.eased" : "still.pending");
        put(part(slot, "still-word"), returned && !alert.until ? pending : word + " · " + say("alert.no_still"));
        return;
      }
      put(part(slot, "still-word"), word + " " + at(still.at));
      if (slot.dataset.file !== still.file) {
        slot.dataset.file = still.file;
        const picture = make("img");
        picture.src = evidence(still.file);
        picture.alt = word;
        part(slot, "still-picture").replaceChildren(picture);
      }
    });
  }

  function evidence(file) { return "/evidence/" + file.split("/").map(encodeURIComponent).join("/"); }

  function enlarge(slot) {
    const box = make("dialog", "enlarged");
    const picture = make("img");
    picture.src = evidence(slot.dataset.file);
    picture.alt = "";
    box.append(picture, make("p", "", part(slot, "still-word").textContent));
    box.addEventListener("click", function () { box.close(); });
    box.addEventListener("close", function () { box.remove(); });
    island.append(box);
    box.showModal();
  }

  // ---- verdicts ---------------------------------------------------------------------------------------------------

  function verdictButtons(card, alert) {
    const node = make("div", "verdicts");
    ["reminded", "issue", "reasonable", "false"].forEach(function (kind) {
      const button = make("button", "verdict verdict-" + kind, say(kind === "issue" ? "feed.register" : "verdict." + kind));
      button.type = "button";
      button.addEventListener("click", function () {
        if (kind === "issue") { location.href = "/alert?key=" + encodeURIComponent(alert.key); }
        else if (kind === "reasonable") { chooseWhy(card, alert, kind, "verdict.choose", config.reasons[alert.rule]); }
        else if (kind === "false") { chooseWhy(card, alert, kind, "verdict.cause", config.causes); }
        else { judge(card, alert.key, kind, ""); }
      });
      node.append(button);
    });
    return node;
  }

  function chooseWhy(card, alert, kind, title, reasons) {
    const shown = part(card, "reasons");
    if (shown) {
      shown.remove();
      if (shown.dataset.kind === kind) { return; }
    }
    const node = make("div", "reasons");
    node.dataset.kind = kind;
    node.append(make("small", "", say(title)));
    reasons.forEach(function (reason) {
      const button = make("button", "verdict reason", reason.text);
      button.type = "button";
      button.addEventListener("click", function () { node.remove(); judge(card, alert.key, kind, reason.code); });
      node.append(button);
    });
    const cancel = make("button", "reason-cancel", say("verdict.cancel"));
    cancel.type = "button";
    cancel.addEventListener("click", function () { node.remove(); });
    node.append(cancel);
    card.append(node);
    node.querySelector("button").focus();
  }

  function tell(text) {
    const place = make("div", "toast-place");
    const toast = make("div", "toast", text);
    place.append(toast);
    toast.addEventListener("animationend", function () { place.remove(); });
    island.append(place);
  }

  function judge(card, key, kind, reason) {
    if (Date.now() - live.movedAt < SETTLE_MS) { tell(say("feed.moved")); return; }
    live.sent[key] = Date.now();
    card.classList.add("is-sending");
    card.querySelectorAll("button.verdict").forEach(function (button) { button.disabled = true; });
    window.dash_clientside.set_props("situation-verdict", {data: {key: key, kind: kind, reason: reason, at: Date.now()}});
  }

  // ---- queues -----------------------------------------------------------------------------------------------------

  function showQueues() {
    const rows = live.figures.zones;
    const holder = island.querySelector("#live-queues");
    const fit = Math.max(1, Math.floor(holder.clientHeight / 38));
    const all = rows.length + live.figures.zones_more;
    const shown = rows.slice(0, all > fit ? fit - 1 : fit);
    keyed(holder, shown.concat(all > shown.length ? [{more: all - shown.length}] : []),
      function (row) { return row.more ? "more" : row.hall + " " + row.zone; },
      function (row) { return row.more ? make("div", "queue-more") : queueRow(); },
      function (node, row) {
        if (row.more) { put(node, say("queues.more", {n: row.more})); } else { updateQueue(node, row); }
      });
  }

  function queueRow() {
    const node = make("div", "queue-row");
    const name = make("div", "queue-name");
    name.append(make("b", "queue-zone"), make("small", "queue-hall"));
    const bar = make("div", "queue-bar");
    bar.append(make("i", "queue-fill"), make("i", "queue-tick tick-yellow"), make("i", "queue-tick tick-red"));
    const count = make("div", "queue-count");
    count.append(make("b", "queue-waiting"), make("small", "queue-open"));
    node.append(name, bar, count);
    return node;
  }

  function updateQueue(node, row) {
    const full = (row.red || 0) * 1.5;
    const hall = (hallOf(row.hall) || {name: row.hall}).name;
    const both = row.tickets !== null && row.counted !== null
      ? say("queues.both", {tickets: row.tickets, heads: row.counted}) : "";
    const oldest = row.oldest_s ? say("queues.oldest", {age: age(row.oldest_s * 1000)}) : "";
    mark(node, "data-level", row.level);
    mark(node, "data-disagree", row.disagree);
    put(part(node, "queue-zone"), placeName(row.hall, row.zone));
    put(part(node, "queue-hall"), [row.disagree ? both : oldest, hall].filter(Boolean).join(" · "));
    put(part(node, "queue-waiting"), row.waiting);
    put(part(node, "queue-open"), row.waiting === null ? say("queues.unknown") : "/ " + say("queues.open", {n: row.open}));
    part(node, "queue-fill").style.width = (full ? Math.min(100, 100 * (row.per_open || 0) / full) : 0) + "%";
    part(node, "tick-yellow").style.left = (full ? 100 * row.yellow / full : 0) + "%";
    part(node, "tick-red").style.left = (full ? 100 * row.red / full : 0) + "%";
    node.title = [hall, placeName(row.hall, row.zone), both, row.disagree ? say("queues.disagree") : "", oldest,
      row.seen_at ? at(row.seen_at) : ""].filter(Boolean).join(" · ");
  }

  // ---- header -----------------------------------------------------------------------------------------------------

  function showPush() {
    const node = island.querySelector("#live-push");
    const ages = Object.keys(live.halls).map(function (hall) { return now() - Date.parse(live.halls[hall].at); });
    const newest = ages.length ? Math.min.apply(null, ages) : null;
    const figures = live.figures ? now() - Date.parse(live.figures.at) : 0;
    let tone = "ok", text;
    if (live.lostSince) { tone = "alarm"; text = say("push.lost", {time: at(live.lostSince)}); }
    else if (live.downSince) { tone = "alarm"; text = say("push.broker", {time: at(live.downSince)}); }
    else if (newest === null) { tone = "wait"; text = say("push.waiting"); }
    else if (newest > config.stale_s * 1000) { tone = "warn"; text = say("push.stale", {age: age(newest)}); }
    else if (figures > config.stale_s * 1000) { tone = "warn"; text = say("push.figures", {age: age(figures)}); }
    else { text = say("push.ok", {age: age(newest)}); }
    mark(node, "data-tone", tone);
    put(part(node, "push-text"), text);
    const old = config.halls.filter(function (hall) { return live.halls[hall.id] && stale(hall.id); }).length;
    const banner = island.querySelector("#live-stale");
    banner.hidden = !old || tone !== "ok";
    put(part(banner, "banner-text"), say("push.halls_stale", {n: old}));
    island.classList.toggle("is-lost", !!live.lostSince);
    island.classList.toggle("is-late", tone === "alarm" || tone === "warn");
  }

  function blindWords(camera) {
    return [say("blind." + camera.reason), camera.since ? say("alert.since", {time: at(camera.since)}) : ""]
      .filter(Boolean).join(" · ");
  }

  /* Where there is little room the hall's name is cut, not the camera or window that one has to find. */
  function linePlace() {
    const node = make("span", "line-place");
    node.append(make("span", "line-hall"), make("span", "line-spot"));
    return node;
  }

  function putPlace(node, hall, spot) {
    put(part(node, "line-hall"), (hallOf(hall) || {name: hall}).name);
    put(part(node, "line-spot"), spot);
  }

  function showBlind() {
    const blind = live.figures.blind;
    const banner = island.querySelector("#live-blind");
    banner.hidden = !blind.length;
    put(part(banner, "banner-text"), say("push.blind", {n: lookup("kpi.eyes_blind")}));
    const shown = blind.concat(live.figures.notes);
    const rest = live.figures.faults - shown.length;
    keyed(island.querySelector("#live-blind-list"), shown.concat(rest > 0 ? [{more: rest}] : []),
      function (camera) { return camera.more ? "more" : [camera.kind || "blind", camera.hall, camera.id].join(" "); },
      function (camera) {
        if (camera.more) { return make("div", "feed-more"); }
        const node = make("div", "line blind-line");
        node.append(icon(NOTE_ICON[camera.kind] || "video-off"), linePlace(), make("span", "line-note"));
        return node;
      },
      function (node, camera) {
        if (camera.more) { put(node, say("blind.more", {n: camera.more})); return; }
        putPlace(node, camera.hall, camera.id || (camera.kind ? "" : say("blind.all", {n: camera.cameras})));
        put(part(node, "line-note"), camera.kind ? noteWords(camera) : blindWords(camera));
        node.title = camera.detail || "";
      });
  }

  const NOTE_ICON = {clock: "clock", unwatched: "eye-off"};

  function noteWords(camera) {
    if (camera.kind === "unwatched") { return say("note.unwatched", {n: camera.n}); }
    const off = (camera.off_s < 0 ? "−" : "+") + age(1000 * Math.abs(camera.off_s));
    return [say("note.clock", {off: off}), camera.since ? say("alert.since", {time: at(camera.since)}) : ""]
      .filter(Boolean).join(" · ");
  }

  function showHandled() {
    keyed(island.querySelector("#live-handled"), live.figures.handled, function (row) { return row.key; },
      function (row) {
        const node = make("a", "line handled-line");
        node.href = "/alert?key=" + encodeURIComponent(row.key);
        node.append(make("time"), linePlace(), make("span", "line-verdict"));
        return node;
      },
      function (node, row) {
        mark(node, "data-kind", row.kind);
        put(node.querySelector("time"), at(row.at));
        putPlace(node, row.hall, placeName(row.hall, row.place));
        put(part(node, "line-verdict"), say("verdict." + row.kind));
      });
  }

  function tick() {
    const moment = new Date(now());
    put(island.querySelector("#live-clock"), clock.format(moment));
    put(island.querySelector("#live-date"), dayKey.format(moment) + " " + weekday.format(moment));
    island.querySelectorAll(".ticking[data-since]").forEach(function (node) {
      const until = node.dataset.until ? Date.parse(node.dataset.until) : now();
      put(node, lasting(until - Date.parse(node.dataset.since) - 1000 * (node.dataset.unseenS || 0)));
    });
    if (!document.hidden && Date.now() - live.heardAt > SILENT_MS) { lost(); live.heardAt = Date.now(); open(); }
    showPush();
    if (live.figures && Object.keys(live.halls).some(stale)) { showHalls(); showWindows(); }
  }

  // ---- the stream ---------------------------------------------------------------------------------------------------

  function choose() {
    let kept = null;
    try { kept = sessionStorage.getItem("hall"); } catch (refused) { /* a private window keeps no choice */ }
    if (kept && hallOf(kept)) { return kept; }
    const first = live.figures.areas[0];
    return first && first.halls.length ? first.halls[0].id : null;
  }

  let source = null;

  function lost() {
    if (!live.lostSince) { live.lostSince = new Date(now()).toISOString(); showPush(); }
  }

  function open() {
    if (source) { source.close(); }
    source = new EventSource("/live");
    const hear = function (name, take) {
      source.addEventListener(name, function (event) { live.lostSince = null; live.heardAt = Date.now(); take(JSON.parse(event.data)); });
    };
    hear("beat", function (beat) { live.offset = Date.parse(beat.now) - Date.now(); });
    hear("broker", function (broker) { live.downSince = broker.down_since; showPush(); });
    hear("hall", function (message) {
      live.halls[message.hall] = message;
      if (message.hall === live.selected) { showWindows(); }
    });
    hear("figures", function (figures) {
      live.figures = figures;
      if (!live.selected) { live.selected = choose(); }
      showFigures(); showHalls(); showWindows(); showFeed(); showHandled(); showBlind(); showQueues(); tick();
      island.classList.add("is-live");
    });
    source.onerror = function () {
      lost();
      if (source.readyState === EventSource.CLOSED) { setTimeout(open, RETRY_MS); }
    };
  }

  /* A hidden tab gives its connection back (a browser has six per server) and reads the whole state on its return. */
  function followVisibility() {
    document.addEventListener("visibilitychange", function () {
      if (document.hidden) { source.close(); } else { open(); }
    });
  }

  function start(given) {
    config = given;
    words = given.words;
    island = document.getElementById("live-island");
    weekday = new Intl.DateTimeFormat(config.locale, {timeZone: "Asia/Shanghai", weekday: "short"});
    tick();
    setInterval(tick, 1000);
    open();
    followVisibility();
    island.querySelector("#live-feed").addEventListener("pointermove", function () { live.pointedAt = Date.now(); });
    window.addEventListener("resize", function () { if (live.figures) { showQueues(); } });
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {live: {start: start}});
})();
