// Somebody at a desk: a browser of their own, a name, and whatever it complains of in its console.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { recoveryOf } from "./alert-story.mjs";
import { launch, live, PATIENCE_MS } from "./board.mjs";
import { scrolls } from "./page.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
};

export const LAPTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SMALL_PHONE = { width: 360, height: 740 };

/** Desks before the server at `base`; what they show when something fails is left in `folder`. `complaints`: what the consoles of all of them said that does not belong to the story. */
export async function office(base, token, folder) {
  const browser = await launch();
  const complaints = [];
  let failed = 0;

  /** Somebody at a desk of their own, named `who`; closed afterwards. `expects`: complaints that belong to the story; `script` runs in each page before its own. */
  async function atDesk(
    who,
    path,
    viewport,
    use,
    { scheme = "dark", expects = /^$/, options = {}, script } = {},
  ) {
    const context = await browser.newContext({
      viewport,
      colorScheme: scheme,
      reducedMotion: "reduce",
      ...options,
    });
    try {
      if (who !== null)
        await context.addInitScript((name) => localStorage.setItem("nexusflow.actor", name), who);
      if (script !== undefined) await context.addInitScript(script);
      if (token !== undefined) {
        const headers = { origin: new URL(base).origin };
        const answer = await context.request.post(new URL("/api/v1/session", base).href, {
          data: { token },
          headers,
        });
        assert.ok(answer.ok(), `signing in answered ${answer.status()}`);
      }
      const page = await context.newPage();
      const complain = (text) => expects.test(text) || complaints.push(`${path}: ${text}`);
      page.on("console", (message) => message.type() === "error" && complain(message.text()));
      page.on("pageerror", (error) => complain(error.message));
      await page.goto(new URL(path, base).href);
      await live(page);
      return await use(page, context).catch(async (error) => {
        failed += 1;
        await page.screenshot({ path: join(folder, `failed-${failed}.png`) });
        throw error;
      });
    } finally {
      await context.close();
    }
  }

  return { atDesk, complaints, close: () => browser.close() };
}

export async function accessible(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), AXE);
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`,
  );
  assert.deepEqual(told, []);
}

export async function noneAcross(page) {
  const { across } = await page.evaluate(scrolls);
  assert.equal(across, 0, `the page is ${across} px wider than the screen`);
}

export const rowOf = (page, customer) =>
  page.locator(`[data-testid=queue] [data-customer="${customer}"][data-alert^="recovery:"]`);
const tvRowOf = (page, customer) =>
  page.locator(`[data-testid=alerts-tv] [data-customer="${customer}"][data-alert^="recovery:"]`);
export const address = (customer) =>
  `/alerts/${encodeURIComponent(customer)}/${encodeURIComponent(recoveryOf(customer))}`;

export const tvCounts = (page) =>
  page.evaluate(() => {
    const of = (severity) =>
      Number(
        document.querySelector(`[data-src="alerts|${severity}|value"]`)?.textContent.replaceAll(",", ""),
      );
    return { S1: of("S1"), S2: of("S2"), S3: of("S3"), S4: of("S4") };
  });
/** A customer's line on the wall's screen; where more are open than fit, the line that says so will do. */
export const shownOnTv = (page, customer) =>
  tvRowOf(page, customer)
    .or(page.getByText(/^and [\d,]+ more$/))
    .first()
    .waitFor({ timeout: PATIENCE_MS });
