// The browser test of how the console calls somebody: what is heard of it, and what the browser is told to show. A call may wait for
// the pause after the one before.
//
//   node e2e/calls.mjs http://127.0.0.1:8080 [folder for what is seen when something fails]
//
// CHROMIUM: the browser (default /usr/bin/chromium). NEXUSFLOW_TOKEN: where the API needs one; it has to be one that may publish.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { recoveryOf, story } from "./alert-story.mjs";
import { PATIENCE_MS, until } from "./board.mjs";
import { address, LAPTOP, office } from "./desk.mjs";
import { end, test } from "./run.mjs";

const [base, folder = "screenshots"] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/calls.mjs BASE_URL [SCREENSHOT_FOLDER]");
  process.exit(2);
}
const token = process.env.NEXUSFLOW_TOKEN;
const shop = story(base, token);
mkdirSync(folder, { recursive: true });
const { atDesk, complaints, close } = await office(base, token, folder);

const MANY = 12;
/** The console's own, between two calls. */
const PAUSE_MS = 4000;
const TONES_OF_S1 = 4;
/** How long a person holds a button down. */
const PRESS = { delay: 120 };
const PRIVATE = "My neighbour Dolores told you twice already.";

/** Runs in the page before its own scripts: an ear at whatever reaches the loudspeaker. */
function listen() {
  const heard = { tones: 0, sounds: 0, loudest: 0 };
  globalThis.heard = heard;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    heard.tones += 1;
    return start.apply(this, when);
  };
  const ears = new WeakMap();
  function earOf(context) {
    if (ears.has(context)) return ears.get(context);
    const ear = context.createAnalyser();
    const wave = new Float32Array(ear.fftSize);
    let loudAt = 0;
    setInterval(() => {
      ear.getFloatTimeDomainData(wave);
      const peak = Math.max(...wave.map(Math.abs));
      if (context.state !== "running" || peak < 0.05) return;
      if (Date.now() - loudAt > 600) heard.sounds += 1;
      loudAt = Date.now();
      heard.loudest = Math.max(heard.loudest, peak);
    }, 10);
    ears.set(context, ear);
    return ear;
  }
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) connect.call(this, earOf(to.context));
    return connect.call(this, to, ...rest);
  };
}

/** Runs in the page before its own scripts: keeps what the browser is asked to show. */
function collect() {
  globalThis.shown = [];
  globalThis.Notification = class extends Notification {
    constructor(...words) {
      super(...words);
      globalThis.shown.push(this);
    }
  };
}

const heardOn = (page) => page.evaluate(() => globalThis.heard);
const shownOn = (page) => page.evaluate(() => globalThis.shown.map(({ title, body }) => ({ title, body })));
const button = (page, words) => page.getByRole("button").filter({ hasText: words });

/** Until the page knows what was open when it was opened: what comes now is new. */
const knows = (page) =>
  page.waitForFunction(
    () => JSON.parse(localStorage.getItem("nexusflow.alerts.known"))?.at > performance.timeOrigin,
    null,
    { timeout: PATIENCE_MS },
  );

const hears = (page, tones) =>
  until(async () => {
    const heard = await heardOn(page);
    return heard.tones >= tones && heard.sounds * TONES_OF_S1 >= tones ? null : JSON.stringify(heard);
  });

const said = (page, words) =>
  page.getByTestId("called").filter({ hasText: words }).waitFor({ state: "attached", timeout: PATIENCE_MS });

/** Somebody with a name says something, and it is S1. */
async function unhappy(name) {
  const customer = shop.customer(name);
  await shop.identify(customer, "Dolores Ibarra", "platinum");
  await shop.unhappy(customer, 1, PRIVATE);
  return customer;
}

await unhappy("before");
await until(async () => ((await shop.open()).length > 0 ? null : "nothing is raised"));

await test("a sound is heard for what is new, once for many, and never when it is off", () =>
  atDesk(
    "Ana Ruiz",
    "/alerts",
    LAPTOP,
    async (page) => {
      await knows(page);
      await button(page, "Sound: click once to allow").click(PRESS);
      await button(page, "Sound on").waitFor();
      assert.deepEqual(await heardOn(page), { tones: 0, sounds: 0, loudest: 0 }, "what was open is heard");
      await unhappy("loud");
      await said(page, /^S1: /);
      const began = Date.now();
      for (let at = 0; at < MANY; at += 1) await unhappy(`loud-${at}`);
      await said(page, "new alerts");
      const most = 2 + Math.floor((Date.now() - began) / PAUSE_MS);
      await hears(page, 2 * TONES_OF_S1);
      const { tones, loudest } = await heardOn(page);
      assert.ok(tones <= most * TONES_OF_S1, `${tones} tones of ${MANY} alerts`);
      assert.ok(loudest > 0.2 && loudest <= 1, `as loud as ${loudest}`);

      await button(page, "Sound on").click(PRESS);
      await button(page, "Sound off").waitFor();
      await unhappy("quiet");
      await said(page, /^S1: /);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.equal((await heardOn(page)).tones, tones, "it sounds though it is off");
      await page.reload();
      await knows(page);
      await button(page, "Sound off").focus();
      await page.keyboard.press("Space", PRESS);
      await button(page, "Sound on").waitFor();
      await unhappy("again");
      await hears(page, TONES_OF_S1);
      assert.equal((await heardOn(page)).tones, TONES_OF_S1);
    },
    { script: listen },
  ));

await test("the browser shows what is new, many as one, nothing personal, and leads to the alert", () =>
  atDesk(
    "Ana Ruiz",
    "/alerts",
    LAPTOP,
    async (page) => {
      await knows(page);
      await page.getByRole("link", { name: "Quality" }).click();
      await button(page, "Notifications on").waitFor();
      const first = await unhappy("shown");
      await until(async () => ((await shownOn(page)).length === 1 ? null : "nothing is shown"));
      for (let at = 0; at < MANY; at += 1) await unhappy(`shown-${at}`);
      await until(async () => ((await shownOn(page)).length > 1 ? null : "the others are not shown"));
      assert.deepEqual(await shownOn(page), [
        { title: "S1: CSAT 1 of 5", body: "Recovery" },
        { title: `${MANY} new alerts, ${MANY} of them S1`, body: "" },
      ]);
      const click = (at) => page.evaluate((at) => globalThis.shown[at].dispatchEvent(new Event("click")), at);
      await click(0);
      await page.waitForURL((url) => url.pathname === address(first));
      await page.getByText("Who did what").waitFor({ timeout: PATIENCE_MS });
      assert.equal(decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1)), recoveryOf(first));
      await click(1);
      await page.waitForURL((url) => url.pathname === "/alerts");
    },
    { options: { permissions: ["notifications"] }, script: collect },
  ));

await test("where the browser forbids notifications the console says so", () =>
  atDesk(
    "Ana Ruiz",
    "/alerts",
    LAPTOP,
    async (page, context) => {
      await knows(page);
      const devtools = await context.newCDPSession(page);
      await devtools.send("Browser.setPermission", {
        permission: { name: "notifications" },
        setting: "denied",
        origin: new URL(page.url()).origin,
      });
      await button(page, "Notify me").click();
      await button(page, "Notifications blocked by the browser").waitFor();
      await unhappy("unshown");
      await said(page, /^S1: /);
      assert.deepEqual(await shownOn(page), []);
    },
    { script: collect },
  ));

await test("nothing complained in the console", async () => assert.deepEqual(complaints, []));

await close();
end();
