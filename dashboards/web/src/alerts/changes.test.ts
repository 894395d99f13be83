import { describe, expect, it } from "vitest";
import { alertRow, groupRow } from "./alert-row";
import { asksForAttention, changesInWords, changesSince, knownOf } from "./changes";
import type { AlertRow } from "./topics";

const SINCE = Date.parse("2026-01-31T12:00:00Z");

function between(before: readonly AlertRow[], after: readonly AlertRow[]): string[] {
  return changesSince(knownOf(before), after, SINCE).map(
    ({ kind, row, many }) => `${kind} ${row.alert}${many > 1 ? ` ×${many}` : ""}`,
  );
}

describe("what changed between two looks", () => {
  it("is nothing where nothing did, and repeats are no news", () => {
    expect(between([alertRow()], [alertRow({ count: 9 })])).toEqual([]);
  });

  it("is what was raised, worsened, escalated, taken, resolved and reopened", () => {
    const before = ["worse", "up", "taken", "done", "again"].map((alert) =>
      alertRow({ alert, severity: "S3", state: alert === "again" ? "closed" : "triggered" }),
    );
    const after = [
      alertRow({ alert: "new" }),
      alertRow({ alert: "worse", severity: "S1", revision: 2 }),
      alertRow({ alert: "up", severity: "S3", level: 1, revision: 2 }),
      alertRow({ alert: "taken", severity: "S3", state: "acknowledged", revision: 2 }),
      alertRow({ alert: "done", severity: "S3", state: "resolved", revision: 3 }),
      alertRow({ alert: "again", severity: "S3", revision: 4 }),
    ];
    expect(between(before, after)).toEqual([
      "raised new",
      "worse worse",
      "escalated up",
      "changed taken",
      "resolved done",
      "reopened again",
    ]);
  });

  it("tells of one that was raised and over meanwhile, but not of old ones", () => {
    const passed = alertRow({ alert: "passed", state: "resolved", changed_at: "2026-01-31T12:10:00Z" });
    const old = alertRow({ alert: "old", state: "closed", changed_at: "2026-01-31T11:00:00Z" });
    expect(between([], [passed, old])).toEqual(["passed passed"]);
  });

  it("does not take folding into a group or unfolding for news", () => {
    const six = ["a", "b", "c", "d", "e", "f"].map((alert) => alertRow({ alert, group: "g" }));
    expect(between(six.slice(0, 5), [groupRow("g", 5)])).toEqual([]);
    expect(between(six.slice(0, 5), [groupRow("g", 7)])).toEqual(["raised g ×2"]);
    expect(between([groupRow("g", 6)], six.slice(0, 5))).toEqual([]);
    expect(between([groupRow("g", 6)], [groupRow("g", 9)])).toEqual(["grew g ×3"]);
    expect(between([groupRow("g", 9)], [groupRow("g", 6)])).toEqual([]);
  });

  it("calls for attention only where something can be done now", () => {
    const [raised] = changesSince(knownOf([]), [alertRow()], SINCE);
    const [held] = changesSince(knownOf([]), [alertRow({ held_by: "silence S-1" })], SINCE);
    const [passed] = changesSince(
      knownOf([]),
      [alertRow({ state: "closed", changed_at: "2027-01-01T00:00:00Z" })],
      0,
    );
    expect([raised, held, passed].map((each) => each !== undefined && asksForAttention(each))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is said in a line", () => {
    const changes = changesSince(
      knownOf([alertRow({ alert: "x" })]),
      [alertRow({ alert: "x", state: "resolved", revision: 2 }), groupRow("g", 7), alertRow({ alert: "y" })],
      SINCE,
    );
    expect(changesInWords(changes)).toBe("8 raised, 1 resolved");
  });
});
