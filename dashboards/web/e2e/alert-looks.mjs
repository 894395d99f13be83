// How the console looks: on a laptop, on a wall, on a phone.
import assert from "node:assert/strict";
import { PATIENCE_MS, TV } from "./board.mjs";
import { accessible, address, LAPTOP, noneAcross, PHONE, SMALL_PHONE, shownOnTv, tvCounts } from "./desk.mjs";
import { scrolls, textSizes } from "./page.mjs";

/** `chosen`: a customer with an open alert, some words and a name. */
export async function looks({ test, atDesk, picture, chosen, countsAsApi }) {
  for (const scheme of ["dark", "light"]) {
    await test(`the console on a laptop, ${scheme}: fits, accessible`, () =>
      atDesk(
        "Ana Ruiz",
        address(chosen),
        LAPTOP,
        async (page) => {
          await page.getByText("Who did what").waitFor({ timeout: PATIENCE_MS });
          await page.getByText("everything about them").waitFor({ timeout: PATIENCE_MS });
          const { across, down } = await page.evaluate(scrolls);
          assert.deepEqual({ across, down }, { across: 0, down: 0 });
          await accessible(page);
          await picture(page, scheme === "dark" ? "alerts-laptop.png" : "alerts-laptop-light.png");
        },
        { scheme },
      ));
  }

  await test("the screen on the wall: fits, does not scroll, is readable from afar, has no way to go anywhere", () =>
    atDesk(null, "/alerts?kiosk=1", TV, async (page) => {
      await shownOnTv(page, chosen);
      assert.deepEqual(await page.evaluate(scrolls), { across: 0, down: 0, inner: [] });
      const { least } = await page.evaluate(textSizes);
      assert.ok(least.size >= 28, `"${least.text}" is ${least.size} px`);
      assert.equal(await page.locator("a:visible:not([href='#main']), button:visible").count(), 0);
      await countsAsApi(() => tvCounts(page));
      await accessible(page);
      await picture(page, "alerts-tv.png");
    }));

  await test("on a phone: the list, then the alert, nothing sideways, the actions where the thumb is", () =>
    atDesk(
      "Ana Ruiz",
      "/alerts",
      PHONE,
      async (page) => {
        await noneAcross(page);
        await accessible(page);
        await picture(page, "alerts-phone.png");
        await page.setViewportSize(SMALL_PHONE);
        await noneAcross(page);
        await page.locator('[data-testid=queue] li:not([data-customer=""]) [data-row]').first().click();
        const button = page.locator("[data-verb]").first();
        await button.waitFor({ timeout: PATIENCE_MS });
        await page.getByText("Who did what").waitFor({ timeout: PATIENCE_MS });
        const box = await button.boundingBox();
        assert.ok(
          box.y > SMALL_PHONE.height * 0.6 && box.height >= 44,
          `the first action is at ${JSON.stringify(box)}`,
        );
        await noneAcross(page);
        await accessible(page);
        await page.setViewportSize(PHONE);
        await picture(page, "alerts-phone-one.png");
        await page.getByRole("link", { name: /The queue/ }).click();
        await page.locator("[data-testid=queue] [data-row]").first().waitFor();
      },
      { options: { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } },
    ));

  for (const section of ["deliveries", "quality", "silences"]) {
    await test(`${section}: accessible, nothing sideways on a phone`, async () => {
      await atDesk("Ana Ruiz", `/alerts/${section}`, LAPTOP, async (page) => {
        await page.locator("table, main p:has-text('.')").first().waitFor({ timeout: PATIENCE_MS });
        await accessible(page);
        await picture(page, `alerts-${section}.png`);
      });
      await atDesk("Ana Ruiz", `/alerts/${section}`, SMALL_PHONE, async (page) => {
        await noneAcross(page);
        await accessible(page);
      });
    });
  }
}
