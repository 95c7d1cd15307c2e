"use strict";

// The server renders the page; this script asks for it again and takes over what is new.
// Values stay text: the answer is parsed as an inert document and its nodes are moved, never written as markup.
const PERIOD = 1000;
let etag = null;

function takeOverList(list, fresh) {
  const known = new Map(Array.from(list.children, (item) => [item.dataset.id, item]));
  const items = Array.from(fresh.children, (item) => known.get(item.dataset.id) ?? arriving(item));
  const same = items.length === list.children.length && items.every((item, i) => item === list.children[i]);
  if (!same) {
    list.replaceChildren(...items);
  }
}

function arriving(item) {
  const node = document.importNode(item, true);
  node.classList.add("arriving");
  node.addEventListener("animationend", () => node.classList.remove("arriving"), { once: true });
  return node;
}

function takeOver(page) {
  for (const fresh of page.querySelectorAll("[id]")) {
    const here = document.getElementById(fresh.id);
    if (!here) {
      continue;
    }
    if (fresh.hasAttribute("data-list")) {
      takeOverList(here, fresh);
    } else if (here.textContent !== fresh.textContent) {
      here.textContent = fresh.textContent;
    }
  }
}

function ago(seconds) {
  const words = document.body.dataset;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) {
    return words.now;
  }
  if (minutes < 60) {
    return words.minutes.replace("{n}", minutes);
  }
  return minutes < 1440
    ? words.hours.replace("{n}", Math.floor(minutes / 60))
    : words.days.replace("{n}", Math.floor(minutes / 1440));
}

function tellTimes() {
  const lang = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "long" });
  for (const time of document.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    const words = time.classList.contains("ago") ? ago((Date.now() - moment) / 1000) : clock.format(moment);
    if (time.textContent !== words) {
      time.textContent = words;
      time.title = full.format(moment);
    }
  }
}

async function refresh() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store" });
    if (answer.status === 200) {
      etag = answer.headers.get("ETag");
      takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
    document.body.classList.toggle("stale", !answer.ok && answer.status !== 304);
  } catch {
    document.body.classList.add("stale");
  }
  tellTimes();
  setTimeout(refresh, PERIOD);
}

document.body.classList.add("alive");
tellTimes();
setTimeout(refresh, PERIOD);
