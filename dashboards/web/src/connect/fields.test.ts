import { expect, it } from "vitest";
import type { Schema } from "./catalogue";
import { fieldsOf } from "./fields";

const order: Schema = {
  type: "object",
  required: ["total"],
  properties: {
    channel: { anyOf: [{ $ref: "#/$defs/Label" }, { type: "null" }], description: "Where." },
    lines: { type: "array", items: { $ref: "#/$defs/Line" } },
    total: { $ref: "#/$defs/Money", description: "All of it." },
    way: { oneOf: [{ const: "in" }, { const: "out" }] },
  },
  $defs: {
    Label: { type: "string", maxLength: 200 },
    Line: {
      type: "object",
      required: ["quantity"],
      properties: { quantity: { type: "integer", minimum: 0, maximum: 9 } },
    },
    Money: { type: "object", required: ["minor"], properties: { minor: { type: "integer" } } },
  },
};

it("says of every field whether it is needed, what it holds and what is inside", () => {
  expect(fieldsOf(order)).toEqual([
    {
      path: "total",
      required: true,
      kind: 'money, such as {"minor": 1250, "currency": "EUR"}',
      about: "All of it.",
    },
    { path: "channel", required: false, kind: "text, at most 200 bytes", about: "Where." },
    { path: "lines", required: false, kind: "list of line", about: "" },
    { path: "lines[].quantity", required: true, kind: "integer, 0 to 9", about: "" },
    { path: "way", required: false, kind: "in | out", about: "" },
  ]);
});
