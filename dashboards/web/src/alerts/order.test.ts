import { describe, expect, it } from "vitest";
import { alertRow, groupRow } from "./alert-row";
import { byUrgency, filterQuery, oldestUnanswered, openBySeverity, queueOf, readFilters } from "./order";
import type { AlertRow } from "./topics";

const ALL = readFilters(new URLSearchParams());
const keys = (rows: readonly AlertRow[]) => rows.map((row) => row.alert);

describe("the queue", () => {
  it("is by severity, then by the time left, and what has no limit comes last", () => {
    const rows = [
      alertRow({ alert: "s3", severity: "S3", due_at: "2026-01-31T12:00:01Z" }),
      alertRow({ alert: "no limit", severity: "S1", due_at: null }),
      alertRow({ alert: "later", severity: "S1", due_at: "2026-01-31T15:00:00Z" }),
      alertRow({ alert: "sooner", severity: "S1", due_at: "2026-01-31T13:00:00.5Z" }),
    ];
    expect(keys(rows.sort(byUrgency))).toEqual(["sooner", "later", "no limit", "s3"]);
  });

  it("has what is put off last, whatever its severity, and one order for what is equal", () => {
    const rows = [
      alertRow({ alert: "b", severity: "S4" }),
      alertRow({ alert: "snoozed", severity: "S1", state: "snoozed" }),
      alertRow({ alert: "a", severity: "S4" }),
    ];
    expect(keys(rows.sort(byUrgency))).toEqual(["a", "b", "snoozed"]);
    expect(keys([...rows].reverse().sort(byUrgency))).toEqual(["a", "b", "snoozed"]);
  });

  it("shows open ones unless asked for others", () => {
    const rows = (["triggered", "acknowledged", "snoozed", "resolved", "closed"] as const).map((state) =>
      alertRow({ alert: state, state }),
    );
    expect(keys(queueOf(rows, ALL, null))).toEqual(["acknowledged", "triggered", "snoozed"]);
    expect(keys(queueOf(rows, { ...ALL, which: "snoozed" }, null))).toEqual(["snoozed"]);
    expect(keys(queueOf(rows, { ...ALL, which: "done" }, null))).toEqual(["closed", "resolved"]);
  });

  it("knows mine, and leaves groups in, as one of them may be mine", () => {
    const rows = [
      alertRow({ alert: "hers", owner: "Ana" }),
      alertRow({ alert: "his", owner: "Ben" }),
      alertRow({ alert: "nobody's" }),
      groupRow("delay:carrier:DHL", 7),
    ];
    expect(keys(queueOf(rows, { ...ALL, mine: true }, "Ana"))).toEqual(["delay:carrier:DHL", "hers"]);
  });

  it("finds by every word typed, in what is known of it", () => {
    const rows = [
      alertRow({ alert: "x", name: "Hotel Miramar", why: "CSAT 1 of 5" }),
      alertRow({ alert: "y", name: "Hotel Lluna", why: "Delivery late" }),
    ];
    expect(keys(queueOf(rows, { ...ALL, text: " hotel LATE " }, null))).toEqual(["y"]);
    expect(queueOf(rows, { ...ALL, text: "hotel nobody" }, null)).toEqual([]);
  });

  it("keeps its filters in the address, and nothing that is as usual", () => {
    const query = new URLSearchParams("group=x&q=late&severity=S1&state=done&mine=1&kind=delay");
    const filters = readFilters(query);
    expect(filters).toEqual({ which: "done", mine: true, severity: "S1", kind: "delay", text: "late" });
    expect(filterQuery(filters, query).toString()).toBe(
      "group=x&q=late&severity=S1&state=done&mine=1&kind=delay",
    );
    expect(filterQuery(ALL, query).toString()).toBe("group=x");
    expect(readFilters(new URLSearchParams("severity=S9&state=odd"))).toEqual(ALL);
  });
});

describe("the counts", () => {
  it("are of open ones, and a group counts what it stands for", () => {
    const rows = [
      groupRow("g", 7, { severity: "S1" }),
      alertRow({ severity: "S1", state: "snoozed" }),
      alertRow({ severity: "S1", state: "resolved" }),
      alertRow({ severity: "S3" }),
    ];
    expect(openBySeverity(rows)).toEqual({ S1: 8, S2: 0, S3: 1, S4: 0 });
    const mixed = groupRow("g", 7, { severity: "S1", severities: { S1: 2, S4: 5 } });
    expect(openBySeverity([mixed])).toEqual({ S1: 2, S2: 0, S3: 0, S4: 5 });
    expect(queueOf([mixed], { ...ALL, severity: "S4" }, null)).toEqual([mixed]);
    expect(queueOf([mixed], { ...ALL, severity: "S2" }, null)).toEqual([]);
  });

  it("know who has waited longest for anybody", () => {
    const rows = [
      alertRow({ alert: "new", raised_at: "2026-01-31T12:30:00Z" }),
      alertRow({ alert: "taken", raised_at: "2026-01-31T10:00:00Z", state: "acknowledged" }),
      alertRow({ alert: "old", raised_at: "2026-01-31T11:00:00Z" }),
    ];
    expect(oldestUnanswered(rows)?.alert).toBe("old");
    expect(oldestUnanswered([])).toBeNull();
  });
});
