import { describe, expect, it } from "vitest";
import { anchorFor, isSeen, shiftFor, spanOf } from "./anchor";

const items = (letters: string) => [...letters].map((id) => ({ id }));
const ROW = 60;

describe("what is read stays where it is", () => {
  it("is the chosen one while it is seen, else the first that is seen", () => {
    const list = items("abcdef");
    expect(anchorFor(list, { top: 0, height: 180 }, ROW, "c", false)).toBe("c");
    expect(anchorFor(list, { top: 120, height: 120 }, ROW, "a", false)).toBe("c");
    expect(anchorFor(list, { top: 130, height: 120 }, ROW, null, false)).toBe("c");
  });

  it("is nothing at the top of a list nobody touches", () => {
    expect(anchorFor(items("abc"), { top: 0, height: 180 }, ROW, null, false)).toBeNull();
    expect(anchorFor(items("abc"), { top: 0, height: 180 }, ROW, null, true)).toBe("a");
    expect(anchorFor([], { top: 60, height: 180 }, ROW, null, true)).toBeNull();
  });

  it("moves the list by the rows that came or went above", () => {
    expect(shiftFor(items("abc"), items("xyabc"), "b")).toBe(2);
    expect(shiftFor(items("abc"), items("bc"), "b")).toBe(-1);
    expect(shiftFor(items("abc"), items("ac"), "b")).toBe(0);
  });
});

describe("what is seen", () => {
  it("is a row of which more than half is on the screen, not what is drawn around it", () => {
    const seen = { top: 40, height: 120 };
    expect([0, 1, 2, 3].map((at) => isSeen(seen, ROW, at))).toEqual([false, true, true, false]);
    expect(isSeen({ top: 0, height: 0 }, ROW, 0)).toBe(false);
  });
});

describe("what is drawn", () => {
  it("is what is seen and a little around it, of two thousand", () => {
    expect(spanOf({ top: 60_000, height: 600 }, ROW, 2000)).toEqual([994, 1016]);
    expect(spanOf({ top: 0, height: 600 }, ROW, 3)).toEqual([0, 3]);
    expect(spanOf({ top: 9000, height: 600 }, ROW, 3)).toEqual([3, 3]);
  });
});
