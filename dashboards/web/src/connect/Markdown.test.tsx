import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { isSafe, Markdown } from "./Markdown";

it("shows headings, lists, tables, code and links", () => {
  const page =
    "# Shop\n\nSet **it** up in `nexusflow.toml`:\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\ncurl a\n```\n\n[docs](https://example.org/a)";
  const { container } = render(<Markdown text={page} />);
  expect(container.querySelector("h1")?.textContent).toBe("Shop");
  expect(container.querySelectorAll("ol li")).toHaveLength(2);
  expect(container.querySelector("td")?.textContent).toBe("1");
  expect(container.querySelector("pre")?.textContent).toBe("curl a");
  expect(container.querySelector("a")?.getAttribute("href")).toBe("https://example.org/a");
});

it("makes no element of HTML and no link of a script", () => {
  const page =
    "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](//evil.example)\n\n![c](https://example.org/c.png)";
  const { container } = render(<Markdown text={page} />);
  expect(container.querySelector("script, img, a")).toBeNull();
  expect(container.textContent).toContain("<script>alert(1)</script>");
  for (const href of ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
    expect(isSafe(href)).toBe(false);
});
