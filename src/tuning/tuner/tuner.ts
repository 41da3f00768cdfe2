import type { CacheMaker, RecordedCache } from "../../cache/index.js";
import { graceMsOf } from "../../core/checks.js";
import { ArgumentError, BusyError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import { readFrom } from "../../core/read-from.js";
import { SHARED_TENANT } from "../../core/shared-tenant.js";
import { stopsWithin } from "../../core/wait.js";
import type { Lock } from "../../lock/index.js";
import { addFigures, noFigures } from "../collect/figures.js";
import { tuningDefaults as defaults } from "../defaults.js";
import type { Published } from "../fleet/published.js";
import { type Decision, decide, type TunedCache } from "./decide.js";
import { type FreshTunerOptions, type ResolvedTunerOptions, resolveTunerOptions } from "./options.js";
import { type LoggedStep, StoredState, type TunerState } from "./state.js";

/** A client that makes caches and has locks: of `createMoonpath`. */
export interface TunerClient extends CacheMaker {
  tenant(name: string): { readonly lock: Pick<Lock, "using"> };
}

/** The state of the tuner, the same in every process. */
export interface TunerStatus {
  /** The fresh times that are in use, in milliseconds, by the pattern of the cache. */
  readonly freshMs: ReadonlyMap<string, number>;
  /** The last 50 steps, the oldest first. */
  readonly steps: readonly LoggedStep[];
}

/** A tuner, as `createFreshTuner` returns it. */
export interface FreshTuner {
  /** Begins to follow and to decide. A second call, or a call after `stop`, does nothing. */
  start(): void;
  /**
   * Ends it, and waits at most `graceMs` milliseconds (default 10,000) for a decision in progress. The
   * caches keep the fresh times that they have now.
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut">;
  /** Reads the state from Redis. */
  status(): Promise<TunerStatus>;
}

const LOCK = "moonpath-tuning";
/** A decision of the same period is not repeated. Timers of two processes differ by less than this part. */
const SAME_PERIOD = 0.8;

/**
 * Changes the fresh times of caches whose definition has `tuning`, within its limits, one step at a time. A
 * step that makes the figures worse is undone. Start a tuner in each process: one of them decides at a
 * time, under a lock, and all of them follow.
 *
 * ```ts
 * const figures = collectFigures(moonpath);
 * const products = moonpath.cache({
 *   pattern: "product:<product>",
 *   freshMs: 600_000,
 *   load: ({ product }) => database.product(product),
 *   figures,
 *   tuning: { minFreshMs: 60_000, maxFreshMs: 3_600_000, oldAnswerCostMs: 20 },
 * });
 * figures.start();
 * const tuner = createFreshTuner(moonpath, { figures, onStep: (step) => console.log(step.reason) });
 * tuner.start();
 * // When the service stops:
 * await tuner.stop();
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createFreshTuner(client: TunerClient, options: FreshTunerOptions): FreshTuner {
  const resolved = readFrom("options", () => {
    if (typeof client?.cache !== "function" || typeof client.tenant !== "function")
      throw new ArgumentError("client", "a client of createMoonpath");
    return resolveTunerOptions(options);
  });
  return new Tuner(client, resolved);
}

class Tuner implements FreshTuner {
  readonly #lock: Pick<Lock, "using">;
  readonly #options: ResolvedTunerOptions;
  readonly #state: StoredState;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(client: TunerClient, options: ResolvedTunerOptions) {
    this.#lock = client.tenant(SHARED_TENANT).lock;
    this.#options = options;
    this.#state = new StoredState(client, options.onError);
  }

  start(): void {
    if (this.#timer || this.#stopped.signal.aborted) return;
    this.#timer = setInterval(() => this.#begin(), this.#options.periodMs).unref();
    this.#begin();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    clearInterval(this.#timer);
    this.#stopped.abort();
    return (await stopsWithin(this.#running, graceMs)) ? "finished" : "timedOut";
  }

  async status(): Promise<TunerStatus> {
    const state = await this.#state.read();
    const times = [...(state?.caches ?? [])].map(([pattern, { freshMs }]) => [pattern, freshMs] as const);
    return { freshMs: new Map(times), steps: state?.log ?? [] };
  }

  #begin(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run()
      .catch((error: unknown) => {
        if (!this.#stopped.signal.aborted) notify(this.#options.onError, asError(error));
      })
      .finally(() => {
        this.#isRunning = false;
      });
  }

  async #run(): Promise<void> {
    const state = await this.#state.read();
    if (state) this.#follow(state);
    if (!this.#isDue(state)) return;
    const { signal } = this.#stopped;
    const options = { leaseMs: defaults.leaseMs.value, waitMs: 0, signal };
    try {
      await this.#lock.using(LOCK, options, ({ throwIfLost }) => this.#decide(throwIfLost));
    } catch (error) {
      // Another process decides.
      if (!(error instanceof BusyError)) throw error;
    }
  }

  #isDue(state: TunerState | undefined): boolean {
    return !state || Math.abs(Date.now() - state.decidedAtMs) >= SAME_PERIOD * this.#options.periodMs;
  }

  #follow({ caches }: TunerState): void {
    const { figures } = this.#options;
    for (const { pattern, limits } of figures.tunable()) {
      const tuned = caches.get(pattern);
      if (!tuned || !limits) continue;
      // Another release may have other limits.
      const freshMs = Math.min(limits.maxFreshMs, Math.max(limits.minFreshMs, tuned.freshMs));
      figures.follow(pattern, tuned.step, freshMs);
    }
  }

  async #decide(throwIfLost: () => void): Promise<void> {
    const { figures, onStep } = this.#options;
    const state = await this.#state.read();
    // Another process may have decided since.
    if (!this.#isDue(state)) return;
    const published = await figures.readAll();
    const atMs = Date.now();
    const caches = new Map(state?.caches);
    const steps: LoggedStep[] = [];
    for (const cache of figures.tunable()) {
      const { pattern } = cache;
      const { tuned, step } = nextOf(caches.get(pattern), cache, published, atMs);
      caches.set(pattern, tuned);
      if (step) steps.push({ pattern, atMs, ...step });
    }
    throwIfLost();
    const next: TunerState = { decidedAtMs: atMs, caches, log: [...(state?.log ?? []), ...steps] };
    await this.#state.write(next);
    for (const step of steps) notify(onStep, step);
    this.#follow(next);
  }
}

/** The decision on one cache, by the figures of the processes that follow its present step. */
function nextOf(
  tuned: TunedCache | undefined,
  { pattern, freshMs, limits }: RecordedCache,
  published: readonly Published[],
  atMs: number,
): Decision {
  // The number of the first step is new, because processes may have figures of an older state.
  if (!tuned || !limits) {
    const step = Math.floor(atMs / 1_000);
    return {
      tuned: { freshMs, step, previous: undefined, refused: undefined, gaps: undefined },
      step: undefined,
    };
  }
  const figures = noFigures();
  let measuredMs = 0;
  for (const cache of published.flatMap(({ caches }) => caches)) {
    if (cache.pattern !== pattern || cache.arm !== "" || cache.step !== tuned.step) continue;
    addFigures(figures, cache.sinceStep);
    measuredMs = Math.max(measuredMs, cache.sinceStepMs);
  }
  // Shorter than a life of an entry, hits are counted, and the loads that they cause are not.
  if (measuredMs < tuned.freshMs) return { tuned, step: undefined };
  return decide(tuned, figures, limits);
}
