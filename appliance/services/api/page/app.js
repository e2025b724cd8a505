"use strict";
// The page of the box. Text from people and cameras is only ever set as text.

const $ = (id) => document.getElementById(id);
const state = { me: null, jobs: [], open: new Set(), next: null, source: null, waiting: null };

class Refused extends Error {
  constructor(status, body) {
    super(body.error || `The box answered ${status}.`);
    this.status = status;
    this.remedy = body.remedy || "";
  }
}

async function call(path, options = {}) {
  const headers = { ...(options.headers || {}) };
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  if (state.me && state.me.csrf) headers["X-Rinkreel-CSRF"] = state.me.csrf;
  const body = options.json !== undefined ? JSON.stringify(options.json) : options.body;
  const answer = await fetch(path, { method: options.method || "GET", headers, body, credentials: "same-origin" });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer.status === 204 ? answer : answer.json();
}

function make(tag, text, kind) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function button(text, act) {
  const element = make("button", text);
  element.type = "button";
  element.addEventListener("click", () => attempt(act));
  return element;
}

async function attempt(act) {
  $("trouble").hidden = true;
  try {
    await act();
  } catch (error) {
    if (error.status === 401) return show(await call("/api/door"));
    $("trouble").textContent = [error.message, error.remedy].filter(Boolean).join(" ");
    $("trouble").hidden = false;
  }
}

const may = (role) => ["viewer", "operator", "admin"].indexOf(state.me.role) >= ["viewer", "operator", "admin"].indexOf(role);
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
const left = (s) => (s < 90 ? `${Math.ceil(s)} s` : `${Math.ceil(s / 60)} min`);

function show(door) {
  document.title = $("box-name").textContent = door.box_name;
  $("first-run").hidden = !door.first_run;
  $("sign-in").hidden = door.first_run || !door.sign_in;
  $("inside").hidden = $("sign-out").hidden = true;
  $("who").textContent = "";
  if (state.source) state.source.close();
  state.source = state.me = null;
}

async function enter(me) {
  state.me = me;
  document.title = $("box-name").textContent = me.box_name;
  $("who").textContent = me.sign_in ? `${me.name}, ${me.role}` : "";
  $("first-run").hidden = $("sign-in").hidden = true;
  $("inside").hidden = false;
  $("sign-out").hidden = !me.sign_in;
  $("upload").hidden = !may("operator");
  await reload();
  hear();
}

function hear() {
  state.source = new EventSource("/api/events");
  state.source.addEventListener("changed", soon);
  state.source.addEventListener("progress", (event) => showProgress(JSON.parse(event.data)));
  state.source.addEventListener("open", soon);
}

function soon() {
  if (!state.waiting) state.waiting = setTimeout(() => { state.waiting = null; attempt(reload); }, 400);
}

function showProgress(news) {
  const bar = document.querySelector(`progress[data-item="${CSS.escape(news.item_id)}"]`);
  if (!bar) return;
  bar.value = news.share;
  bar.nextElementSibling.textContent = stageText(news.stage, news.share, news.eta_s);
}

const stageText = (stage, share, eta) =>
  [stage || "waiting", `${Math.round(share * 100)} %`, eta ? `about ${left(eta)} left` : ""].filter(Boolean).join(", ");

async function reload() {
  const [list, box] = await Promise.all([call("/api/jobs?limit=50"), call("/api/box")]);
  const opened = list.jobs.filter((job, index) => state.open.has(job.job_id) || (index < 3 && !state.open.has(`-${job.job_id}`)));
  const details = new Map(await Promise.all(opened.map(async (job) => [job.job_id, await details_of(job.job_id)])));
  state.next = list.next_before;
  showBox(box);
  $("jobs").replaceChildren(...list.jobs.map((job) => jobCard(job, details.get(job.job_id))));
  if (!list.jobs.length) $("jobs").append(make("p", "No footage yet. Copy a camera card into the share, or send recordings from here.", "quiet"));
  $("older").hidden = state.next === null;
}

async function details_of(id) {
  const [status, receipt] = await Promise.all([call(`/api/status/${id}`), call(`/api/jobs/${id}/receipt?limit=1`).catch(() => null)]);
  return { status, receipt };
}

function showBox(box) {
  const room = box.disk_total_bytes ? `${Math.round((box.disk_free_bytes / box.disk_total_bytes) * 100)} % of the disk is free` : "";
  const kept = box.footage_s ? `${clock(box.kept_s)} kept of ${clock(box.footage_s)}` : "";
  const expiring = box.expiring.length ? `${box.expiring.length} reels go within a week` : "";
  const dead = box.dead_letters ? `${box.dead_letters} orders were given up` : "";
  $("figures").textContent = [kept, room, expiring, dead].filter(Boolean).join(" · ");
  $("notices").replaceChildren(...box.notices.map((each) => make("p", `${each.error} ${each.remedy}`, "notice")));
}

function jobCard(job, details) {
  const card = make("details", undefined, "card");
  card.open = Boolean(details);
  const head = make("summary");
  head.append(make("strong", job.name), document.createTextNode(` – ${job.status}, ${job.total} ${job.total === 1 ? "recording" : "recordings"}`));
  card.append(head);
  if (details) fill(card, details);
  card.addEventListener("toggle", () => {
    state.open.delete(card.open ? `-${job.job_id}` : job.job_id);
    state.open.add(card.open ? job.job_id : `-${job.job_id}`);
    if (card.open && !details) attempt(async () => fill(card, (details = await details_of(job.job_id))));
  });
  return card;
}

function fill(card, { status, receipt }) {
  card.append(...status.items.map(itemRow));
  if (status.total > status.items.length) card.append(make("p", `and ${status.total - status.items.length} more`, "quiet"));
  if (receipt && receipt.total) card.append(make("p", receipt.verdict, receipt.safe_to_format ? "good" : "quiet"));
  const link = make("a", "Receipt");
  link.href = `/api/jobs/${status.job_id}/receipt.txt`;
  card.append(link);
}

function itemRow(item) {
  const row = make("div", undefined, "item");
  const line = make("div", undefined, "row");
  const length = item.duration_s ? `, ${clock(item.duration_s)}` : "";
  const kept = item.kept_s ? `, reel ${clock(item.kept_s)}` : "";
  line.append(make("span", `${item.name}: ${item.status}${length}${kept}`, "grow"), ...acts(item));
  row.append(line);
  if (item.status === "processing" || item.status === "queued") {
    const bar = make("progress");
    bar.max = 1;
    bar.value = item.progress;
    bar.dataset.item = item.item_id;
    row.append(bar, make("p", item.status === "queued" ? "waiting" : stageText(item.stage, item.progress, item.eta_s), "quiet"));
  }
  if (item.message) row.append(make("p", item.message, item.status === "failed" ? "bad" : "quiet"));
  if (item.remedy) row.append(make("p", item.remedy, "quiet"));
  return row;
}

function acts(item) {
  const found = [];
  const post = (what, json) => button(what[0].toUpperCase() + what.slice(1), async () => {
    await call(`/api/items/${item.item_id}/${what}`, { method: "POST", json });
    await reload();
  });
  if (item.download_url) {
    const watch = make("a", "Watch", "button");
    watch.href = `${item.download_url}?inline=true`;
    const save = make("a", "Save", "button");
    save.href = item.download_url;
    found.push(watch, save);
    if (may("operator")) found.push(button("Share", () => share(item)));
  }
  if (may("operator") && (item.status === "failed" || item.status === "cancelled") && item.has_original) found.push(post("retry"));
  if (may("operator") && (item.status === "queued" || item.status === "processing")) found.push(post("cancel"));
  return found;
}

async function share(item) {
  const link = await call(`/api/items/${item.item_id}/share`, { method: "POST", json: {} });
  const card = make("div", undefined, "card");
  const code = make("img");
  code.src = link.qr_svg_url;
  code.alt = "QR code of the link";
  code.width = 200;
  card.append(make("p", `A link to ${item.name}, until ${new Date(link.expires_at_s * 1000).toLocaleString()}:`), make("p", link.url), code, button("Close", async () => card.remove()));
  $("notices").append(card);
}

function send(files) {
  // fetch cannot tell how far an upload is; XMLHttpRequest can.
  return new Promise((done, failed) => {
    const form = new FormData();
    for (const file of files) form.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/upload/batch");
    if (state.me.csrf) request.setRequestHeader("X-Rinkreel-CSRF", state.me.csrf);
    request.upload.addEventListener("progress", (event) => { $("sending").value = event.total ? event.loaded / event.total : 0; });
    request.addEventListener("error", () => failed(new Error("The upload was cut off. Send it again.")));
    request.addEventListener("load", () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* not ours to mend */ }
      if (request.status === 200) done(body); else failed(new Refused(request.status, body));
    });
    request.send(form);
  });
}

$("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const files = $("files").files;
    if (!files.length) return;
    $("sending").hidden = false;
    $("sent").textContent = "";
    try {
      const sent = await send(files);
      const failed = sent.items.filter((each) => each.status === "failed");
      $("sent").textContent = failed.length ? failed.map((each) => `${each.name}: ${each.message}`).join(" ") : "All sent.";
      $("files").value = "";
    } finally {
      $("sending").hidden = true;
    }
    await reload();
  });
});

for (const form of ["sign-in", "first-run"]) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      try {
        const me = await call(`/api/${form}`, { method: "POST", json: Object.fromEntries(new FormData($(form))) });
        $(form).reset();
        await enter(me);
      } catch (error) {
        if (error.status === 401) error.status = 0;
        throw error;
      }
    });
  });
}

$("sign-out").addEventListener("click", () => attempt(async () => {
  await call("/api/sign-out", { method: "POST", json: {} });
  show(await call("/api/door"));
}));

$("older").addEventListener("click", () => attempt(async () => {
  const list = await call(`/api/jobs?limit=50&before=${state.next}`);
  state.next = list.next_before;
  $("jobs").append(...list.jobs.map((job) => jobCard(job)));
  $("older").hidden = state.next === null;
}));

attempt(async () => {
  const door = await call("/api/door");
  show(door);
  try {
    await enter(await call("/api/me"));
  } catch (error) {
    if (error.status !== 401) throw error;
  }
});
