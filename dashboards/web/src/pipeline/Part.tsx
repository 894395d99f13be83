import type { ReactNode } from "react";
import sections from "../pages/sections.module.css";
import styles from "./pipeline.module.css";

interface Props {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly dim: boolean;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A part of the page with its heading. */
export function Part({ id, title, about, dim, isWide = false, children }: Props) {
  return (
    <section
      className={isWide ? `${styles.part} ${styles.wide}` : styles.part}
      data-dim={dim}
      aria-labelledby={id}
    >
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        <p>{about}</p>
      </header>
      {children}
    </section>
  );
}

/** Why there is nothing to be seen. */
export function None({ children }: { children: ReactNode }) {
  return <p className={styles.note}>{children}</p>;
}

/** The head of a table: what its rows are, and the numbers that are told of each. */
export function Head({ first, numbers }: { first: string; numbers: readonly string[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {numbers.map((name) => (
          <th key={name} scope="col" className={sections.number}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
