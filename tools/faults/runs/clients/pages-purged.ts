import { setTimeout as pause } from "node:timers/promises";
import { createHttpCache } from "../../../../src/http-cache/index.js";
import { createMoonpath } from "../../../../src/index.js";
import { type Proxy as ServerProxy, startProxy } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import { type FaultRun, startWorker, type Worker } from "../../fault-run.js";
import { epochMs, type PagesSeen, PRODUCTS, Purges, type ToPages } from "../../support/cache/purged-pages.js";
import { Source } from "../../support/cache/source.js";
import { clientName } from "../../support/client-under-test.js";
import { connect, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const PROCESSES = 4;
/** From a purge's return. */
const BOUND_MS = 50;
/** L1 finds a silent connection within `heartbeatMs`. */
const SILENT_MS = 1_000;
const REPORT_EVERY = 200;
const CUT_EVERY_MS = 10;

/** What the visitors of one run have got. */
interface Visits {
  readonly changes: number;
  readonly checked: number;
  readonly old: number;
  readonly oldestMs: number;
  /** Of the process that was cut off. */
  readonly oldestCutOffMs: number;
  readonly ofOrigin: number;
  readonly failed: number;
  readonly pending: number;
}

/** When the link of the last process was not usable. */
interface Cuts {
  readonly closedMs: number;
  readonly silentMs: number;
  silentFrom: number;
  silentUntil: number;
}

/**
 * Products change all the time, and four processes serve their pages. From a purge's return, none of them
 * serves what was before it. The link of one process is closed, and later silent.
 */
export const pagesPurged: Fault = {
  id: 29,
  name: "Pages and data purged under load, while a process is cut off from Redis",
  async run(run) {
    const changes = run.size({ full: 10_000, quick: 300 });
    const cutMs = run.size({ full: 5_000, quick: 1_500 });
    const cuts: Cuts = {
      closedMs: cutMs,
      silentMs: cutMs,
      silentFrom: Number.POSITIVE_INFINITY,
      silentUntil: Number.POSITIVE_INFINITY,
    };
    const seen = await visited(run, changes, cuts);
    run.progress("the control");
    const control = await visited(run, Math.min(changes, 300), undefined);
    return {
      size: `${formatNumber(seen.changes)} changes of ${PRODUCTS.length} products, ${formatNumber(seen.checked)} pages of ${PROCESSES} processes; the link of one was closed for ${cutMs / 1_000} s, and silent for ${cutMs / 1_000} s`,
      figure: `${seen.old} old pages or data more than ${BOUND_MS} ms after a purge's return, the oldest after ${Math.ceil(seen.oldestMs)} ms. Of the process that was cut off, the oldest after ${Math.ceil(seen.oldestCutOffMs)} ms (at most ${SILENT_MS + BOUND_MS} while its link was silent). Its handler answered ${formatNumber(seen.ofOrigin)} of its visitors; ${seen.failed} failed, ${seen.pending} purges were pending`,
      control: `pages that each process keeps for a second, and DEL: ${formatNumber(control.old)} of ${formatNumber(control.checked)} old, the oldest after ${Math.ceil(control.oldestMs)} ms`,
      ok:
        seen.old + seen.failed + seen.pending === 0 &&
        seen.checked > 0 &&
        seen.ofOrigin > 0 &&
        control.old > 0,
    };
  },
};

async function visited(run: FaultRun, changes: number, cuts: Cuts | undefined): Promise<Visits> {
  const [server, sourceServer] = await Promise.all([ownServer(run), ownServer(run)]);
  const source = new Source(connect(run, sourceServer), run.name());
  const proxy = run.onClose(await startProxy(server), (one) => one.stop());
  const namespace = run.name();
  const hasL1 = clientName().startsWith("node-redis") ? 0 : 1;
  const workers = Array.from({ length: PROCESSES }, (_, own) =>
    startWorker(run, "pages", {
      port: own === PROCESSES - 1 ? proxy.port : server.port,
      password: server.password,
      namespace,
      sourcePort: sourceServer.port,
      sourcePassword: sourceServer.password,
      prefix: source.prefix,
      hasL1,
      isPlain: cuts ? 0 : 1,
    }),
  );
  await Promise.all(workers.map((worker) => worker.receive()));
  const redis = connect(run, server);
  const moonpath = run.onClose(createMoonpath(redis, { namespace }), (one) => one.close());
  await moonpath.ready();
  const cache = createHttpCache(moonpath, { tenant: "shop", policies: {}, cacheTimeoutMs: 5_000 });

  const purges = new Purges();
  const total = { checked: 0, old: 0, oldestMs: 0, oldestCutOffMs: 0, ofOrigin: 0, failed: 0 };
  const isSilent = (at: number) => cuts && at >= cuts.silentFrom && at <= cuts.silentUntil + BOUND_MS;
  const collect = async () => {
    const reports = await Promise.all(workers.map(reportOf));
    for (const [own, { answers, failed, ofOrigin }] of reports.entries()) {
      const isCutOff = own === PROCESSES - 1;
      const bound = (at: number) => (isCutOff && isSilent(at) ? SILENT_MS + BOUND_MS : BOUND_MS);
      const { checked, old, oldestMs } = purges.check(answers, bound);
      total.checked += checked;
      total.old += old;
      total.failed += failed;
      total.ofOrigin += ofOrigin;
      if (isCutOff) total.oldestCutOffMs = Math.max(total.oldestCutOffMs, oldestMs);
      else total.oldestMs = Math.max(total.oldestMs, oldestMs);
    }
  };
  const cutting = cuts && cutOff(proxy, cuts, run.signal);
  cutting?.catch(() => undefined);
  let pending = 0;
  const purge = async (product: string): Promise<void> => {
    if (!cuts) await redis.del(`${namespace}:${product}`);
    else if ((await cache.invalidateTags([`product:${product}`])) === "pending") pending++;
  };
  let isCutting = cuts !== undefined;
  cutting?.finally(() => {
    isCutting = false;
  });
  let change = 0;
  for (; change < changes || isCutting; change++) {
    run.signal.throwIfAborted();
    const place = change % PRODUCTS.length;
    const product = PRODUCTS[place] ?? "";
    const version = await source.raise(product);
    await purge(product);
    purges.returned(place, version);
    await pause(2);
    if (change % REPORT_EVERY === REPORT_EVERY - 1) {
      run.progress(`${change + 1} changes`);
      await collect();
    }
  }
  await cutting;
  // Requests that have begun before the last purge may still be on their way.
  await pause(4 * BOUND_MS);
  await collect();
  for (const worker of workers) worker.send({ kind: "end" } satisfies ToPages);
  await Promise.all(workers.map(({ ended }) => ended));
  return { ...total, changes: change, pending };
}

/** The link of one process is closed, and later silent. */
async function cutOff(proxy: ServerProxy, cuts: Cuts, signal: AbortSignal): Promise<void> {
  await pause(cuts.closedMs / 2, undefined, { signal });
  const closedUntil = performance.now() + cuts.closedMs;
  while (performance.now() < closedUntil) {
    proxy.cut();
    await pause(CUT_EVERY_MS, undefined, { signal });
  }
  await pause(cuts.closedMs / 2, undefined, { signal });
  cuts.silentFrom = epochMs();
  proxy.blackHole();
  await pause(cuts.silentMs, undefined, { signal });
  proxy.heal();
  cuts.silentUntil = epochMs();
}

async function reportOf(worker: Worker): Promise<PagesSeen> {
  worker.send({ kind: "report" } satisfies ToPages);
  const seen: PagesSeen = JSON.parse(JSON.stringify(await worker.receive()));
  return seen;
}
