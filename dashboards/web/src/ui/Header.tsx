import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useFeedSnapshot } from "../feed/hooks";
import { Hidden } from "./Hidden";
import styles from "./header.module.css";

const PAGES = [
  { href: "/", label: "Wall" },
  { href: "/customers", label: "Customers" },
  { href: "/operator", label: "Operator" },
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

/** The strip at the top: whose board this is, once the server has told. On a kiosk it has no way to go anywhere. */
export function Header({ kiosk = false, children }: { kiosk?: boolean; children?: ReactNode }) {
  const [location] = useLocation();
  const { business } = useFeedSnapshot();
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
        <nav className={styles.nav} aria-label="Pages">
          {PAGES.map(({ href, label }) => (
            <Link key={href} href={href} aria-current={isHere(location, href) ? "page" : undefined}>
              {label}
            </Link>
          ))}
        </nav>
      )}
      {children}
    </header>
  );
}
