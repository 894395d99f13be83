import { expect, it } from "vitest";
import { curl, quoted } from "./curl";

it("quotes what a shell would take apart", () => {
  expect(quoted("it's $HOME")).toBe(`'it'\\''s $HOME'`);
});

it("asks for a token where one is needed", () => {
  expect(curl("http://127.0.0.1:8080", {})).not.toContain("Bearer");
  expect(curl("https://wall.example.com", { a: 1 })).toBe(
    [
      "curl -i https://wall.example.com/api/v1/events \\",
      '  -H "authorization: Bearer $PUBLISH_TOKEN" \\',
      "  -H 'content-type: application/cloudevents+json' \\",
      `  -d '{\n  "a": 1\n}'`,
    ].join("\n"),
  );
});
