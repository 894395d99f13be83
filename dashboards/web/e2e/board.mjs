// What the browser tests share: the browser, patience, and what holds of a wall whatever happens to it.
import { chromium } from "playwright-core";
import { numbersSeen } from "./page.mjs";
import { check, wallTruth } from "./truth.mjs";

export const TV = { width: 1920, height: 1080 };
export const PATIENCE_MS = 20_000;
export const ON_THE_WALL = [
  ...["revenue", "orders", "on_time_share", "open_tickets"],
  ...["nps", "review_score", "sentiment", "pipeline_weighted", "customers"],
];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
}

/** Until `attempt` returns null: what it complained of last is the failure. The figures may be moving meanwhile. */
export async function until(attempt, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const complaint = await attempt();
    if (complaint === null) return;
    if (Date.now() > end) throw new Error(complaint);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const live = (page) => page.locator('[data-level="fresh"]').waitFor({ timeout: PATIENCE_MS });

export async function settled(page) {
  await live(page);
  await page.locator('[data-src="figures|orders|value"]').waitFor({ timeout: PATIENCE_MS });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Every number that is seen is the API's, whole, and those that belong on the wall are there. */
export function sameAsApi(page, get, period) {
  return until(async () => {
    const truth = await wallTruth(get, period);
    const seen = await page.evaluate(numbersSeen);
    const sources = new Set(seen.map((each) => each.src));
    const missing = ON_THE_WALL.filter((key) => !sources.has(`figures|${key}|value`));
    if (missing.length > 0) return `not on the wall: ${missing.join(", ")}`;
    const cut = seen.filter((each) => each.shown < 0.98).map((each) => `${each.src} ("${each.text}")`);
    if (cut.length > 0) return `cut in half: ${cut.join(", ")}`;
    const wrong = seen.map((each) => check(truth, each)).filter((each) => each !== null);
    return wrong.length === 0 ? null : wrong.join("\n");
  });
}
