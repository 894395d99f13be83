import { describe, expect, it } from "vitest";
import { piecesOf } from "./texts";

describe("a text with its words", () => {
  it("is cut by bytes, whatever the letters", () => {
    const text = "Sehr schön 😊, danke";
    const bytes = (part: string) => new TextEncoder().encode(part).length;
    const from = bytes("Sehr ");
    const emoji = bytes("Sehr schön ");
    const words = [
      { from: emoji, to: emoji + 4, milli: 200 },
      { from, to: from + bytes("schön"), milli: 700 },
    ];
    expect(piecesOf(text, words).map(({ text, milli }) => [text, milli])).toEqual([
      ["Sehr ", 0],
      ["schön", 700],
      [" ", 0],
      ["😊", 200],
      [", danke", 0],
    ]);
  });
  it("loses nothing where the words overlap or lie outside", () => {
    const text = "not good at all";
    const words = [
      { from: 0, to: 8, milli: -500 },
      { from: 4, to: 8, milli: 300 },
      { from: 90, to: 95, milli: 1 },
    ];
    const pieces = piecesOf(text, words);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces[0]).toMatchObject({ text: "not good", milli: -500 });
  });
});
