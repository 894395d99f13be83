import type { Ref } from "react";
import styles from "./bar.module.css";
import type { Filters, Which } from "./order";
import { SEVERITIES } from "./topics";
import { KNOWN_KINDS, kindLabel, SEVERITY_WORDS } from "./words";

interface Props {
  readonly filters: Filters;
  readonly counts: Readonly<Record<Which, number>>;
  /** The kinds there are now, beside those everybody knows. */
  readonly kinds: readonly string[];
  readonly search: Ref<HTMLInputElement>;
  readonly onChange: (change: Partial<Filters>) => void;
}

const WHICH: readonly (readonly [Which, string])[] = [
  ["open", "Open"],
  ["snoozed", "Snoozed"],
  ["done", "Done"],
];

function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T | null;
  options: readonly (readonly [T, string])[];
  onChange: (value: T | null) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || null) as T | null)}
    >
      <option value="">{label}: all</option>
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  );
}

/** Which alerts are shown. It stands in the address, to be sent to a colleague. */
export function FilterBar({ filters, counts, kinds, search, onChange }: Props) {
  const all = [...new Set([...KNOWN_KINDS, ...kinds])];
  return (
    <search className={styles.filters}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here */}
      <div className={styles.group} role="group" aria-label="State">
        {WHICH.map(([which, label]) => (
          <button
            key={which}
            type="button"
            aria-pressed={filters.which === which}
            onClick={() => onChange({ which })}
          >
            {label} <span className={styles.count}>{counts[which]}</span>
          </button>
        ))}
      </div>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={filters.mine}
        onClick={() => onChange({ mine: !filters.mine })}
      >
        Mine
      </button>
      <div className={styles.finer} data-finer="">
        <Choice
          label="Severity"
          value={filters.severity}
          options={SEVERITIES.map((each) => [each, `${each} ${SEVERITY_WORDS[each]}`] as const)}
          onChange={(severity) => onChange({ severity })}
        />
        <Choice
          label="Kind"
          value={filters.kind}
          options={all.map((kind) => [kind, kindLabel(kind)] as const)}
          onChange={(kind) => onChange({ kind })}
        />
        <input
          ref={search}
          type="search"
          aria-label="Search the alerts"
          placeholder="Search  /"
          value={filters.text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      </div>
    </search>
  );
}
