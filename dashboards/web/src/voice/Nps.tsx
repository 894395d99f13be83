import { StackBar } from "../charts/StackBar";
import { useTopic } from "../feed/hooks";
import { NPS_DAYS, type NpsDay } from "../feed/topics";
import { DASH } from "../format/money";
import { count, signed, tenths } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./voice.module.css";

interface Counted {
  readonly promoters: number;
  readonly detractors: number;
  readonly answers: number;
  /** The score in tenths, halves away from zero, as the server rounds; null of no answers. */
  readonly score: number | null;
}

export function npsOf(days: readonly NpsDay[]): Counted {
  const sum = (of: (day: NpsDay) => number) => days.reduce((total, day) => total + of(day), 0);
  const promoters = sum((day) => day.nps_promoters);
  const detractors = sum((day) => day.nps_detractors);
  const answers = sum((day) => day.nps_answers);
  const exact = answers === 0 ? null : (1000 * (promoters - detractors)) / answers;
  const score = exact === null ? null : Math.sign(exact) * Math.round(Math.abs(exact));
  return { promoters, detractors, answers, score };
}

/** The Net Promoter Score over the last days: the share of promoters less that of detractors. */
export function Nps({ days }: { days: string }) {
  const { rows } = useTopic(NPS_DAYS, { days });
  const { promoters, detractors, answers, score } = npsOf(rows);
  const passives = answers - promoters - detractors;
  const segments = [
    { key: "detractors", value: detractors, colour: "var(--bad)" },
    { key: "passives", value: passives, colour: "var(--column)" },
    { key: "promoters", value: promoters, colour: "var(--good)" },
  ];
  const label = `${detractors} detractors, ${passives} passives, ${promoters} promoters`;
  return (
    <section aria-labelledby="nps" className={styles.section}>
      <h2 id="nps" className={styles.h2}>
        Net Promoter Score
      </h2>
      <p className={styles.headline}>
        <Num
          className={styles.large}
          text={score === null ? DASH : signed(tenths(score), score)}
          raw={score}
          source="days|nps|score"
        />
        <span className={styles.quiet}>{count(answers)} answers</span>
      </p>
      {answers > 0 && (
        <div className={styles.strip}>
          <Sized>{(size) => <StackBar {...size} segments={segments} label={label} />}</Sized>
        </div>
      )}
    </section>
  );
}
