import { randomUUID } from "node:crypto";
import type { EngineUnderTest } from "./engine.js";
import type { Fault, Finding } from "./fault.js";
import type { FaultRun, Scale } from "./fault-run.js";

/** The result of a fault, with its run. */
export interface Outcome extends Finding {
  readonly id: number;
  readonly name: string;
  readonly engine: string;
  readonly scale: Scale;
  readonly elapsedMs: number;
}

export interface RunOptions {
  readonly scale: Scale;
  readonly engine: EngineUnderTest;
  /** The time limit. A run that exceeds it counts as failed. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  progress(fault: Fault, text: string): void;
}

/** The time limit for all `onClose` functions. */
const STOP_LIMIT_MS = 30_000;

/** Runs one fault to its end in any case, and stops everything that it started. */
export async function runFault(fault: Fault, options: RunOptions): Promise<Outcome> {
  const started = performance.now();
  const stops: (() => unknown)[] = [];
  const limit = AbortSignal.timeout(options.limitMs);
  const broken = new AbortController();
  let isStopped = false;
  const run: FaultRun = {
    scale: options.scale,
    binary: options.engine.binary,
    size: (of) => of[options.scale],
    name: () => `fault-${fault.id}-${randomUUID().slice(0, 8)}`,
    progress: (text) => options.progress(fault, text),
    onClose: (thing, stop) => {
      // An aborted run may still start something, which would keep the command from its end.
      if (isStopped) stopAll([() => stop(thing)]);
      else stops.push(() => stop(thing));
      return thing;
    },
    fail: (error) => broken.abort(error),
    signal: AbortSignal.any([options.signal, limit, broken.signal]),
  };
  const finding = await Promise.race([fault.run(run), aborted(run.signal)]).catch(failed);
  isStopped = true;
  await Promise.race([stopAll(stops), new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref())]);
  return {
    id: fault.id,
    name: fault.name,
    engine: options.engine.title,
    scale: options.scale,
    elapsedMs: Math.round(performance.now() - started),
    ...finding,
  };
}

function failed(error: unknown): Finding {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { size: "", figure: "the run itself failed", control: "", ok: false, note: message };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}

async function stopAll(stops: readonly (() => unknown)[]): Promise<void> {
  for (const stop of [...stops].reverse()) {
    try {
      await stop();
    } catch {
      // A failed stop must not prevent the other stops.
    }
  }
}
