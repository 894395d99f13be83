import { Link } from "wouter";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import styles from "./page.module.css";

export function NotFound() {
  useTitle("Not found");
  return (
    <div className={styles.page}>
      <Header />
      <main id="main" tabIndex={-1}>
        <h1 className={styles.h1}>There is nothing here</h1>
        <p className={styles.lead}>
          The address leads nowhere. <Link href="/">Back to the wall</Link>
        </p>
      </main>
    </div>
  );
}
