// The page of the customer's voice. Needs a server with texts: node e2e/voice.mjs BASE FOLDER
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, live, PATIENCE_MS, TV, until } from "./board.mjs";
import { accessible, LAPTOP, noneAcross, PHONE } from "./desk.mjs";
import { end, test } from "./run.mjs";

const [, , base, folder] = process.argv;
mkdirSync(folder, { recursive: true });
const browser = await launch();
const complaints = [];

async function open(path, viewport, use) {
  const context = await browser.newContext({ viewport, colorScheme: "dark", reducedMotion: "reduce" });
  try {
    await context.addInitScript(() => localStorage.setItem("nexusflow.actor", "Ana"));
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(new URL(path, base).href);
    await live(page);
    await page.getByTestId("texts").locator("blockquote").first().waitFor({ timeout: PATIENCE_MS });
    return await use(page);
  } finally {
    await context.close();
  }
}

const get = async (path) => (await fetch(new URL(path, base))).json();

for (const [size, viewport] of [
  ["laptop", LAPTOP],
  ["tv", TV],
  ["phone", PHONE],
]) {
  await test(`on a ${size}: it is there, accessible, nothing sideways`, () =>
    open("/voice", viewport, async (page) => {
      await page.getByTestId("themes").locator("li").first().waitFor({ timeout: PATIENCE_MS });
      await page.screenshot({ path: join(folder, `voice-${size}.png`), fullPage: true });
      await noneAcross(page);
      await accessible(page);
    }));
}

await test("the themes are those of the API, and one of them shows its texts", () =>
  open("/voice", LAPTOP, async (page) => {
    await until(async () => {
      const { rows, cols } = await get("/api/v1/views/themes?days=30");
      const [theme, texts] = [cols.indexOf("theme"), cols.indexOf("texts")];
      for (const row of rows) {
        const shown = page.locator(`[data-src="themes|${row[theme]}|texts"]`);
        const raw = await shown.getAttribute("data-raw");
        if (raw !== String(row[texts])) return `${row[theme]}: ${raw}, not ${row[texts]}`;
      }
      return rows.length > 2 ? null : "there are hardly any themes";
    });
    const button = page.getByTestId("themes").getByRole("button", { name: "delivery" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "About delivery" }).waitFor({ timeout: PATIENCE_MS });
    await until(async () => {
      const cards = page.getByTestId("texts").locator("li");
      const [all, own] = [await cards.count(), await cards.filter({ hasText: "delivery" }).count()];
      return all > 0 && all === own ? null : `${own} of ${all} texts are about delivery`;
    });
    assert.match(page.url(), /theme=delivery/);
    assert.ok((await page.getByTestId("texts").locator("mark").count()) > 0, "no word carries a score");
  }));

await test("what a person says is counted, and leaves the queue", () =>
  open("/voice", LAPTOP, async (page) => {
    const first = page.getByTestId("review").locator("li").first();
    await first.waitFor({ timeout: PATIENCE_MS });
    const { items } = await get("/api/v1/texts?review=true&limit=1");
    await first.getByRole("button", { name: "Negative" }).click();
    await page.getByText("Counted as you say").waitFor({ timeout: PATIENCE_MS });
    await until(async () => {
      const after = await get("/api/v1/texts?review=true&limit=100");
      return after.items.some(({ place }) => place === items[0].place) ? "it still waits" : null;
    });
    const customer = await get(`/api/v1/customers/${encodeURIComponent(items[0].customer)}`);
    const said = customer.timeline.find(({ place }) => place === items[0].place);
    assert.equal(said.sentiment.class, "negative");
    assert.equal(said.sentiment.labelled, true);
  }));

await test("nobody complained", () => assert.deepEqual(complaints, []));
await browser.close();
end();
