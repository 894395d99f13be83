import { chromium } from "playwright-core";
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const [base, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const axePath = require.resolve("axe-core/axe.min.js");
for (const [name, width, height, scheme] of [["laptop", 1440, 900, "dark"], ["light", 1440, 900, "light"], ["tv", 1920, 1080, "dark"], ["phone", 390, 844, "dark"]]) {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  page.on("console", (m) => m.type() === "error" && console.log(name, "console", m.text()));
  page.on("pageerror", (e) => console.log(name, "error", e.message));
  await page.goto(`${base}/health`);
  await page.locator("[data-testid=waterfall] li").first().waitFor({ timeout: 30000 }).catch(() => console.log(name, "no waterfall"));
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${out}/health-${name}.png` });
  await page.screenshot({ path: `${out}/health-${name}-full.png`, fullPage: true });
  const across = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.addScriptTag({ path: axePath });
  const axe = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  console.log(name, "across", across, "axe", axe.violations.map((v) => `${v.id}: ${v.nodes.length} ${v.nodes[0].html.slice(0, 140)} ${v.nodes[0].failureSummary?.slice(0,200)}`));
  const id = await page.locator("[data-testid=risk] button").first().getAttribute("data-customer").catch(() => null);
  if (id) {
    await page.goto(`${base}/customers/${encodeURIComponent(id)}`);
    await page.locator("[data-testid=waterfall] li").first().waitFor({ timeout: 30000 });
    await page.locator("[data-testid=waterfall] summary").first().click();
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${out}/customer-${name}.png`, fullPage: name !== "tv" });
    await page.addScriptTag({ path: axePath });
    const axe2 = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    console.log(name, "customer", id, "axe", axe2.violations.map((v) => `${v.id}: ${v.nodes.length} ${v.nodes[0].html.slice(0, 140)}`));
  }
  await context.close();
}
await browser.close();
