import { describe, expect, it } from "vitest";
import { alertAt, alertPath } from "./address";

describe("an alert's address", () => {
  it("holds whatever its subject and its key are made of", () => {
    for (const customer of ["c-42", "/shop", "a b", "50%", "ü.x", "#?&"]) {
      const alert = `stale_source:${customer}:heartbeat`;
      const path = alertPath(customer, alert);
      expect(new URL(path, "http://x").pathname).toBe(path);
      expect(alertAt(path)).toEqual({ customer, alert });
      expect(path.split("/").at(-1)).not.toContain(".");
    }
  });

  it("is none where it names none", () => {
    for (const path of ["/alerts", "/alerts/tv", "/alerts/a/b/c", "/customers/a/b", "/alerts/%E0%A4%A/x"])
      expect(alertAt(path)).toBeNull();
  });
});
