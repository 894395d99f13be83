import styles from "./connect.module.css";
import type { Field } from "./fields";

/** Fields, what they may hold and what they mean. */
export function FieldTable({ fields, label }: { fields: readonly Field[]; label: string }) {
  if (fields.length === 0) return <p className={styles.p}>It has no fields of its own.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={`${styles.table} ${styles.fields}`}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Holds</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, required, kind, about }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code> {required && <span className={styles.needed}>needed</span>}
              </th>
              <td>{kind}</td>
              <td>{about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
