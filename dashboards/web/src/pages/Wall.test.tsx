import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeWorld } from "../feed/fake-surroundings";
import { FeedContext } from "../feed/hooks";
import { Feed } from "../feed/store";
import { Wall } from "./Wall";

const COLS = ["key", "value", "unit", "currency", "n", "prior", "trend", "parts"];

let world: FakeWorld;

function says(rows: unknown[][], seq = 1): void {
  const { id } = world.socket.lastSub("figures");
  world.socket.say({
    type: "snap",
    id,
    epoch: "e",
    seq,
    as_of: null,
    key: ["key"],
    cols: COLS,
    rows,
    last: true,
  });
}

function figure(key: string): HTMLElement | null {
  return document.querySelector(`[data-src="figures|${key}|value"]`);
}

beforeEach(() => {
  history.replaceState(null, "", "/");
  world = new FakeWorld();
  const feed = new Feed(world, { build: "" });
  feed.start();
  render(
    <FeedContext value={feed}>
      <Wall />
    </FeedContext>,
  );
  act(() => {
    world.socket.welcome("");
    world.paint();
  });
});

afterEach(cleanup);

describe("the wall", () => {
  it("shows a figure, its change, and a dash with the reason where there is none", () => {
    act(() => {
      says([
        ["orders", 110, "count", null, 110, 100, [1, 2, null], {}],
        ["nps", null, "nps", null, 0, null, [], {}],
        ["open_tickets", 7, "count", null, 7, null, [], {}],
        ["tickets_opened", 12, "count", null, 12, 10, [5, 7], {}],
      ]);
      world.paint();
    });
    expect(figure("orders")?.textContent).toBe("110");
    expect(document.querySelector('[data-src="figures|orders|change"]')?.textContent).toBe("10.0%");
    expect(figure("nps")?.textContent).toBe("–");
    // What stands has no period before: the flow into it is compared.
    expect(document.querySelector('[data-src="figures|tickets_opened|change"]')?.textContent).toBe("20.0%");
    expect(screen.getByText("No answers today")).toBeTruthy();
  });

  it("leaves out a row it can't read, and shows the others", () => {
    act(() => {
      says([
        ["orders", "many", "count", null, 0, null, [], {}],
        ["open_tickets", 7, "count", null, 7, null, [], {}],
      ]);
      world.paint();
    });
    expect(figure("orders")?.textContent).toBe("–");
    expect(figure("open_tickets")?.textContent).toBe("7");
  });

  it("keeps the figures of before, dimmed, while those of another period are on their way", () => {
    act(() => {
      says([["orders", 110, "count", null, 110, null, [], {}]]);
      world.paint();
    });
    act(() => screen.getByText("Last 30 days").closest("a")?.click());
    expect(world.socket.lastSub("figures").params).toEqual({ period: "30d" });
    expect(figure("orders")?.textContent).toBe("110");
    expect(document.querySelector("main")?.dataset.old).toBe("true");
    act(() => {
      says([["orders", 4000, "count", null, 4000, null, [], {}]]);
      world.paint();
    });
    expect(figure("orders")?.textContent).toBe("4,000");
    expect(document.querySelector("main")?.dataset.old).toBe("false");
  });
});
