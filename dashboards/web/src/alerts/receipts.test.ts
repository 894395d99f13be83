import { beforeEach, describe, expect, it } from "vitest";
import { alertRow, groupRow } from "./alert-row";
import { Receipts } from "./receipts";

let visible: boolean;
let connected: boolean;
let sent: string[][];
let timers: (() => void)[];
let receipts: Receipts;

/** The pause is over. */
function pause(): void {
  const due = timers;
  timers = [];
  for (const run of due) run();
}

beforeEach(() => {
  [visible, connected, sent, timers] = [true, true, [], []];
  receipts = new Receipts({
    visible: () => visible,
    after: (_, run) => timers.push(run),
    send: (alerts) => {
      if (connected) sent.push(alerts.map((each) => each.join(" ")));
      return connected;
    },
  });
});

describe("receipts", () => {
  it("are told together, once a revision", () => {
    receipts.show(alertRow({ alert: "a" }));
    const leave = receipts.show(alertRow({ alert: "b" }));
    pause();
    leave();
    receipts.show(alertRow({ alert: "b" }));
    receipts.show(alertRow({ alert: "b", count: 2 }));
    pause();
    receipts.show(alertRow({ alert: "b", revision: 2 }));
    pause();
    expect(sent).toEqual([["c-1 a 1", "c-1 b 1"], ["c-1 b 2"]]);
  });

  it("are of a group again when it has changed, though it has no revision", () => {
    receipts.show(groupRow("g", 7));
    pause();
    receipts.show(groupRow("g", 7, { count: 20 }));
    pause();
    receipts.show(groupRow("g", 8, { changed_at: "2026-01-31T12:05:00Z" }));
    pause();
    expect(sent).toEqual([[" g 0"], [" g 0"]]);
  });

  it("wait until somebody looks, and until somebody listens", () => {
    visible = false;
    receipts.show(alertRow({ alert: "a" }));
    pause();
    visible = true;
    connected = false;
    receipts.again();
    pause();
    expect(sent).toEqual([]);
    connected = true;
    receipts.again();
    pause();
    expect(sent).toEqual([["c-1 a 1"]]);
  });

  it("are not of what was gone before the pause was over", () => {
    receipts.show(alertRow({ alert: "a" }))();
    pause();
    expect(sent).toEqual([]);
  });
});
