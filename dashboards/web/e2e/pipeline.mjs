// The browser test of the page of the pipeline, against a NexusFlow that knows deals:
//
//   node e2e/pipeline.mjs http://127.0.0.1:8080 [folder for screenshots] [PIPELINE] [PERIOD]
//
// Every number that says where it is from is the API's; each figure leads to its deals and those to their customers; nothing is wider
// than the screen, and axe has nothing to say, on a laptop (dark and light), a TV and a phone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS, TV, until } from "./board.mjs";
import { accessible, LAPTOP, noneAcross, office, PHONE } from "./desk.mjs";
import { numbersSeen } from "./page.mjs";
import { end, test } from "./run.mjs";
import { client, topic } from "./truth.mjs";

const [base, folder = "screenshots", pipeline = "default", period = "quarter"] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/pipeline.mjs BASE_URL [SCREENSHOT_FOLDER] [PIPELINE] [PERIOD]");
  process.exit(2);
}
const token = process.env.NEXUSFLOW_TOKEN;
const get = client(base, token);
mkdirSync(folder, { recursive: true });
const { atDesk, complaints, close } = await office(base, token, folder);
const path = `/pipeline?${new URLSearchParams({ pipeline, period })}`;
const picture = (page, name) => page.screenshot({ path: join(folder, name), fullPage: true });

async function ready(page) {
  await page.locator("#board").waitFor({ timeout: PATIENCE_MS });
  await page.locator("#bridge").waitFor({ timeout: PATIENCE_MS });
  await until(async () => ((await page.locator('[data-dim="true"]').count()) === 0 ? null : "still dimmed"));
  await page.locator('section[aria-label="Stages"] a').first().waitFor({ timeout: PATIENCE_MS });
}

/** Numbers of topics whose source names a row by its key and a column, where the row is in the API's answer for `days`. */
async function wrongNumbers(page) {
  const days = await page.evaluate(() => {
    const about = document.querySelector("#bridge")?.parentElement?.querySelector("p")?.textContent ?? "";
    const [from, to] = about.split(" to ");
    return { from, to };
  });
  const asked = { pipeline, ...days };
  const [bridge, funnel, quota, forecast] = await Promise.all([
    topic(get, "bridge", asked),
    topic(get, "funnel", asked),
    topic(get, "quota"),
    topic(get, "forecast"),
  ]);
  const rows = {
    bridge: [bridge, ["pipeline", "step", "currency"]],
    funnel: [funnel, ["pipeline", "stage"]],
    quota: [quota, ["level", "name", "from", "to", "currency"]],
    forecast: [forecast, ["period", "currency"]],
  };
  const wrong = [];
  let compared = 0;
  for (const { src, raw } of await page.evaluate(numbersSeen)) {
    const [name, ...rest] = src.split("|");
    if (!(name in rows)) continue;
    const [known, key] = rows[name];
    const col = rest.at(-1);
    const row = known.find((each) => key.every((part, i) => String(each[part]) === rest[i]));
    compared += 1;
    if (row === undefined || String(row[col] ?? "") !== raw) wrong.push(`${src}: ${raw}, not ${row?.[col]}`);
  }
  return compared > 0 ? wrong : ["no number was compared"];
}

for (const scheme of ["dark", "light"]) {
  await test(`on a laptop, ${scheme}: the API's numbers, accessible`, () =>
    atDesk(
      null,
      path,
      LAPTOP,
      async (page) => {
        await ready(page);
        await until(async () => {
          const wrong = await wrongNumbers(page);
          return wrong.length === 0 ? null : wrong.join("\n");
        });
        await noneAcross(page);
        await accessible(page);
        await picture(page, scheme === "dark" ? "pipeline-laptop.png" : "pipeline-laptop-light.png");
      },
      { scheme },
    ));
}

await test("a figure leads to its deals, by keyboard, and a deal to its customer", () =>
  atDesk(null, path, LAPTOP, async (page) => {
    await ready(page);
    await page.getByRole("button", { name: "Deals won" }).first().focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.locator("tbody a").first().waitFor({ timeout: PATIENCE_MS });
    await accessible(page);
    await picture(page, "pipeline-deals.png");
    const name = await dialog.locator("tbody a").first().getAttribute("href");
    await dialog.locator("tbody a").first().press("Enter");
    await page.waitForURL(new URL(name, base).href, { timeout: PATIENCE_MS });
    await page.locator("h1").waitFor({ timeout: PATIENCE_MS });
  }));

for (const [name, viewport] of [
  ["tv", TV],
  ["phone", PHONE],
]) {
  await test(`on a ${name}: nothing sideways, accessible`, () =>
    atDesk(null, path, viewport, async (page) => {
      await ready(page);
      await noneAcross(page);
      await accessible(page);
      await picture(page, `pipeline-${name}.png`);
    }));
}

await test("no page complained", () => assert.deepEqual(complaints, []));
await close();
end();
