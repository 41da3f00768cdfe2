import { type BuiltRoute, builtRoutes } from "./build-files.js";
import { nextDefaults as defaults } from "./defaults.js";
import type { FleetStore } from "./fleet-store.js";
import { tagsOf } from "./names.js";
import { keepMsOf, pageTagsOf } from "./page-handler.js";

/** What `registerInitialCache` has done with the pages of the build. */
export interface InitialCacheResult {
  /** `done`: another process has registered them before, or does so now. `away`: Redis does not answer. */
  readonly outcome: "registered" | "done" | "away";
  /** Pages that are stored now. */
  readonly stored: number;
  /** Pages that were not: an entry is there, or one of their tags may have been purged since the build. */
  readonly left: number;
}

const RETRY_MS = 100;

/**
 * Stores the pages of the build, once in the fleet. Never over an entry, or under a purged tag. If Redis does
 * not answer, for example because the process has just begun to connect, it tries again. Never rejects.
 */
export async function registerPages(
  store: FleetStore,
  distDir: string,
  maxKeepMs: number,
): Promise<InitialCacheResult> {
  const giveUpAt = performance.now() + defaults.registerMs.value;
  for (;;) {
    let failure: unknown;
    try {
      const result = await tryRegister(store, distDir, maxKeepMs);
      if (result.outcome !== "away") return result;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= giveUpAt) {
      if (failure !== undefined) store.report(failure);
      return AWAY;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function tryRegister(
  store: FleetStore,
  distDir: string,
  maxKeepMs: number,
): Promise<InitialCacheResult> {
  const { entries, names } = store;
  const clock = await entries.tags.storedClock();
  // At once, because a purge between the two readings would count as older than the build.
  const opened = clock === undefined ? await entries.tags.clock() : undefined;
  const mark = await entries.read(names.mark, { tags: [] });
  if (mark.kind === "away") return AWAY;
  if (mark.kind !== "granted") return { outcome: "done", stored: 0, left: 0 };
  try {
    if (!(await mark.lease.prepare(false))) return AWAY;
    const routes = await builtRoutes(distDir);
    const builtAs = clockOfBuild(store, routes, opened);
    const stored = await countStored(routes, (route) => registerPage(store, route, builtAs, maxKeepMs));
    await mark.lease.store({ value: { kind: "mark" }, keepMs: maxKeepMs, addedTags: [] });
    return { outcome: "registered", stored, left: routes.length - stored };
  } finally {
    mark.lease.release();
  }
}

const AWAY: InitialCacheResult = { outcome: "away", stored: 0, left: 0 };

async function registerPage(
  store: FleetStore,
  route: BuiltRoute,
  builtAs: number,
  maxKeepMs: number,
): Promise<boolean> {
  const { entries, names } = store;
  const built = await route.read();
  if (!built) return false;
  const { key, value, cacheControl } = built;
  const reading = await entries.read(names.of("page", key), { tags: [] });
  if (reading.kind === "found") reading.lease?.release();
  if (reading.kind !== "granted") return false;
  const { lease } = reading;
  const tags = pageTagsOf(value);
  const ageMs = Math.max(0, store.nowMs() - route.writtenMs);
  const madeMs = store.nowMs() - ageMs;
  const page = { kind: "page", tags, cacheControl, value, madeMs, clock: builtAs } as const;
  const keepMs = Math.floor(Math.min(keepMsOf(page, maxKeepMs), maxKeepMs) - ageMs);
  lease.prepareMade(builtAs);
  const isStored = keepMs > 0 && (await lease.store({ value: page, keepMs, addedTags: tagsOf(tags) }));
  if (isStored) lease.end();
  else lease.release();
  return isStored;
}

/** How many routes were stored. So many run at once: */
const AT_ONCE = 16;

async function countStored(
  routes: readonly BuiltRoute[],
  register: (route: BuiltRoute) => Promise<boolean>,
): Promise<number> {
  let stored = 0;
  const rest = routes.values();
  const run = async () => {
    for (const route of rest) if (await register(route)) stored++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  return stored;
}

/** For so long the server keeps the clock after an invalidation; see `cache.raise_clock`. */
const CLOCK_KEPT_MS = 86_400_000;

/**
 * The reading of the tenant's clock with which the build counts as begun. The clock is at least the server's
 * time in microseconds when it is raised. If the server had none, no tag was invalidated for a day.
 *
 * @param opened the reading of a clock that the server did not have before
 */
function clockOfBuild(store: FleetStore, routes: readonly BuiltRoute[], opened: number | undefined): number {
  const writtenMs = routes.reduce((first, route) => Math.min(first, route.writtenMs), store.nowMs());
  const begunMs = writtenMs - defaults.buildMarginMs.value;
  const isYoung = store.nowMs() - begunMs < CLOCK_KEPT_MS;
  return opened !== undefined && isYoung ? opened : Math.max(0, Math.floor(begunMs * 1_000));
}
