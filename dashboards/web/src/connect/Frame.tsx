import type { ReactNode } from "react";
import { Link } from "wouter";
import type { ApiError } from "../api/get";
import page from "../pages/page.module.css";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import styles from "./connect.module.css";

/** What every page for publishers has: where one is, and how to get back. */
export function Frame({
  title,
  children,
  up,
}: {
  title: string;
  children: ReactNode;
  up?: readonly [string, string][];
}) {
  useTitle(title);
  return (
    <div className={page.page}>
      <Header />
      <main id="main" tabIndex={-1} className={styles.body}>
        {up !== undefined && (
          <nav className={styles.way} aria-label="Where this is">
            {up.map(([href, label]) => (
              <span key={href}>
                <Link href={href}>{label}</Link> /
              </span>
            ))}
          </nav>
        )}
        {children}
      </main>
    </div>
  );
}

/** Until something is there, or instead of it. */
export function Waiting({ error }: { error: ApiError | null }) {
  return error === null ? (
    <p className={page.lead}>Loading…</p>
  ) : (
    <p className={page.problem} role="alert">
      {error.message}
    </p>
  );
}
