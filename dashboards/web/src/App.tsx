import { type ComponentType, lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Route, Switch, useSearch } from "wouter";
import { Calls } from "./alerts/Calls";
import { useAlertWatch } from "./alerts/hooks";
import { getAccess, subscribeAccess } from "./api/session";
import { adviseOnBuild, type BuildAdvice, ownBuild } from "./feed/build";
import { FeedContext, useFeedSnapshot } from "./feed/hooks";
import type { Feed } from "./feed/store";
import { AlertQuality } from "./pages/AlertQuality";
import { Alerts } from "./pages/Alerts";
import { AlertsTv } from "./pages/AlertsTv";
import { Customer } from "./pages/Customer";
import { Customers } from "./pages/Customers";
import { DeadLetters } from "./pages/DeadLetters";
import { Deliveries } from "./pages/Deliveries";
import { Keys } from "./pages/Keys";
import { NotFound } from "./pages/NotFound";
import { Operator } from "./pages/Operator";
import { Silences } from "./pages/Silences";
import { Wall } from "./pages/Wall";
import { SignIn } from "./ui/SignIn";
import styles from "./ui/ui.module.css";

/** A page that is fetched when somebody opens it: the wall does without. */
function onDemand(load: () => Promise<ComponentType>): ComponentType {
  const Page = lazy(async () => ({ default: await load() }));
  return () => (
    <Suspense fallback={null}>
      <Page />
    </Suspense>
  );
}

const Health = onDemand(async () => (await import("./pages/Health")).Health);
const Pipeline = onDemand(async () => (await import("./pages/Pipeline")).Pipeline);
const Publishers = onDemand(async () => (await import("./pages/Publishers")).Publishers);
const Voice = onDemand(async () => (await import("./pages/Voice")).Voice);

/** Compares this page's build with the server's; a kiosk reloads itself, anybody else is asked. */
function useBuildAdvice(): BuildAdvice {
  const server = useFeedSnapshot().welcome?.build ?? "";
  const [advice, setAdvice] = useState<BuildAdvice>("same");
  useEffect(() => {
    const kiosk = new URLSearchParams(location.search).get("kiosk") === "1";
    const next = adviseOnBuild(ownBuild(), server, kiosk, sessionStorage);
    setAdvice(next);
    if (next === "reload") location.reload();
  }, [server]);
  return advice;
}

function NewBuild() {
  const advice = useBuildAdvice();
  const kiosk = new URLSearchParams(location.search).get("kiosk") === "1";
  if (advice !== "offer" || kiosk) return null;
  return (
    <div className={styles.notice} role="status">
      A newer version is here.{" "}
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}

function Refused({ why }: { why: string }) {
  return (
    <main id="main" tabIndex={-1} className={styles.refused}>
      <h1>NexusFlow does not answer this browser</h1>
      <p>It says: {why}.</p>
    </main>
  );
}

/** From the first of these pages on, whatever is shown, somebody is called when something serious comes. */
function Console({ of: Page }: { of: ComponentType }) {
  const watch = useAlertWatch();
  useEffect(() => watch.start(), [watch]);
  return <Page />;
}

function Pages() {
  const isKiosk = new URLSearchParams(useSearch()).get("kiosk") === "1";
  return (
    <Switch>
      <Route path="/" component={Wall} />
      <Route path="/pipeline" component={Pipeline} />
      <Route path="/customers" component={Customers} />
      <Route path="/customers/:id">{({ id }) => <Customer key={id} id={id} />}</Route>
      <Route path="/voice" component={Voice} />
      <Route path="/health" component={Health} />
      <Route path="/operator" component={Operator} />
      <Route path="/operator/dead-letters" component={DeadLetters} />
      <Route path="/operator/keys" component={Keys} />
      <Route path="/alerts/tv" component={AlertsTv} />
      <Route path="/alerts/silences">{() => <Console of={Silences} />}</Route>
      <Route path="/alerts/deliveries">{() => <Console of={Deliveries} />}</Route>
      <Route path="/alerts/quality">{() => <Console of={AlertQuality} />}</Route>
      <Route path="/alerts">{isKiosk ? <AlertsTv /> : <Console of={Alerts} />}</Route>
      <Route path="/alerts/:customer/:alert">{() => <Console of={Alerts} />}</Route>
      <Route path="/connect" component={Publishers} />
      <Route path="/connect/*" component={Publishers} />
      <Route path="/api/docs" component={Publishers} />
      <Route component={NotFound} />
    </Switch>
  );
}

export function App({ feed }: { feed: Feed }) {
  const access = useSyncExternalStore(subscribeAccess, getAccess);
  return (
    <FeedContext value={feed}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      {access.kind === "open" && (
        <>
          <Pages />
          <Calls />
        </>
      )}
      {access.kind === "needed" && <SignIn onSignedIn={feed.reconnectNow} />}
      {access.kind === "refused" && <Refused why={access.why} />}
      <NewBuild />
    </FeedContext>
  );
}
