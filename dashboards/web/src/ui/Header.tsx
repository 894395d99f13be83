import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useOpenCounts } from "../alerts/hooks";
import { useFeedSnapshot } from "../feed/hooks";
import { count } from "../format/number";
import { Hidden } from "./Hidden";
import styles from "./header.module.css";

const PAGES = [
  { href: "/", label: "Wall" },
  { href: "/alerts", label: "Alerts" },
  { href: "/health", label: "Health" },
  { href: "/voice", label: "Voice" },
  { href: "/pipeline", label: "Pipeline" },
  { href: "/customers", label: "Customers" },
  { href: "/operator", label: "Operator" },
  { href: "/connect", label: "Connect" },
] as const;

export function Brand() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 26V6l18 20V6" />
    </svg>
  );
}

function isHere(location: string, href: string): boolean {
  return href === "/" ? location === "/" : location.startsWith(href);
}

/** How many of the worst are open, where there are any. */
function OpenWorst() {
  const counts = useOpenCounts();
  const open = counts === null ? 0 : counts.S1 + counts.S2;
  if (open === 0) return null;
  return (
    <span className={styles.worst} data-severity={counts?.S1 === 0 ? "S2" : "S1"}>
      {count(open)}
      <Hidden> S1 and S2 open</Hidden>
    </span>
  );
}

/** The strip at the top: whose board this is, once the server has told. On a kiosk it has no way to go anywhere. */
export function Header({ kiosk = false, children }: { kiosk?: boolean; children?: ReactNode }) {
  const [location] = useLocation();
  const { business } = useFeedSnapshot();
  const nav = useRef<HTMLElement>(null);
  // On a phone the row of pages is wider than the screen: where one is has to be in sight.
  useEffect(() => {
    const row = nav.current;
    const here = row?.querySelector<HTMLElement>("[aria-current]");
    if (row && here) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }, []);
  return (
    <header className={styles.header} data-kiosk-bar={kiosk}>
      <p className={styles.brand}>
        <Brand />
        {business === null ? (
          <span>NexusFlow</span>
        ) : (
          <>
            <Hidden>NexusFlow, </Hidden>
            <span className={styles.business}>{business}</span>
          </>
        )}
      </p>
      {!kiosk && (
        <nav ref={nav} className={styles.nav} aria-label="Pages">
          {PAGES.map(({ href, label }) => (
            <Link key={href} href={href} aria-current={isHere(location, href) ? "page" : undefined}>
              {label}
              {href === "/alerts" && <OpenWorst />}
            </Link>
          ))}
        </nav>
      )}
      {children}
    </header>
  );
}
