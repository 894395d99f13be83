// One page open on the wall while the parts behind it die and come back. Whoever kills them says on standard input what
// the page must say next, a line each; each is answered by `ok`, or by `FAIL` and what was seen instead.
//
//   node e2e/outage.mjs http://127.0.0.1:8080
//
//   live WORDS     live again, with nobody touching it, and WORDS still stand in the strip at the top
//   stale WORDS    says that it is not up to date and why, in WORDS; the figures are there, dimmed
//   lost           says that the connection is lost; the figures are there, dimmed
//   same           every number is the API's
//   end            it never went blank, never lost a customer, never reloaded, and complained of nothing but the network
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { launch, ON_THE_WALL, sameAsApi, settled, TV, until } from "./board.mjs";
import { client } from "./truth.mjs";

// The day may end while this runs, and nothing has happened in the new one.
const PERIOD = "7d";
const PATIENCE_MS = 120_000;

const [base] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/outage.mjs BASE_URL");
  process.exit(2);
}
const complaints = [];
const browser = await launch();
const context = await browser.newContext({ viewport: TV, reducedMotion: "reduce" });
const page = await context.newPage();
page.on("console", (message) => {
  if (message.type() === "error") complaints.push(message.text());
});
page.on("pageerror", (error) => complaints.push(error.message));

/** Runs in the page: looks many times a second, so that a moment of emptiness does not pass unseen. */
function watchFor(keys) {
  const watched = { blank: [], fewest: 0 };
  globalThis.watched = watched;
  const look = () => {
    for (const key of keys) {
      const shown = document.querySelector(`[data-src="figures|${key}|value"]`)?.textContent ?? "";
      if (!/\d/.test(shown) && watched.blank.length < 20) watched.blank.push(`${key}: "${shown}"`);
    }
    const customers = Number(document.querySelector('[data-src="figures|customers|value"]')?.dataset.raw);
    if (customers < watched.fewest)
      watched.blank.push(`customers fell from ${watched.fewest} to ${customers}`);
    watched.fewest = customers;
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}

/** Runs in the page: what it says of itself. */
function says() {
  const board = document.querySelector("main");
  const strip = document.querySelector("[data-level]");
  return {
    level: strip?.dataset.level,
    words: strip?.innerText.replaceAll("\n", " ") ?? "",
    top: document.querySelector("header")?.innerText.replaceAll("\n", " ") ?? "",
    old: board?.dataset.old,
    opacity: board === null ? 0 : Number(getComputedStyle(board).opacity),
  };
}

const told = ({ level, words, old, opacity }) =>
  `it says "${words}" (${level}, old: ${old}, opacity ${opacity})`;
const isDimmed = ({ old, opacity }) => old === "true" && opacity < 0.6 && opacity > 0.2;

async function comesToSay(isSo) {
  await until(async () => {
    const now = await page.evaluate(says);
    return isSo(now) ? null : told(now);
  }, PATIENCE_MS);
}

async function ended() {
  const watched = await page.evaluate(() => globalThis.watched);
  assert.ok(watched !== undefined, "the page was loaded anew");
  assert.deepEqual(watched.blank, [], "the wall went blank");
  const network = /^WebSocket connection to .* failed|^Failed to load resource: net::ERR_|status of 503/;
  assert.deepEqual(
    complaints.filter((text) => !network.test(text)),
    [],
  );
}

const ORDERS = {
  live: (words) =>
    comesToSay(
      ({ level, old, opacity, top }) =>
        level === "fresh" && old === "false" && opacity === 1 && top.includes(words),
    ),
  stale: (why) =>
    comesToSay((now) => now.words.includes("Not up to date") && now.words.includes(why) && isDimmed(now)),
  lost: () => comesToSay((now) => now.words.includes("Connection lost") && isDimmed(now)),
  same: () => sameAsApi(page, client(base), PERIOD),
  end: ended,
};

await page.goto(new URL(`/?kiosk=1&period=${PERIOD}`, base).href);
await settled(page);
await page.evaluate(watchFor, ON_THE_WALL);
console.log("ok");

for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...words] = line.split(" ");
  try {
    await ORDERS[order](words.join(" "));
    console.log("ok");
  } catch (error) {
    console.log(`FAIL ${line}: ${error.message.replaceAll("\n", " / ")}`);
  }
}
await browser.close();
