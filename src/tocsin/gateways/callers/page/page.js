(function () {
  "use strict";
  // Plain old JavaScript on purpose: this runs on whatever phone the caller has.
  var W = {words}, PH = ["yes", "no", "cannot_talk", "they_are_here"];
  var PIECE = 98304, SIDE = 1600, AGAIN = /^(offline|busy|too_often|not_recorded|not_known)$/;
  var lang = document.documentElement.lang, token = (location.hash || "").slice(1), key = "tocsin" + token.slice(0, 6);
  var device = "", memory = "", over = false, sharing = false, watch = null, last = null, lastAt = 0, sentAt = 0;
  var seen = 0, until = 0, file = null, shown = 0, working = false, denied = false, seq = 0;
  function $(id) { return document.getElementById(id); }
  function w(name) { return W[lang][name] || ""; }
  function fill(name, more) { return w(name).replace(/\{(\w)\}/g, function (_, k) { return more[k]; }); }
  function show(id) { ["ask", "live", "end"].forEach(function (one) { $(one).hidden = one !== id; }); }
  function keep(value) {
    memory = value;
    try { if (value) localStorage.setItem(key, value); else localStorage.removeItem(key); } catch (e) { return; }
  }
  function kept() {
    try { return localStorage.getItem(key) || memory; } catch (e) { return memory; }
  }
  function rand() {
    var text = "", raw = new Uint8Array(8);
    (window.crypto || window.msCrypto).getRandomValues(raw);
    for (var i = 0; i < 8; i += 1) text += ("0" + raw[i].toString(16)).slice(-2);
    return text + (seq += 1);
  }

  function ask(way, body, done, more) {
    var x = new XMLHttpRequest(), raw = more && more.raw, n;
    x.open("POST", "/c/" + way, true);
    x.timeout = way === "piece" ? 180000 : 40000;
    x.setRequestHeader("Content-Type", raw ? "application/octet-stream" : "application/json");
    x.setRequestHeader("X-Link", token);
    if (device) x.setRequestHeader("X-Device", device);
    for (n in (more && more.heads) || {}) x.setRequestHeader(n, more.heads[n]);
    x.onload = function () {
      var told = {};
      try { told = JSON.parse(x.responseText); } catch (e) { told = { name: "unreadable" }; }
      $("off").hidden = true;
      if (x.status === 410) return end(told.why || "over");
      if (x.status === 403 && told.name === "link_taken") return end("taken");
      if (x.status === 404 && told.name === "unknown_link") return end("link");
      done(x.status === 200, told);
    };
    x.onerror = x.ontimeout = function () {
      if (!over) $("off").hidden = false;
      done(false, { name: "offline" });
    };
    x.send(raw || JSON.stringify(body || {}));
  }

  function end(why) {
    if (over) return;
    over = true;
    unwatch();
    keep("");
    last = file = null;
    var name = { caller: "e_caller", expired: "e_old", taken: "e_taken", link: "e_link" }[why] || "e_over";
    $("why").setAttribute("data-w", name);
    words();
    show("end");
  }

  function words() {
    var all = document.querySelectorAll("[data-w]"), i, b;
    document.documentElement.lang = lang;
    document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
    document.title = w("t");
    for (i = 0; i < all.length; i += 1) all[i].textContent = w(all[i].getAttribute("data-w"));
    $("lang").value = lang;
    $("said").placeholder = w("said");
    $("said").setAttribute("aria-label", w("said"));
    $("quick").textContent = "";
    $("quick").setAttribute("aria-label", w("quick"));
    PH.forEach(function (code, n) {
      b = document.createElement("button");
      b.type = "button";
      b.textContent = w("q")[n];
      b.onclick = function () { say("", code); };
      $("quick").appendChild(b);
    });
    state();
  }

  function state() {
    var left = Math.max(0, Math.round((until - Date.now()) / 60000)), spot = "";
    $("state").textContent = w(sharing ? "live" : "not");
    $("where").className = sharing ? "card on" : "card";
    $("on").hidden = sharing;
    if (denied) spot = w("deny");
    else if (sharing && !last) spot = w("find");
    else if (sharing) spot = "\u2066" + last.lat.toFixed(5) + ", " + last.lon.toFixed(5) + "\u2069 — " + fill("acc", { m: Math.max(1, Math.round(last.accuracy_m)), s: Math.round((Date.now() - lastAt) / 1000) });
    $("spot").textContent = spot;
    $("sent").textContent = shown ? fill("shown", { n: shown }) : "";
    $("left").textContent = until ? fill("left", { m: left }) : "";
  }

  function talk(said) {
    said.forEach(function (one) {
      if (one.n <= seen) return;
      seen = one.n;
      var li = document.createElement("li"), by = document.createElement("small");
      li.dir = "auto";
      li.className = one.mine ? "me" : "";
      by.textContent = w(one.mine ? "me" : "desk");
      li.appendChild(by);
      li.appendChild(document.createTextNode(one.text));
      $("talk").appendChild(li);
      if (!one.mine && navigator.vibrate) navigator.vibrate(200);
    });
  }

  function take(told) {
    if (told.ended) return end(told.ended);
    until = Date.now() + told.left_s * 1000;
    talk(told.messages);
    state();
  }

  function news() {
    if (over) return;
    ask("news", { after: seen }, function (ok, told) {
      if (ok) take(told);
      if (!over) setTimeout(news, ok ? 300 : 3000);
    });
  }

  function open(then) {
    ask("open", { tongue: lang }, function (ok, told) {
      if (!ok) { if (then) setTimeout(function () { open(then); }, 3000); return; }
      device = told.device;
      keep(device);
      take(told.state);
      if (then && !over) then(told.state);
    });
  }

  function unwatch() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
    sharing = false;
  }

  function here(p) {
    var c = p.coords;
    denied = false;
    last = { lat: c.latitude, lon: c.longitude, accuracy_m: Math.min(1e6, c.accuracy || 0) };
    if (typeof c.altitude === "number" && c.altitude > -1000 && c.altitude < 20000) last.altitude_m = c.altitude;
    if (typeof c.speed === "number" && c.speed >= 0 && c.speed < 400) last.speed_mps = c.speed;
    if (typeof c.heading === "number" && c.heading >= 0 && c.heading <= 360) last.heading_deg = c.heading;
    lastAt = Date.now();
    last.age_s = Math.min(3600, Math.max(0, (lastAt - p.timestamp) / 1000));
    place();
    state();
  }

  function place() {
    if (over || !sharing || !last || working || Date.now() - sentAt < 4000) return;
    working = true;
    sentAt = Date.now();
    ask("place", last, function () { working = false; });
  }

  function share() {
    if (!navigator.geolocation) { denied = true; show("live"); state(); return; }
    denied = false;
    show("live");
    ask("share", {}, function (ok, told) {
      if (over || sharing) return;
      if (!ok) { if (AGAIN.test(told.name)) setTimeout(share, 3000); return; }
      sharing = true;
      state();
      watch = navigator.geolocation.watchPosition(here, function (e) {
        if (e.code === 1) { denied = true; unwatch(); }
        state();
      }, { enableHighAccuracy: true, maximumAge: 5000, timeout: 30000 });
    });
  }

  function say(text, phrase) {
    var body = { id: rand() };
    if (phrase) body.phrase = phrase; else body.text = text;
    (function go(tries) {
      ask("say", body, function (ok, told) {
        if (ok) { $("up").textContent = ""; return; }
        if (tries && told.name === "offline") { setTimeout(function () { go(tries - 1); }, 2000); return; }
        if (!phrase && !$("said").value) $("said").value = text;
        $("up").textContent = w("x_" + told.name) || w("x");
      });
    })(5);
  }

  function smaller(blob, then) {
    if (!blob.type.match(/^image/) || !window.CSS || !CSS.supports("image-orientation", "from-image")) return then(blob);
    var img = new Image(), url = URL.createObjectURL(blob);
    img.onerror = function () { URL.revokeObjectURL(url); then(blob); };
    img.onload = function () {
      var f = Math.min(1, SIDE / Math.max(img.naturalWidth, img.naturalHeight)), c = document.createElement("canvas");
      c.width = Math.round(img.naturalWidth * f);
      c.height = Math.round(img.naturalHeight * f);
      c.getContext("2d").drawImage(img, 0, 0, c.width, c.height);
      URL.revokeObjectURL(url);
      c.toBlob(function (out) { then(out && out.size < blob.size ? out : blob); }, "image/jpeg", 0.85);
    };
    img.src = url;
  }

  function upload(blob) {
    var id = rand();
    (function next(at, tries) {
      if (over) return;
      var to = Math.min(blob.size, at + PIECE);
      $("up").textContent = to < blob.size ? fill("up", { p: Math.round(100 * at / blob.size) }) : w("up2");
      ask("piece", null, function (ok, told) {
        if (ok && told.done) { shown += 1; $("up").textContent = w("got"); state(); return; }
        if (ok) return next(told.have, 6);
        if (tries && told.name === "out_of_order") return next(0, tries - 1);
        if (tries && AGAIN.test(told.name)) return setTimeout(function () { next(at, tries - 1); }, 2500);
        $("up").textContent = w("x_" + (told.name === "too_many_pixels" ? "too_large" : told.name)) || w("x");
      }, { raw: blob.slice(at, to), heads: { "X-Upload": id, "X-Offset": String(at), "X-Total": String(blob.size) } });
    })(0, 6);
  }

  function chosen(e) {
    file = e.target.files && e.target.files[0];
    $("pre").hidden = !file;
    if (!file) return;
    $("pic").hidden = !file.type.match(/^image/);
    if (!$("pic").hidden) $("pic").src = URL.createObjectURL(file);
    $("name").textContent = file.name + " · " + Math.max(1, Math.round(file.size / 1000)) + " kB";
    $("up").textContent = "";
  }

  function unchoose() {
    file = null;
    $("pic").removeAttribute("src");
    $("photo").value = $("clip").value = "";
    $("pre").hidden = true;
  }

  $("lang").onchange = function () { lang = $("lang").value; words(); if (device && !over) open(); };
  $("yes").onclick = $("on").onclick = share;
  $("no").onclick = function () { show("live"); };
  $("photo").onchange = $("clip").onchange = chosen;
  $("drop").onclick = unchoose;
  $("go").onclick = function () { var blob = file; unchoose(); if (blob) smaller(blob, upload); };
  $("f").onsubmit = function (e) {
    var text = $("said").value.replace(/^\s+|\s+$/g, "");
    e.preventDefault();
    if (!text) return;
    $("said").value = "";
    say(text, "");
  };
  $("stop").onclick = function () {
    unwatch();
    (function go() {
      var x = new XMLHttpRequest();
      x.open("POST", "/c/stop", true);
      x.setRequestHeader("Content-Type", "application/json");
      x.setRequestHeader("X-Link", token);
      x.setRequestHeader("X-Device", device);
      x.onload = function () { if (x.status >= 500 || x.status === 429) setTimeout(go, 2000); };
      x.onerror = function () { setTimeout(go, 2000); };
      x.send("{}");
    })();
    end("caller");
  };
  setInterval(function () { if (!over) { state(); if (last && Date.now() - sentAt > 20000 && Date.now() - lastAt < 60000) place(); } }, 1000);
  words();
  if (!/^[\w-]{22}$/.test(token)) return end("link");
  device = kept();
  open(function (told) {
    if (told.sharing) share(); else show("ask");
    news();
  });
})();
