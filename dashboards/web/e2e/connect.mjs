// What publishers find in the app: how to connect, the vocabulary, the API. Needs a server: node e2e/connect.mjs BASE FOLDER
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, PATIENCE_MS } from "./board.mjs";
import { accessible, LAPTOP, noneAcross, PHONE } from "./desk.mjs";
import { end, test } from "./run.mjs";

const [, , base, folder] = process.argv;
mkdirSync(folder, { recursive: true });
const browser = await launch();
const elsewhere = [];
const complaints = [];

async function open(path, viewport, use) {
  const context = await browser.newContext({
    viewport,
    colorScheme: "dark",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  try {
    const page = await context.newPage();
    page.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (!["data:", "blob:"].includes(protocol) && host !== new URL(base).host)
        elsewhere.push(request.url());
    });
    page.on(
      "console",
      (message) => message.type() === "error" && complaints.push(`${path}: ${message.text()}`),
    );
    page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
    const answer = await page.goto(new URL(path, base).href);
    assert.match(answer.headers()["content-security-policy"], /^default-src 'self'/);
    return await use(page);
  } finally {
    await context.close();
  }
}

const kinds = (await (await fetch(new URL("/api/v1/connectors", base))).json()).map(({ kind }) => kind);
assert.ok(kinds.length > 0);
const PAGES = [
  ["/connect", "Connect your system"],
  ["/connect/http", "Plain HTTP"],
  ["/connect/send", "nexusflow send"],
  ["/connect/types", "The vocabulary"],
  ["/connect/types/order.placed", "Publish it"],
  ["/api/docs", "Publish events"],
  ...kinds.map((kind) => [`/connect/${kind}`, "The least settings"]),
];

for (const [path, words] of PAGES) {
  for (const [size, viewport] of [
    ["laptop", LAPTOP],
    ["phone", PHONE],
  ]) {
    await test(`${path} on a ${size}: it is there, accessible, nothing sideways`, () =>
      open(path, viewport, async (page) => {
        await page.getByText(words).first().waitFor({ timeout: PATIENCE_MS });
        await page.screenshot({
          path: join(folder, `connect${path.replaceAll("/", "-")}-${size}.png`),
          fullPage: path !== "/connect/types" && path !== "/api/docs",
        });
        await noneAcross(page);
        await accessible(page);
      }));
  }
}

await test("from the first page to a type, whose request publishes when it is copied", () =>
  open("/connect", LAPTOP, async (page) => {
    await page.getByRole("link", { name: /The vocabulary/ }).click();
    await page.getByRole("searchbox").fill("payment fail");
    await page.getByRole("link", { name: /payment\.failed/ }).click();
    await page.getByRole("button", { name: "Copy the example" }).click();
    await page.getByRole("button", { name: "Copy the example" }).getByText("Copied").waitFor();
    const event = await page.evaluate(() => navigator.clipboard.readText());
    const answer = await fetch(new URL("/api/v1/events", base), {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json" },
      body: event,
    });
    assert.equal(answer.status, 201, await answer.text());
  }));

await test("the page of the API has every operation of the document, and tells what each takes and answers", async () => {
  const { paths } = await (await fetch(new URL("/api/openapi.json", base))).json();
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  await open("/api/docs", LAPTOP, async (page) => {
    await page.locator("details").first().waitFor({ timeout: PATIENCE_MS });
    assert.equal(await page.locator("details").count(), operations.length);
    await page.locator("summary", { hasText: "Publish events" }).click();
    const open = page.locator("details[open]");
    await open.getByText("application/cloudevents+json").first().waitFor();
    await open.getByText("Some of a batch is stored").waitFor();
    await page.screenshot({ path: join(folder, "connect-api-docs-open.png"), fullPage: false });
    await accessible(page);
  });
});

await test("nothing is loaded from elsewhere, and no page complains", () => {
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(complaints, []);
});

await browser.close();
end();
