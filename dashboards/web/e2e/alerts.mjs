// The browser test of the alert console: people at their desks, a screen on the wall, a laptop that slept.
//
//   node e2e/alerts.mjs http://127.0.0.1:8080 [folder for screenshots]
//
// CHROMIUM: the browser (default /usr/bin/chromium). NEXUSFLOW_TOKEN: where the API needs one; it has to be one that may act.
// NEXUSFLOW_RESTARTS=1: somebody restarts the gateway when this writes `restart`, and says `done` on standard input.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { looks } from "./alert-looks.mjs";
import { bySeverity, recoveryOf, story } from "./alert-story.mjs";
import { live, PATIENCE_MS, TV, until } from "./board.mjs";
import { accessible, address, LAPTOP, office, rowOf, shownOnTv, tvCounts } from "./desk.mjs";
import { end, test } from "./run.mjs";

const [base, folder = "screenshots"] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/alerts.mjs BASE_URL [SCREENSHOT_FOLDER]");
  process.exit(2);
}
const token = process.env.NEXUSFLOW_TOKEN;
const shop = story(base, token);
const { atDesk, complaints, close } = await office(base, token, folder);

const REFUSED = /status of (409|403)/;
const NO_NETWORK =
  /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection to|status of 50\d/;

/** A page notices that it slept by timers that are ten seconds late. */
const ASLEEP_MS = 11_500;

const picture = (page, name) => page.screenshot({ path: join(folder, name) });
const outcome = (page, kind) => page.locator(`[data-outcome="${kind}"]`).waitFor({ timeout: PATIENCE_MS });

/** What a screen says of how many are open equals what the API says, in the end. */
function countsAsApi(read) {
  return until(async () => {
    const want = bySeverity(await shop.open());
    const seen = await read();
    return JSON.stringify(seen) === JSON.stringify(want)
      ? null
      : `${JSON.stringify(seen)} on the screen, ${JSON.stringify(want)} by the API`;
  });
}

mkdirSync(folder, { recursive: true });

/** Enough to look at, with names. */
const PEOPLE = [
  ["ann", "Ann Example", "gold", 1, "Third time the beans came late. We had a full house and no coffee."],
  [
    "miramar",
    "Hotel Miramar Barcelona",
    "platinum",
    1,
    "Nobody answers the phone. We are looking elsewhere.",
  ],
  ["lluna", "Bistro Lluna", "silver", 2, "The grinder broke again after the repair."],
  ["kappa", "Studio Kappa", "bronze", 2, undefined],
];
for (const [key, name, tier, score, text] of PEOPLE) {
  const customer = shop.customer(key);
  await shop.identify(customer, name, tier);
  await shop.unhappy(customer, score, text);
}
const ann = shop.customer("ann");
const miramar = shop.customer("miramar");

await test("what makes a customer unhappy stands in the console and on the screen at once, with the API's numbers", () =>
  atDesk("Ana Ruiz", "/alerts", LAPTOP, (desk) =>
    atDesk(null, "/alerts/tv", TV, async (screen) => {
      const customer = shop.customer("platinum");
      await shop.identify(customer, "Café Tortoni", "platinum");
      await shop.unhappy(customer, 1);
      await shownOnTv(screen, customer);
      await desk.getByLabel("Search the alerts").fill(customer);
      await rowOf(desk, customer).waitFor({ timeout: PATIENCE_MS });
      const text = await rowOf(desk, customer).innerText();
      assert.match(text, /S1/);
      assert.match(text, /CSAT 1 of 5/);
      assert.match(text, /Café Tortoni/);
      assert.match(text, /\d+ (h|min)|\d+:\d\d/, `no countdown in "${text}"`);
      assert.doesNotMatch(await screen.locator("main").innerText(), /Café Tortoni/, "a name on the wall");
      await countsAsApi(() => tvCounts(screen));
      await until(async () => {
        const open = bySeverity(await shop.open());
        const want = `(${open.S1 + open.S2}) Alerts`;
        const title = await desk.title();
        return title.startsWith(want) ? null : `the title is "${title}", not "${want}"`;
      });
    }),
  ));

await test("what is seen is told to the server, once a revision", () => {
  const sent = [];
  return atDesk("Ana Ruiz", `/alerts?q=${miramar}`, LAPTOP, async (page) => {
    page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        const frame = JSON.parse(payload);
        if (frame.type === "got") sent.push(...frame.alerts.map((each) => each.join(" ")));
      }),
    );
    await page.reload();
    await live(page);
    const want = `${miramar} ${recoveryOf(miramar)} 1`;
    await until(async () => (sent.includes(want) ? null : `${want} was not told: ${sent.join(", ")}`));
    assert.equal(new Set(sent).size, sent.length, "told twice");
  });
});

await test("two people race for one alert: one has it, the other hears who", () =>
  atDesk("Ana Ruiz", address(ann), LAPTOP, (first) =>
    atDesk(
      "Ben Okafor",
      address(ann),
      LAPTOP,
      async (second) => {
        const button = (page) => page.locator('[data-verb="acknowledge"]');
        await Promise.all([button(first).waitFor(), button(second).waitFor()]);
        // Ben has not heard of it yet when he presses: his page is held back from hearing.
        await second.evaluate(() => {
          const { fetch } = globalThis;
          const held = new Promise((go) => {
            globalThis.letGo = go;
          });
          globalThis.fetch = async (path, how) => {
            if (how?.method === "POST") await held;
            return fetch(path, how);
          };
        });
        await button(second).click();
        await outcome(second, "asking");
        await button(first).click();
        await outcome(first, "accepted");
        await second.evaluate(() => globalThis.letGo());
        await outcome(second, "refused");
        const told = await second.locator("[data-outcome]").innerText();
        assert.match(told, /Not done/);
        assert.match(told, /Ana Ruiz/, `it does not say who: "${told}"`);
        const { alert, history } = await shop.get(
          `/api/v1/alerts/${encodeURIComponent(ann)}/${encodeURIComponent(recoveryOf(ann))}`,
        );
        assert.equal(alert.state, "acknowledged");
        const who = history.filter(({ what }) => what === "acknowledged").map(({ actor }) => actor);
        assert.deepEqual(who, ["Ana Ruiz"]);
        await second.getByText("Acknowledged").first().waitFor();
        await accessible(second);
        await picture(second, "alerts-refused.png");
      },
      { expects: REFUSED },
    ),
  ));

await test("an alert from beginning to end, by key alone", () =>
  atDesk(null, "/alerts", LAPTOP, async (page) => {
    const customer = shop.customer("keys");
    await shop.unhappy(customer, 1, "Cold coffee, cold answers.");
    await page.keyboard.press("/");
    await page.keyboard.type(customer);
    await rowOf(page, customer).waitFor({ timeout: PATIENCE_MS });
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.waitForURL((url) => decodeURIComponent(url.pathname).includes(recoveryOf(customer)));
    await page.locator(`[data-row]:focus`).waitFor();
    // Who acts is asked once, when it matters.
    await page.keyboard.press("a");
    await page.getByLabel(/Your name/).fill("Camille Roussard");
    await page.keyboard.press("Enter");
    await outcome(page, "accepted");
    await page.keyboard.press("c");
    await page.getByRole("form", { name: "Customer contacted" }).waitFor();
    await page.keyboard.press("Enter");
    await page
      .locator(`[data-outcome="accepted"]`, { hasText: /^contacted/i })
      .waitFor({ timeout: PATIENCE_MS });
    await page.keyboard.press("x");
    await page.keyboard.type("Slow or wrong answer");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Apologised and explained");
    await page.keyboard.press("Enter");
    await page.locator('[data-verb="reopen"]').waitFor({ timeout: PATIENCE_MS });
    const { alert, history } = await shop.get(
      `/api/v1/alerts/${encodeURIComponent(customer)}/${encodeURIComponent(recoveryOf(customer))}`,
    );
    assert.deepEqual(
      [alert.state, alert.cause, alert.action],
      ["closed", "Slow or wrong answer", "Apologised and explained"],
    );
    assert.deepEqual(
      history.slice(-3).map(({ what, actor }) => `${what} ${actor}`),
      ["acknowledged Camille Roussard", "contacted Camille Roussard", "closed Camille Roussard"],
    );
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await accessible(page);
  }));

await test("where the network fails nobody is told that it was done, and asking again does it once", () =>
  atDesk(
    "Ana Ruiz",
    address(miramar),
    LAPTOP,
    async (page) => {
      await page.locator('[data-verb="assign"]').waitFor();
      await page.route("**/assign", async (route) => {
        await route.fetch();
        await route.abort();
      });
      // A key that comes before the page listens to keys does nothing, and one that comes while it asks does not ask again.
      const unknown = page.locator(`[data-outcome="unknown"]`);
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until && !(await unknown.isVisible()); ) {
        await page.keyboard.press("m");
        await unknown.waitFor({ timeout: 2_000 }).catch(() => {});
      }
      await outcome(page, "unknown");
      await page.unroute("**/assign");
      await page.getByRole("button", { name: "Ask again" }).click();
      await outcome(page, "accepted");
      const { history } = await shop.get(
        `/api/v1/alerts/${encodeURIComponent(miramar)}/${encodeURIComponent(recoveryOf(miramar))}`,
      );
      assert.equal(history.filter(({ what }) => what === "assigned").length, 1);
    },
    { expects: /ERR_FAILED/ },
  ));

await test("a laptop that slept says what it missed", async () => {
  const [before, during] = [shop.customer("before"), shop.customer("during")];
  await shop.unhappy(before, 1);
  await atDesk(
    "Ana Ruiz",
    "/alerts",
    LAPTOP,
    async (page, context) => {
      await page.getByLabel("Search the alerts").fill(shop.customer(""));
      await rowOf(page, before).waitFor({ timeout: PATIENCE_MS });
      await context.setOffline(true);
      // A page that asks stands still: no timer, no message, until it is answered.
      const asks = page.waitForEvent("dialog");
      const slept = page.evaluate(() => alert("The lid is closed."));
      const lid = await asks;
      const asleepAt = Date.now();
      await shop.unhappy(during, 1);
      await shop.act(before, recoveryOf(before), "resolve", "Ben Okafor");
      await until(async () =>
        (await shop.open()).some((item) => item.customer === during) ? null : "not raised",
      );
      await page.waitForTimeout(Math.max(0, ASLEEP_MS - (Date.now() - asleepAt)));
      await lid.accept();
      await slept;
      await context.setOffline(false);
      await live(page);
      const away = page.getByTestId("away");
      await away.waitFor({ timeout: PATIENCE_MS });
      const told = (await away.innerText()).replaceAll("\n", " ");
      // Others may be unhappy meanwhile: what matters is that this one is among them.
      assert.match(
        told,
        /While you were away \(\d\d:\d\d–\d\d:\d\d\): [1-9]\d* raised, [1-9]\d* resolved/,
        told,
      );
      assert.equal(await away.locator(`a[href*="${during}"]`).count(), 1, told);
      await rowOf(page, during).waitFor({ timeout: PATIENCE_MS });
      await rowOf(page, before).waitFor({ state: "detached", timeout: PATIENCE_MS });
      await accessible(page);
      await picture(page, "alerts-away.png");
      await page.getByRole("button", { name: "Seen" }).click();
      await away.waitFor({ state: "detached" });
    },
    { expects: NO_NETWORK },
  );
});

/** Asks whoever started this to restart the gateway, and waits until it is there again. */
async function gatewayRestarts(whileGone) {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const say = async (word) => {
    console.log(word);
    const { value } = await lines.next();
    assert.equal(value, "done");
  };
  await say("kill the gateway");
  await whileGone();
  await say("start the gateway");
}

if (process.env.NEXUSFLOW_RESTARTS === "1") {
  await test("a gateway that goes and comes back: nothing is lost, nothing is called out twice", () =>
    atDesk(
      "Ana Ruiz",
      "/alerts",
      LAPTOP,
      async (page) => {
        const known = await page.locator("[data-testid=queue] [data-customer]").count();
        assert.ok(known > 0);
        await gatewayRestarts(async () => {
          await page.getByText("Connection lost").waitFor({ timeout: PATIENCE_MS });
          assert.equal(
            await page.locator("[data-testid=queue] [data-customer]").count(),
            known,
            "the queue went blank",
          );
        });
        await live(page);
        const customer = shop.customer("after");
        await shop.unhappy(customer, 1);
        await page.getByLabel("Search the alerts").fill(customer);
        await rowOf(page, customer).waitFor({ timeout: PATIENCE_MS });
        assert.equal(
          await page.getByTestId("away").count(),
          0,
          "it tells of an absence in which nothing happened",
        );
      },
      { expects: NO_NETWORK },
    ));
}

const NEW = [
  ["verde", "Casa Verde Hotels"],
  ["lumen", "Lumen Works"],
  ["sol", "Sol y Sombra"],
];

await test("what one reads stays where it is when others come", () =>
  atDesk("Ana Ruiz", address(shop.customer("kappa")), LAPTOP, async (page) => {
    const row = rowOf(page, shop.customer("kappa"));
    await row.waitFor({ timeout: PATIENCE_MS });
    const place = async () => Math.round((await row.boundingBox()).y);
    const before = await place();
    for (const [name, called] of NEW) {
      await shop.identify(shop.customer(name), called, "platinum");
      await shop.unhappy(shop.customer(name), 1);
    }
    const above = page.getByRole("button", { name: /new alert.* above/ });
    await above
      .or(rowOf(page, shop.customer("sol")))
      .first()
      .waitFor({ timeout: PATIENCE_MS });
    assert.equal(await place(), before);
  }));

await looks({ test, atDesk, picture, chosen: miramar, countsAsApi });

await test("nothing complained in the console", async () => assert.deepEqual(complaints, []));

await close();
end();
