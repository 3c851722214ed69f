/* A window's own page: its state as its hall tells it now, and the hint that nobody else sees yet.
   Data reaches the page through textContent and attributes only. */
(function () {
  "use strict";

  const RETRY_MS = 3000;
  const SILENT_MS = 20000; // the server speaks at least every 5 s
  let config, card, source = null, message = null, offset = 0, heardAt = 0, lost = false, ticking = null;

  function say(key, values) {
    const text = config.words[key] === undefined ? key : config.words[key];
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return values && name in values ? values[name] : whole; });
  }

  function put(node, text) { if (node.textContent !== text) { node.textContent = text; } }

  function lasting(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const pad = function (n) { return String(n).padStart(2, "0"); };
    const hours = Math.floor(seconds / 3600);
    return (hours ? hours + ":" : "") + pad(Math.floor(seconds / 60) % 60) + ":" + pad(seconds % 60);
  }

  /* What an old message says is not believed: a window is told that it is not known, never that it is away. */
  function show() {
    if (!card.isConnected) { stop(); return; }
    const now = Date.now() + offset;
    const old = lost || !message || Math.abs(now - Date.parse(message.at)) > config.stale_s * 1000;
    const own = !old && message.windows.find(function (window) { return window.id === config.window; });
    const state = own ? own.state : "UNKNOWN";
    card.dataset.state = state;
    put(card.querySelector(".own-word"), old ? say(lost ? "own.live.lost" : "own.live.waiting") : say("state." + state));
    put(card.querySelector(".own-since"), own && own.since ? lasting(now - Date.parse(own.since)) : "");
    document.getElementById("window-hint").hidden = state !== "AWAY_HINT";
  }

  function open() {
    if (source) { source.close(); }
    source = new EventSource("/live?hall=" + encodeURIComponent(config.hall));
    const hear = function (name, take) {
      source.addEventListener(name, function (event) { lost = false; heardAt = Date.now(); take(JSON.parse(event.data)); show(); });
    };
    hear("beat", function (beat) { offset = Date.parse(beat.now) - Date.now(); });
    hear("broker", function (broker) { if (broker.down_since) { message = null; } });
    hear("hall", function (heard) { message = heard; });
    source.onerror = function () {
      lost = true;
      show();
      if (source && source.readyState === EventSource.CLOSED) { setTimeout(open, RETRY_MS); }
    };
  }

  function stop() {
    if (source) { source.close(); source = null; }
    clearInterval(ticking);
    document.removeEventListener("visibilitychange", look);
  }

  /* A hidden tab gives its connection back; on its return it reads everything anew. */
  function look() {
    if (document.hidden) { if (source) { source.close(); } } else { open(); }
  }

  function tick() {
    if (!document.hidden && Date.now() - heardAt > SILENT_MS) { lost = true; heardAt = Date.now(); open(); }
    show();
  }

  function start(given) {
    config = given;
    card = document.getElementById("window-live");
    heardAt = Date.now();
    message = null;
    clearInterval(ticking);
    ticking = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", look);
    open();
    show();
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {own: {start: start}});
})();
