import { describe, expect, it } from "vitest";
import { listPath, outcomeWords, payloadText, type WholeLetter } from "./dead-letters";

const letter = (payload: string | null): WholeLetter => ({
  sequence: 7,
  source: "shop",
  kind: "standard",
  received_at: "2026-01-05T10:00:00Z",
  field: "data.total",
  reason: "is missing",
  bytes: 3,
  decided: { state: "waiting", by: null, at: null, places: [] },
  headers: {},
  payload,
  payload_base64: null,
});

describe("what could not be understood", () => {
  it("is asked for by state and source, page by page", () => {
    expect(listPath("waiting", "", null)).toBe("/api/v1/dead-letters?state=waiting&limit=100");
    expect(listPath("all", "a b", 9)).toBe("/api/v1/dead-letters?state=all&limit=100&source=a+b&before=9");
  });

  it("is shown as JSON where it is JSON, and as it is where it is not", () => {
    expect(payloadText(letter('{"a":1}'))).toBe('{\n  "a": 1\n}');
    expect(payloadText(letter("<b>no</b>"))).toBe("<b>no</b>");
    expect(payloadText(letter(null))).toContain("3 bytes");
  });

  it("is told in a sentence when it was decided", () => {
    expect(outcomeWords("retry", { done: 2, before: 1, failed: [] })).toBe(
      "2 understood and stored, 1 decided before.",
    );
    expect(outcomeWords("drop", { done: 0, before: 0, failed: ["7: no"] })).toBe("1 not dropped (7: no)");
    expect(outcomeWords("drop", { done: 0, before: 0, failed: [] })).toBe("Nothing was chosen.");
  });
});
