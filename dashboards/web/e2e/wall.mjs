// The browser test: drives Chromium against a running NexusFlow and compares what a person sees with what the API
// says.
//
//   node e2e/wall.mjs http://127.0.0.1:8080 [folder for screenshots]
//
// CHROMIUM: the browser (default /usr/bin/chromium). NEXUSFLOW_TOKEN: where the API needs one.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launch, live, ON_THE_WALL, PATIENCE_MS, sameAsApi, settled, TV, until } from "./board.mjs";
import { numbersSeen, scrolls, spills, strayDigits, textSizes } from "./page.mjs";
import { end, test } from "./run.mjs";
import { client } from "./truth.mjs";

const [base, folder = "screenshots"] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/wall.mjs BASE_URL [SCREENSHOT_FOLDER]");
  process.exit(2);
}
const token = process.env.NEXUSFLOW_TOKEN;
const get = client(base, token);
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
};

const LAPTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const PERIODS = ["today", "7d", "30d", "365d", "all"];

const complaints = [];

const browser = await launch();

/** A page of its own, closed afterwards; whatever it complains of in its console is kept. */
async function onPage(path, viewport, use, { scheme = "dark", prepare } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: "reduce" });
  try {
    if (token !== undefined) {
      const session = new URL("/api/v1/session", base).href;
      const answer = await context.request.post(session, {
        data: { token },
        headers: { origin: new URL(base).origin },
      });
      assert.ok(answer.ok(), `signing in answered ${answer.status()}`);
    }
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${path}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
    await prepare?.(page);
    await page.goto(new URL(path, base).href);
    return await use(page);
  } finally {
    await context.close();
  }
}

async function accessible(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), AXE);
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`,
  );
  assert.deepEqual(told, []);
}

const picture = (page, name, fullPage = false) => page.screenshot({ path: join(folder, name), fullPage });

async function noneAcross(page) {
  const { across } = await page.evaluate(scrolls);
  assert.equal(across, 0, `the page is ${across} px wider than the screen`);
}

/** Somebody to look at: from the wall's list of what just happened, else by search. */
async function someCustomer() {
  const found = await onPage("/", LAPTOP, async (page) => {
    await settled(page);
    const link = page.locator('a[href^="/customers/"]').first();
    return (await link.count()) > 0 ? link.getAttribute("href") : null;
  });
  if (found !== null) return decodeURIComponent(found.replace("/customers/", ""));
  for (const q of "abcdefghijklmnopqrstuvwxyz0123456789") {
    const { items } = await get(`/api/v1/customers?q=${q}&limit=1`);
    if (items.length > 0) return items[0].id;
  }
  throw new Error("nobody is known to this server");
}

mkdirSync(folder, { recursive: true });

for (const period of PERIODS) {
  await test(`every number on the wall is the API's: ${period}`, () =>
    onPage(`/?kiosk=1&period=${period}`, TV, async (page) => {
      await settled(page);
      await sameAsApi(page, get, period);
      assert.deepEqual(await page.evaluate(strayDigits), [], "numbers that do not say where they are from");
      assert.deepEqual(await page.evaluate(spills), [], "figures that reach out of their panel");
    }));
}

await test("the wall on a TV: fits, does not scroll, is readable from afar, has no way to go anywhere", () =>
  onPage("/?kiosk=1", TV, async (page) => {
    await settled(page);
    assert.deepEqual(await page.evaluate(scrolls), { across: 0, down: 0, inner: [] });
    const { least, large } = await page.evaluate(textSizes);
    assert.ok(large >= 4, `only ${large} figures are 72 px or more`);
    assert.ok(least.size >= 28, `"${least.text}" is ${least.size} px`);
    assert.equal(await page.locator("a:visible:not([href='#main']), button:visible").count(), 0);
    await accessible(page);
    await picture(page, "wall-tv.png");
  }));

for (const scheme of ["dark", "light"]) {
  await test(`the wall on a laptop, ${scheme}: fits, is accessible`, () =>
    onPage(
      "/",
      LAPTOP,
      async (page) => {
        await settled(page);
        const { across, down } = await page.evaluate(scrolls);
        assert.deepEqual({ across, down }, { across: 0, down: 0 });
        await sameAsApi(page, get, "today");
        await accessible(page);
        await picture(page, scheme === "dark" ? "wall-laptop.png" : "wall-laptop-light.png");
      },
      { scheme },
    ));
}

await test("the wall on a phone: nothing to scroll sideways, every number the API's, accessible", () =>
  onPage("/", PHONE, async (page) => {
    await settled(page);
    await noneAcross(page);
    await sameAsApi(page, get, "today");
    await accessible(page);
    await picture(page, "wall-phone.png", true);
  }));

await test("a figure explains itself, and Escape closes it", () =>
  onPage("/?period=30d", LAPTOP, async (page) => {
    await settled(page);
    await page.locator("[data-panel=revenue] button").click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByText("Payments received in the period less payments reversed").waitFor();
    assert.match(page.url(), /figure=revenue/);
    await sameAsApi(page, get, "30d");
    await accessible(page);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.waitForURL((url) => !url.searchParams.has("figure"));
  }));

await test("a silent server: the wall says so, dims, and comes back", () => {
  let silent = false;
  const prepare = (page) =>
    page.routeWebSocket("**/api/v1/live", (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => server.send(message));
      server.onMessage((message) => !silent && socket.send(message));
    });
  return onPage(
    "/?kiosk=1",
    TV,
    async (page) => {
      await settled(page);
      silent = true;
      await page.getByText(/No word from the server|Connection lost/).waitFor({ timeout: PATIENCE_MS });
      assert.equal(await page.locator("main").getAttribute("data-old"), "true");
      assert.equal(await page.locator('[data-level="fresh"]').count(), 0);
      assert.ok((await page.evaluate(numbersSeen)).length > ON_THE_WALL.length, "the wall went blank");
      silent = false;
      await live(page);
    },
    { prepare },
  );
});

let id = "";
await test("customers are found as one types", async () => {
  id = await someCustomer();
  await onPage("/customers", LAPTOP, async (page) => {
    await page.getByLabel("Find by name or id").fill(id);
    await page.waitForURL((url) => url.searchParams.get("q") === id);
    const found = page.locator(`[data-loading=false] a[href="/customers/${encodeURIComponent(id)}"]`);
    await found.first().waitFor({ timeout: PATIENCE_MS });
    await accessible(page);
  });
  await onPage(`/customers?q=${encodeURIComponent(id)}`, PHONE, async (page) => {
    const found = page.locator(`[data-loading=false] a[href="/customers/${encodeURIComponent(id)}"]`);
    await found.first().waitFor({ timeout: PATIENCE_MS });
    await noneAcross(page);
    await accessible(page);
  });
});

await test("a customer, whole: the score is the API's, accessible, nothing sideways", async () => {
  const path = `/customers/${encodeURIComponent(id)}`;
  const score = '[data-src="customer|health.score_milli"]';
  await onPage(path, LAPTOP, async (page) => {
    await live(page);
    await until(async () => {
      const { health } = await get(`/api/v1/customers/${encodeURIComponent(id)}`);
      const shown = await page.locator(score).getAttribute("value");
      const want = String(health?.score_milli ?? "");
      return shown === want ? null : `the score is ${shown} on the screen and ${want} by the API`;
    });
    await accessible(page);
    await picture(page, "customer.png");
  });
  await onPage(path, PHONE, async (page) => {
    await page.locator(score).waitFor({ timeout: PATIENCE_MS });
    await noneAcross(page);
    await accessible(page);
  });
});

await test("health: who is at risk in the API's order, the waterfall of the first, accessible, nothing sideways", async () => {
  const first = () => get("/api/v1/views/risk").then(({ cols, rows }) => rows[0]?.[cols.indexOf("customer")]);
  await onPage("/health", LAPTOP, async (page) => {
    await live(page);
    await until(async () => {
      const [shown, want] = [
        await page.locator("[data-testid=risk] button").first().getAttribute("data-customer"),
        await first(),
      ];
      return shown === want ? null : `the first is ${shown} on the screen and ${want} by the API`;
    });
    await page.locator("[data-testid=risk] button").first().click();
    await page.locator("[data-testid=waterfall] li").first().waitFor({ timeout: PATIENCE_MS });
    await accessible(page);
    await picture(page, "health.png");
  });
  await onPage("/health", PHONE, async (page) => {
    await page.locator("[data-testid=waterfall] li").first().waitFor({ timeout: PATIENCE_MS });
    await noneAcross(page);
    await accessible(page);
    await picture(page, "health-phone.png");
  });
});

/** What a table of the operator's page says, a row as an object by the words above its columns. */
function tableSays(label) {
  const table = document.querySelector(`section[aria-label="${label}"] table`);
  const words = (row) => [...row.cells].map((cell) => cell.innerText.trim());
  const [head, ...rows] = [...(table?.rows ?? [])].map(words);
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at], cell])));
}

/** A topic's rows as objects by column. */
async function rowsOf(topic) {
  const { cols, rows } = await get(`/api/v1/views/${topic}`);
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [cols[at], cell])));
}

await test("the operator's page: who owns what, how far behind, and the workers, as the API has them", () =>
  onPage("/operator", LAPTOP, (page) =>
    until(async () => {
      const partitions = await rowsOf("partitions");
      const workers = await rowsOf("workers");
      const shown = await page.evaluate(tableSays, "Partitions");
      const wanted = partitions.map(({ partition, owner, term }) => [partition, owner, term].join(" "));
      const seen = shown.map((row) => [row.Partition, row.Owner, row.Term.replaceAll(",", "")].join(" "));
      if (wanted.length === 0 || wanted.join() !== seen.join())
        return `${seen.join()} instead of ${wanted.join()}`;
      for (const row of shown) {
        const says = { lag: /\d (ms|s|min|h|d)\b/.test(row.Lag), records: /^\d/.test(row["Records behind"]) };
        if (!says.lag || !says.records) return `partition ${row.Partition} does not say how far behind it is`;
      }
      const told = workers.map((row) => `${row.name} ${row.partitions}`).sort();
      const there = (await page.evaluate(tableSays, "Workers")).map(
        (row) => `${row.Worker} ${row.Partitions}`,
      );
      return told.length > 0 && told.join() === there.sort().join() ? null : `${there} instead of ${told}`;
    }),
  ));

await test("the operator's page: accessible, nothing sideways", async () => {
  await onPage("/operator", LAPTOP, async (page) => {
    await live(page);
    await page.locator("tbody tr").first().waitFor({ timeout: PATIENCE_MS });
    await accessible(page);
    await picture(page, "operator.png");
  });
  await onPage(
    "/operator",
    PHONE,
    async (page) => {
      await live(page);
      await noneAcross(page);
      await accessible(page);
    },
    { scheme: "light" },
  );
});

await test("nothing complained in the console", async () => assert.deepEqual(complaints, []));

await browser.close();
end();
