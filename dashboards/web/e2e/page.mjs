// What is asked of a page in the browser. Each function runs there, and returns plain data.

/** Every number that says where it is from, as it is seen. What is clipped away whole is not seen. */
export function numbersSeen() {
  const seen = [];
  for (const element of document.querySelectorAll("main [data-src], dialog [data-src]")) {
    const rect = element.getBoundingClientRect();
    let shown = 1;
    for (let box = element.parentElement; box !== null; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      const room = box.getBoundingClientRect();
      // Ascenders and descenders of a tight line may reach over the edge; figures do not.
      const wide = Math.min(rect.right, room.right + 1) - Math.max(rect.left, room.left - 1);
      const middle = (rect.top + rect.bottom) / 2;
      const inside = middle > room.top && middle < room.bottom;
      shown = Math.min(shown, inside ? Math.max(0, wide) / Math.max(1, rect.width) : 0);
    }
    if (shown <= 0) continue;
    const { src, raw = "", currency } = element.dataset;
    seen.push({ src, raw, currency, text: element.textContent.trim(), shown });
  }
  return seen;
}

/** Digits on the wall that do not say where they are from. */
export function strayDigits() {
  const told = "[data-src], time, [data-scale], [data-figures='not'], .axe-ignore";
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const stray = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (
      /\d/.test(node.data) &&
      node.parentElement.closest(told) === null &&
      !node.parentElement.closest("h1")
    ) {
      stray.push(node.data.trim());
    }
  }
  return stray;
}

/** Whether anything can be scrolled, and what. */
export function scrolls() {
  const page = document.documentElement;
  const inner = [...document.querySelectorAll("*")].filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const may = [overflowX, overflowY].some((value) => value === "auto" || value === "scroll");
    return may && (element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth);
  });
  return {
    across: page.scrollWidth - page.clientWidth,
    down: page.scrollHeight - page.clientHeight,
    inner: inner.map((element) => element.className || element.tagName),
  };
}

/** The smallest text that is seen, and the sizes of the large figures; in CSS pixels. */
export function textSizes() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = { size: Number.POSITIVE_INFINITY, text: "" };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    const rect = parent.getBoundingClientRect();
    const hidden = parent.closest("[aria-hidden='true'], script, noscript") !== null || rect.width <= 2;
    if (hidden || node.data.trim() === "" || parent.closest("a[href='#main']")) continue;
    const size = Number.parseFloat(getComputedStyle(parent).fontSize);
    if (size < least.size) least = { size, text: node.data.trim() };
  }
  const heroes = [...document.querySelectorAll("[data-panel]")].map((panel) => {
    const figure = panel.querySelector("[data-src$='|value']");
    return figure === null ? 0 : Number.parseFloat(getComputedStyle(figure).fontSize);
  });
  return { least, large: heroes.filter((size) => size >= 72).length };
}

/** Figures and headings that reach out of their panel, and headings whose descenders are cut. */
export function spills() {
  const out = [];
  for (const panel of document.querySelectorAll("[data-panel]")) {
    const room = panel.getBoundingClientRect();
    for (const element of panel.querySelectorAll("[data-src], h2")) {
      const rect = element.getBoundingClientRect();
      if (rect.width > 2 && (rect.right > room.right + 1 || rect.left < room.left - 1)) {
        out.push(`${panel.dataset.panel}: ${element.textContent}`);
      }
      if (element.matches("h2") && element.scrollHeight > element.clientHeight) {
        out.push(`${panel.dataset.panel}: "${element.textContent}" is cut below`);
      }
    }
  }
  return out;
}
