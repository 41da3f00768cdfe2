import { setTimeout as pause } from "node:timers/promises";
import { createMoonpath, type TakeAnswer } from "../../../src/index.js";
import { startProxy } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";
import { connect, ownServer } from "./connections.js";
import { formatNumber } from "./run-concurrently.js";

const CALLERS = 64;
const TIMEOUT_MS = 50;
/** So long after `timeoutMs` an answer may come, because the process has other work. */
const MARGIN_MS = 200;
const SHARE = 0.5;
const LIMIT = { quota: 1_000, periodMs: 1_000, burst: 1_000 };

/** What the callers of `limit.take` saw in one phase. */
interface Phase {
  answers: number;
  degraded: number;
  /** Degraded answers that allowed the call. */
  locally: number;
  late: number;
  slowestMs: number;
  elapsedMs: number;
}

/**
 * Callers take from one limit while Redis is a black hole, answers again, is killed, and is started
 * again. Each answer must come in time, and those without Redis must stay within the share.
 */
export async function answersWithoutRedis(run: FaultRun) {
  const server = await ownServer(run);
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const moonpath = createMoonpath(connect(run, proxy), { namespace: run.name() });
  run.onClose(moonpath, () => moonpath.close());
  await moonpath.ready();
  const { limit } = moonpath.tenant("shop");
  const take = () =>
    limit.take(
      { name: "checkout", limits: LIMIT },
      { onUnavailable: { local: SHARE }, timeoutMs: TIMEOUT_MS },
    );
  const phaseMs = run.size({ full: 20_000, quick: 1_500 });

  proxy.blackHole();
  const blackHole = await callers(run, take, phaseMs);
  proxy.heal();
  const healed = await untilRedisAnswers(run, take);
  await server.kill();
  const killed = await callers(run, take, phaseMs);
  await server.restart();
  const restarted = await untilRedisAnswers(run, take);

  const phases = [blackHole, killed];
  const sum = (pick: (phase: Phase) => number) => phases.reduce((total, phase) => total + pick(phase), 0);
  const late = sum(({ late: count }) => count);
  const above = sum((phase) => aboveShare(phase));
  const answers = sum((phase) => phase.answers);
  const slowestMs = Math.max(...phases.map((phase) => phase.slowestMs));
  return {
    size: `${formatNumber(answers)} takes without Redis`,
    figure: `${formatNumber(late)} answers after ${TIMEOUT_MS + MARGIN_MS} ms, the slowest after ${Math.ceil(slowestMs)} ms; ${formatNumber(above)} local takes above a share of ${SHARE}; answers of Redis again ${healed ? "after" : "not after"} the black hole and ${restarted ? "after" : "not after"} the start`,
    ok:
      late === 0 &&
      above === 0 &&
      answers > 0 &&
      sum(({ degraded }) => degraded) === answers &&
      sum(({ locally }) => locally) > 0 &&
      healed &&
      restarted,
  };
}

/** Calls for some time. Each caller pauses between its calls, as a server does between requests. */
async function callers(run: FaultRun, take: () => Promise<TakeAnswer>, ms: number): Promise<Phase> {
  const fromMs = performance.now();
  const phase: Phase = { answers: 0, degraded: 0, locally: 0, late: 0, slowestMs: 0, elapsedMs: 0 };
  const loop = async () => {
    while (performance.now() < fromMs + ms && !run.signal.aborted) {
      const sentAt = performance.now();
      const { outcome, degraded } = await take();
      const tookMs = performance.now() - sentAt;
      phase.answers++;
      if (degraded) phase.degraded++;
      if (degraded && outcome === "allowed") phase.locally++;
      if (tookMs > TIMEOUT_MS + MARGIN_MS) phase.late++;
      phase.slowestMs = Math.max(phase.slowestMs, tookMs);
      await pause(5);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, loop));
  phase.elapsedMs = performance.now() - fromMs;
  return phase;
}

/** How many local takes were more than the share of the burst and of the quota in that time. */
function aboveShare({ locally, elapsedMs }: Phase): number {
  const elapsedS = elapsedMs / 1_000;
  return Math.max(0, locally - Math.floor(SHARE * (LIMIT.burst + elapsedS * LIMIT.quota)));
}

/** Whether an answer of Redis comes within some seconds. */
async function untilRedisAnswers(run: FaultRun, take: () => Promise<TakeAnswer>): Promise<boolean> {
  const untilMs = performance.now() + 20_000;
  while (performance.now() < untilMs && !run.signal.aborted) {
    if (!(await take()).degraded) return true;
    await pause(20);
  }
  return false;
}
