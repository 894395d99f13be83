import { describe, expect, it } from "vitest";
import { DEFINITIONS } from "../figures/definitions";
import { PANELS } from "./list";
import { choose } from "./Stages";

// The keys docs/api.md promises, in its order.
const KEYS =
  "orders order_value revenue on_time_share lead_time_median overdue_deliveries open_tickets tickets_opened tickets_resolved first_reply_median resolution_median sla_missed_share nps csat review_score sentiment pipeline_open pipeline_weighted won_value win_rate health_mean customers active_customers".split(
    " ",
  );

describe("the lists", () => {
  it("have each panel once", () => {
    expect(new Set(PANELS.map((panel) => panel.id)).size).toBe(PANELS.length);
  });
  it("explain every figure of the contract, in a sentence", () => {
    const defined = DEFINITIONS.map((each) => each.key);
    expect(KEYS.filter((key) => !defined.includes(key))).toEqual([]);
    expect(new Set(defined).size).toBe(defined.length);
    for (const { means, none } of DEFINITIONS) {
      expect(means).toMatch(/^[A-Z].{20,}\.$/);
      expect(none).not.toBe("");
    }
  });
});

describe("the stages shown", () => {
  const stage = (name: string, order: number, count: number, status = "open") => ({
    pipeline: "p",
    stage: name,
    order,
    probability_bp: 0,
    count,
    amount: 0,
    weighted: 0,
    currency: "EUR",
    status,
  });
  it("are the open ones in their order, the smallest left out where there is no room", () => {
    const rows = [stage("c", 3, 9), stage("a", 1, 5), stage("b", 2, 1), stage("won", 4, 99, "won")];
    expect(choose(rows, 2).map((row) => row.stage)).toEqual(["a", "c"]);
  });
  it("are those decided, where none is open", () => {
    expect(choose([stage("won", 1, 3, "won")], 5).map((row) => row.stage)).toEqual(["won"]);
  });
});
