import { beforeEach, describe, expect, it } from "vitest";
import { adviseOnBuild } from "./build";

describe("another build on the server", () => {
  beforeEach(() => sessionStorage.clear());

  it("is nothing to do when it is the same, or one of them has no name", () => {
    expect(adviseOnBuild("a", "a", true, sessionStorage)).toBe("same");
    expect(adviseOnBuild("", "b", true, sessionStorage)).toBe("same");
    expect(adviseOnBuild("a", "", true, sessionStorage)).toBe("same");
  });

  it("reloads a kiosk once for each build, never in a loop", () => {
    expect(adviseOnBuild("a", "b", true, sessionStorage)).toBe("reload");
    expect(adviseOnBuild("a", "b", true, sessionStorage)).toBe("offer");
    expect(adviseOnBuild("b", "c", true, sessionStorage)).toBe("reload");
  });

  it("only offers it to a person", () => {
    expect(adviseOnBuild("a", "b", false, sessionStorage)).toBe("offer");
  });
});
