"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const at = (id) => document.getElementById(id);
  const video = at("video"), seek = at("seek"), preview = at("preview"), still = at("still");
  const length = facts.seconds;

  const clock = (seconds) => {
    const whole = Math.floor(seconds + 1e-6), hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60, rest = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  };
  const within = (seconds) => Math.min(Math.max(seconds, 0), length);
  const lastBefore = (list, seconds) => {
    let found = -1;
    while (found + 1 < list.length && list[found + 1].start <= seconds + 1e-4) found += 1;
    return found;
  };
  const go = (seconds) => { video.currentTime = within(seconds); show(); };

  // Dark or light: as the system has it, until somebody says otherwise
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch { return null; }
  };
  const paint = () => { root.dataset.theme = remembered() || root.dataset.chosen || (dark.matches ? "dark" : "light"); };
  const turn = () => {
    root.dataset.chosen = root.dataset.theme === "dark" ? "light" : "dark";
    remembered(root.dataset.chosen);
    paint();
  };
  dark.addEventListener("change", paint);
  at("theme").addEventListener("click", turn);
  paint();

  // Captions: in the page, since a page opened from a file may not read others
  const tracks = facts.captions.map(({ language, label, cues }) => {
    const track = video.addTextTrack("captions", label, language);
    for (const { start, stop, text } of cues) track.addCue(new VTTCue(start, stop, escaped(text)));
    track.mode = "hidden";
    return track;
  });
  function escaped(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }
  const captions = at("captions");
  let last = 0;
  const choose = (index) => {
    tracks.forEach((track, number) => { track.mode = number === index ? "showing" : "hidden"; });
    captions.value = String(index);
    if (index >= 0) { last = index; tell(index); }
  };
  captions.append(new Option("Captions off", "-1"));
  facts.captions.forEach(({ label }, index) => captions.append(new Option(label, String(index))));
  captions.addEventListener("change", () => choose(Number(captions.value)));
  at("languages").hidden = tracks.length === 0;

  // The transcript is that of the captions last shown
  const transcript = at("transcript"), lines = transcript.querySelector("div");
  let told = [];
  function tell(index) {
    const { language, cues } = facts.captions[index];
    lines.lang = language;
    lines.dir = "auto";
    lines.replaceChildren(...cues.map(({ start, text }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text.replaceAll("\n", " ");
      button.addEventListener("click", () => go(start));
      return button;
    }));
    told = cues;
    current = -1;
    transcript.hidden = false;
  }

  const list = at("chapters");
  facts.chapters.forEach(({ title, start }) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const time = document.createElement("time");
    time.textContent = clock(start);
    button.type = "button";
    button.append(time, title);
    button.addEventListener("click", () => go(start));
    item.append(button);
    list.querySelector("ol").append(item);
    if (start > 0) {
      const tick = document.createElement("i");
      tick.style.left = `${(100 * start) / length}%`;
      at("ticks").append(tick);
    }
  });
  list.hidden = facts.chapters.length === 0;

  let current = -1, chapter = -1;
  const mark = (items, index) => items.forEach((item, number) => {
    if (number === index) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  });
  function show() {
    const now = within(video.currentTime), share = `${(100 * now) / length}%`;
    at("played").style.width = at("knob").style.left = share;
    at("now").textContent = clock(now);
    seek.setAttribute("aria-valuenow", now.toFixed(1));
    const found = lastBefore(facts.chapters, now);
    const title = found < 0 ? "" : facts.chapters[found].title;
    seek.setAttribute("aria-valuetext", `${clock(now)} of ${clock(length)}${title ? `, ${title}` : ""}`);
    if (found !== chapter) {
      chapter = found;
      at("chapter").textContent = title;
      mark(list.querySelectorAll("button"), found);
    }
    const said = lastBefore(told, now);
    if (said !== current) {
      current = said;
      const buttons = lines.querySelectorAll("button");
      mark(buttons, said);
      const button = buttons[said];
      if (button && !lines.matches(":hover")) lines.scrollTop = button.offsetTop - lines.clientHeight / 3;
    }
  }

  const toggle = () => { if (video.paused) video.play().catch(() => {}); else video.pause(); };
  const played = () => {
    at("playicon").setAttribute("d", video.paused ? "M7 4l13 8-13 8z" : "M6 4h4v16H6zM14 4h4v16h-4z");
    at("play").setAttribute("aria-label", video.paused ? "Play" : "Pause");
    if (!video.paused) follow();
  };
  const follow = () => { show(); if (!video.paused) requestAnimationFrame(follow); };
  for (const event of ["play", "pause", "ended"]) video.addEventListener(event, played);
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(event, show);
  video.addEventListener("progress", () => {
    const { buffered } = video;
    if (buffered.length) at("buffered").style.width = `${(100 * buffered.end(buffered.length - 1)) / length}%`;
  });
  video.addEventListener("click", toggle);
  at("play").addEventListener("click", toggle);
  video.addEventListener("error", () => {
    at("trouble").textContent = `This browser cannot play ${facts.video}. It has to lie beside this page.`;
    at("trouble").hidden = false;
  });

  const mute = () => {
    video.muted = !video.muted;
    at("mute").setAttribute("aria-pressed", String(video.muted));
    at("waves").setAttribute("d", video.muted ? "M16.500 9.500l5 5M21.500 9.500l-5 5" : "M16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11");
  };
  at("mute").addEventListener("click", mute);
  at("mute").hidden = !facts.sound;
  const speed = at("speed");
  const pace = (step) => {
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + step, 0), speed.options.length - 1);
    video.playbackRate = Number(speed.value);
  };
  speed.addEventListener("change", () => pace(0));
  const fill = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else at("stage").requestFullscreen?.().catch(() => {});
  };
  at("full").addEventListener("click", fill);

  // The bar: pressed, dragged, or pointed at for a look
  const pointed = (event) => {
    const { left, width } = seek.getBoundingClientRect();
    return within(((event.clientX - left) / width) * length);
  };
  const look = (seconds) => {
    const thumb = facts.thumbs[lastBefore(facts.thumbs, seconds)];
    const [width, height] = facts.thumb_size;
    if (thumb) {
      Object.assign(still.style, {
        width: `${width}px`, height: `${height}px`,
        backgroundImage: `url("${thumb.sheet}")`, backgroundPosition: `${-thumb.left}px ${-thumb.top}px`,
      });
    }
    const found = lastBefore(facts.chapters, seconds);
    at("where").style.maxWidth = `${width}px`;
    at("where").textContent = clock(seconds) + (found < 0 ? "" : ` · ${facts.chapters[found].title}`);
    preview.hidden = false;
    const half = width / 2, room = seek.clientWidth;
    preview.style.left = `${Math.min(Math.max((room * seconds) / length, half), Math.max(half, room - half))}px`;
  };
  let dragging = false;
  seek.addEventListener("pointermove", (event) => { look(pointed(event)); if (dragging) go(pointed(event)); });
  seek.addEventListener("pointerleave", () => { if (!dragging) preview.hidden = true; });
  seek.addEventListener("pointerdown", (event) => { dragging = true; seek.setPointerCapture(event.pointerId); go(pointed(event)); });
  for (const event of ["pointerup", "pointercancel"]) {
    seek.addEventListener(event, () => { dragging = false; preview.hidden = true; });
  }

  const frame = (step) => { video.pause(); go((Math.floor(video.currentTime * facts.rate + 1e-3) + step + 0.5) / facts.rate); };
  const jump = (step) => {
    const now = lastBefore(facts.chapters, video.currentTime);
    // Back to where this one began, or where that is just past, to the one before
    const back = step < 0 && now >= 0 && video.currentTime - facts.chapters[now].start > 2 ? 0 : step;
    const target = facts.chapters[Math.max(now + back, 0)];
    if (target) go(target.start);
  };
  const keys = {
    " ": toggle, k: toggle, ArrowLeft: () => go(video.currentTime - 5), ArrowRight: () => go(video.currentTime + 5),
    j: () => go(video.currentTime - 10), l: () => go(video.currentTime + 10),
    Home: () => go(0), End: () => go(length), ",": () => frame(-1), ".": () => frame(1),
    n: () => jump(1), p: () => jump(-1), c: () => tracks.length && choose(captions.value === "-1" ? last : -1),
    "<": () => pace(-1), ">": () => pace(1), m: () => facts.sound && mute(), f: fill, d: turn,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
    const pressing = event.target.closest("button, summary") && (event.key === " " || event.key === "Enter");
    if (pressing) return;
    const action = /^[0-9]$/.test(event.key) ? () => go((length * Number(event.key)) / 10) : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  at("length").textContent = clock(length);
  seek.setAttribute("aria-valuemax", length.toFixed(1));
  if (tracks.length) { tell(0); choose(facts.captions_shown ? 0 : -1); }
  show();
})();
