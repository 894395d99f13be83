// Which build of the app this page runs, and what to do when the server has another.

const RELOADED_FOR = "nexusflow.reloaded-for";

/** The name `plugins/stamp-build.ts` gave this build; empty under the development server. */
export function ownBuild(doc: Document = document): string {
  const build = doc.querySelector<HTMLMetaElement>('meta[name="nexusflow-build"]')?.content ?? "";
  return build.startsWith("__") ? "" : build;
}

export type BuildAdvice = "same" | "offer" | "reload";

/**
 * A screen on a wall has nobody to reload it, so it does so itself, but once for each build: if the reload brings
 * the old page again (a cache in between), a loop would help nobody.
 */
export function adviseOnBuild(own: string, server: string, kiosk: boolean, memory: Storage): BuildAdvice {
  if (own === "" || server === "" || own === server) return "same";
  if (!kiosk) return "offer";
  if (memory.getItem(RELOADED_FOR) === server) return "offer";
  memory.setItem(RELOADED_FOR, server);
  return "reload";
}
