import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { anchorFor, isSeen, shiftFor, spanOf } from "./anchor";
import { type QueueItem, QueueRow } from "./QueueRow";
import styles from "./queue.module.css";
import type { Receipts } from "./receipts";
import { many } from "./words";

const WIDE_PX = 64;
const NARROW_PX = 100;
const NARROW = "(max-width: 760px)";

interface Scrolled {
  readonly top: number;
  readonly height: number;
}

function useRowHeight(): number {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const changed = () => setNarrow(media.matches);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, []);
  return narrow ? NARROW_PX : WIDE_PX;
}

/** How far the list is scrolled, and how much of it is seen. */
function useScrolled(box: RefObject<HTMLDivElement | null>): [Scrolled, () => void] {
  const [scrolled, setScrolled] = useState<Scrolled>({ top: 0, height: 0 });
  const measure = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const next = { top: element.scrollTop, height: element.clientHeight };
    setScrolled((before) => (before.top === next.top && before.height === next.height ? before : next));
  }, [box]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, measure]);
  return [scrolled, measure];
}

/** Scrolls by `px`, beyond the end of a list too short for it: the room below is taken back when it is out of sight. */
function scrollBy(element: HTMLDivElement, px: number): void {
  const list = element.firstElementChild;
  if (px === 0 || !(list instanceof HTMLElement)) return;
  const wanted = Math.max(0, element.scrollTop + px);
  list.style.minHeight = `${wanted + element.clientHeight}px`;
  element.scrollTop = wanted;
}

/** Takes back room below the list as soon as nobody sees it. */
function tidyBelow(element: HTMLDivElement, listPx: number): void {
  const list = element.firstElementChild;
  if (list instanceof HTMLElement && element.scrollTop + element.clientHeight <= listPx)
    list.style.minHeight = "";
}

/** Keeps what is read where it is when others come or go above it; answers which came above unseen. */
function useAnchor(
  box: RefObject<HTMLDivElement | null>,
  items: readonly QueueItem[],
  selectedId: string | null,
  height: number,
): ReadonlySet<string> {
  const before = useRef(items);
  const held = useRef(false);
  const [above, setAbove] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const enter = () => {
      held.current = true;
    };
    const leave = () => {
      held.current = false;
    };
    element.addEventListener("pointerenter", enter);
    element.addEventListener("pointerleave", leave);
    return () => {
      element.removeEventListener("pointerenter", enter);
      element.removeEventListener("pointerleave", leave);
    };
  }, [box]);
  useLayoutEffect(() => {
    const element = box.current;
    const old = before.current;
    before.current = items;
    if (element === null || old === items || old.length === 0) return;
    const seen = { top: element.scrollTop, height: element.clientHeight };
    const anchor = anchorFor(old, seen, height, selectedId, held.current);
    if (anchor === null) return;
    scrollBy(element, shiftFor(old, items, anchor) * height);
    const known = new Set(old.map((item) => item.id));
    const first = Math.floor(element.scrollTop / height);
    const fresh = items.slice(0, first).filter((item) => !known.has(item.id));
    if (fresh.length > 0) setAbove((ids) => new Set([...ids, ...fresh.map((item) => item.id)]));
  }, [box, items, selectedId, height]);
  return above;
}

interface Props {
  readonly items: readonly QueueItem[];
  readonly selectedId: string | null;
  readonly receipts: Receipts | null;
  readonly onExpand: (group: string) => void;
  /** Why there is nothing, where there is nothing. */
  readonly none: string;
  readonly dim: boolean;
}

/** The queue: as long as it is, only what is seen is drawn. */
export function Queue({ items, selectedId, receipts, onExpand, none, dim }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const height = useRowHeight();
  const [scrolled, measure] = useScrolled(box);
  const above = useAnchor(box, items, selectedId, height);
  const [from, to] = spanOf(scrolled, height, items.length);
  const unseen = items
    .slice(0, Math.floor(scrolled.top / height))
    .filter((item) => above.has(item.id)).length;
  const selectedAt = items.findIndex((item) => item.id === selectedId);
  const reachableAt = selectedAt >= 0 ? selectedAt : Math.ceil(scrolled.top / height);
  const broughtTo = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    // Only a new choice moves the list: what comes and goes around it does not.
    if (element === null || selectedAt < 0 || broughtTo.current === selectedId) return;
    broughtTo.current = selectedId;
    const top = selectedAt * height;
    const lowest = top + height - element.clientHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (lowest > element.scrollTop) element.scrollTop = lowest;
  }, [selectedId, height, selectedAt]);
  return (
    <div className={styles.frame}>
      <div
        ref={box}
        className={styles.scroll}
        onScroll={() => {
          measure();
          if (box.current !== null) tidyBelow(box.current, items.length * height);
        }}
        data-dim={dim}
        data-testid="queue"
      >
        <ul className={styles.list} style={{ height: items.length * height }} aria-label="Alerts">
          {items.slice(from, to).map((item, i) => (
            <QueueRow
              key={item.id}
              item={item}
              at={from + i}
              of={items.length}
              height={height}
              selected={item.id === selectedId}
              reachable={from + i === reachableAt}
              receipts={isSeen(scrolled, height, from + i) ? receipts : null}
              onExpand={onExpand}
            />
          ))}
        </ul>
        {items.length === 0 && <p className={styles.none}>{none}</p>}
      </div>
      {unseen > 0 && (
        <button
          type="button"
          className={styles.above}
          onClick={() => box.current?.scrollTo({ top: 0, behavior: "smooth" })}
        >
          ↑ {many(unseen, "new alert")} above
        </button>
      )}
    </div>
  );
}
