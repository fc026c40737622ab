// Makes the forms of the documentation page work; without it the page is complete but for them.
"use strict";

const key = document.getElementById("key");

function target(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = { Accept: "application/json" };
  for (const input of form.querySelectorAll("input[data-in]")) {
    if (!input.value) continue;
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.dataset.in === "query") query.append(input.name, input.value);
    else headers[input.name] = input.value;
  }
  return { address: query.size ? `${path}?${query}` : path, headers };
}

async function send(form) {
  const { address, headers } = target(form);
  const body = form.querySelector("textarea");
  if (body) headers["Content-Type"] = "application/json";
  if (key.value) headers.Authorization = `Bearer ${key.value}`;
  const reply = await fetch(address, {
    method: form.dataset.method,
    headers,
    body: body ? body.value : undefined,
    credentials: "omit",
    cache: "no-store",
  });
  const lines = [`${reply.status} ${reply.statusText}`];
  for (const [name, value] of reply.headers) lines.push(`${name}: ${value}`);
  const text = await reply.text();
  return `${lines.join("\n")}\n\n${indented(text)}`;
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

for (const form of document.querySelectorAll("form.try")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const shown = form.querySelector(".shown");
    if (!shown) return;
    shown.hidden = false;
    shown.textContent = "…";
    try {
      shown.textContent = await send(form);
    } catch (error) {
      shown.textContent = `Nothing came back: ${error.message}`;
    }
  });
}
