import { expect, it } from "vitest";
import { inOrder } from "./Quotas";
import type { Quota } from "./topics";

function row(level: Quota["level"], name: string, team: string | null = null): Quota {
  return {
    level,
    name,
    team,
    from: "2026-01-01",
    to: "2026-03-31",
    quota: 100,
    attained: 50,
    deals: 1,
    attained_bp: 5000,
    pace_bp: 5000,
    open: null,
    weighted: null,
    coverage_bp: null,
    currency: "EUR",
  };
}

it("sellers stand under their team, and those without one last", () => {
  const rows = [
    row("seller", "Ana", "North"),
    row("seller", "Dan"),
    row("team", "South"),
    row("team", "North"),
  ];
  const shown = inOrder([...rows, row("organisation", ""), row("seller", "Ben", "South")]);
  expect(shown.map((each) => each.name)).toEqual(["", "South", "Ben", "North", "Ana", "Dan"]);
});
