// The browser test of the operator's pages about the door: what was not understood, and keys.
//
//   node e2e/door.mjs http://127.0.0.1:8080 [folder for screenshots]
//
// Expects dead letters to be there, of a source that has been mended since: number 1 can be read now, number 2 can't.
// CHROMIUM: the browser (default /usr/bin/chromium). NEXUSFLOW_TOKEN: where the API needs one; it has to be one that may act.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS } from "./board.mjs";
import { accessible, LAPTOP, noneAcross, office, PHONE } from "./desk.mjs";
import { end, test } from "./run.mjs";

const [base, folder = "screenshots"] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node e2e/door.mjs BASE_URL [SCREENSHOT_FOLDER]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const { atDesk, complaints, close } = await office(base, process.env.NEXUSFLOW_TOKEN, folder);
const picture = (page, name) => page.screenshot({ path: join(folder, name), fullPage: true });
const LETTERS = "/operator/dead-letters";
const row = (page, sequence) =>
  page.getByRole("row").filter({ has: page.getByRole("button", { name: `${sequence}`, exact: true }) });
const said = (page, text) =>
  page.locator("[role=status]").filter({ hasText: text }).waitFor({ timeout: PATIENCE_MS });

for (const [name, viewport] of [
  ["laptop", LAPTOP],
  ["phone", PHONE],
]) {
  await test(`what was not understood, on a ${name}: listed, opened, nothing sideways, accessible`, () =>
    atDesk("Ana Ruiz", LETTERS, viewport, async (page) => {
      await row(page, 1).waitFor({ timeout: PATIENCE_MS });
      await noneAcross(page);
      await accessible(page);
      await picture(page, `dead-letters-${name}.png`);
      await page.getByRole("button", { name: "2", exact: true }).click();
      await page.locator("dialog pre").waitFor({ timeout: PATIENCE_MS });
      assert.match(await page.locator("dialog pre").innerText(), /<img src=x/);
      assert.equal(await page.locator("dialog img").count(), 0, "what came is shown, not obeyed");
      await accessible(page);
      await picture(page, `dead-letter-${name}.png`);
      await page.getByRole("button", { name: "Close" }).click();
      await page.locator("dialog").waitFor({ state: "detached", timeout: PATIENCE_MS });
    }));

  await test(`keys, on a ${name}: nothing sideways, accessible`, () =>
    atDesk("Ana Ruiz", "/operator/keys", viewport, async (page) => {
      await page.getByRole("button", { name: "Make a key" }).waitFor({ timeout: PATIENCE_MS });
      await noneAcross(page);
      await accessible(page);
      await picture(page, `keys-${name}.png`);
    }));
}

await test("what can be read now is retried, the rest waits, and is dropped by a second click", () =>
  atDesk(
    "Ana Ruiz",
    LETTERS,
    LAPTOP,
    async (page) => {
      await row(page, 2).waitFor({ timeout: PATIENCE_MS });
      await page.getByLabel("Choose all of this page").check();
      await page.getByRole("button", { name: /^Retry/ }).click();
      await said(page, "1 understood and stored, 1 still not understood");
      await row(page, 1).waitFor({ state: "detached", timeout: PATIENCE_MS });
      await page.getByLabel("Choose 2", { exact: true }).check();
      await page.getByRole("button", { name: "Drop 1" }).click();
      await page.getByRole("button", { name: "Drop 1: sure?" }).click();
      await said(page, "1 dropped.");
      await page.getByText("everything was understood").waitFor({ timeout: PATIENCE_MS });
      await page.getByLabel("Show those").selectOption("all");
      await page.getByText("Retried by Ana Ruiz").waitFor({ timeout: PATIENCE_MS });
      await page.getByText("Dropped by Ana Ruiz").waitFor({ timeout: PATIENCE_MS });
      await picture(page, "dead-letters-decided.png");
    },
    { expects: /status of 422/ },
  ));

await test("a key is made, shown once, and taken back by a second click", () =>
  atDesk("Ana Ruiz", "/operator/keys", LAPTOP, async (page) => {
    await page.getByLabel("Source").fill("shop-eu");
    await page.getByLabel("Events a second").fill("500");
    await page.getByLabel("Ends after days").fill("90");
    await page.getByRole("button", { name: "Make a key" }).click();
    const key = await page.getByTestId("fresh-key").innerText({ timeout: PATIENCE_MS });
    assert.match(key, /^nxf_[0-9a-f]{12}_[0-9a-f]{64}$/);
    await page.getByRole("rowheader", { name: "shop-eu" }).waitFor({ timeout: PATIENCE_MS });
    await accessible(page);
    await picture(page, "keys-made.png");
    await page.getByRole("button", { name: "I have it" }).click();
    assert.equal((await page.content()).includes(key), false, "it is shown once");
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("button", { name: "Revoke: sure?" }).click();
    await page.getByText("Revoked by Ana Ruiz").waitFor({ timeout: PATIENCE_MS });
    await picture(page, "keys-revoked.png");
  }));

await test("no console complained", () => assert.deepEqual(complaints, []));
await close();
end();
