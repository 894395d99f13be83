import { useEffect } from "react";
import { useLocation, useSearch } from "wouter";
import { useTopic } from "../feed/hooks";
import { HEALTH, HEALTH_KINDS, RISK } from "../feed/topics";
import { Chosen } from "../health/Chosen";
import { Distribution } from "../health/Distribution";
import styles from "../health/health.module.css";
import { Mean } from "../health/Mean";
import { Movers } from "../health/Movers";
import { RiskQueue } from "../health/RiskQueue";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import page from "./page.module.css";

/** The address says what is looked at, so that it can be sent to somebody. */
function useAddress(): [URLSearchParams, (change: Record<string, string | null>) => void] {
  const [, go] = useLocation();
  const params = new URLSearchParams(useSearch());
  const change = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(text === "" ? "/health" : `/health?${text}`, { replace: true });
  };
  return [params, change];
}

/** How healthy the customers are, who is at risk, who moved, and what makes one customer's score. */
export function Health() {
  useTitle("Health");
  const [params, change] = useAddress();
  const kind = params.get("kind") ?? "";
  const owner = params.get("owner") ?? "";
  const days = params.get("days") ?? "7";
  const only: Record<string, string> = {};
  if (kind !== "") only.kind = kind;
  if (owner !== "") only.owner = owner;
  const bands = useTopic(HEALTH);
  const kinds = useTopic(HEALTH_KINDS);
  const risk = useTopic(RISK, only);
  const chosen = params.get("customer") ?? risk.rows[0]?.customer ?? null;
  const choose = (customer: string) => change({ customer });
  // On a phone what was chosen is below: go there.
  const said = params.get("customer");
  useEffect(() => {
    if (said === null || matchMedia("(min-width: 1000px)").matches) return;
    document.getElementById("chosen")?.scrollIntoView({ block: "start" });
  }, [said]);
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={bands.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <h1 className={page.h1}>Health</h1>
        <div className={styles.overview}>
          <Distribution bands={bands.rows} kinds={kinds.rows} dim={bands.dim} />
          <Mean />
        </div>
        <div className={styles.work}>
          <div className={styles.lists}>
            <RiskQueue
              rows={risk.rows}
              view={risk.view}
              dim={risk.dim}
              chosen={chosen}
              kinds={kinds.rows.map((row) => row.kind).filter((each) => each !== "")}
              kind={kind}
              owner={owner}
              onChoose={choose}
              onFilter={change}
            />
            <Movers
              only={only}
              days={days}
              onDays={(next) => change({ days: next === "7" ? null : next })}
              onChoose={choose}
              chosen={chosen}
            />
          </div>
          <section id="chosen" className={styles.chosen} aria-labelledby="chosen-name">
            {chosen === null ? (
              <>
                <h2 id="chosen-name" className={page.h2}>
                  One customer
                </h2>
                <p className={page.quiet}>Choose a customer to see what makes their score.</p>
              </>
            ) : (
              <Chosen key={chosen} id={chosen} />
            )}
          </section>
        </div>
      </main>
    </div>
  );
}
