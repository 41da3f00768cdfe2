import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from "vitest";
import { plant } from "../../../test/support/lua/mutated.js";
import { PLAN_VARIABLE, type Plan, type PlantedScript, type Trial } from "./plan.js";
import { appendOutcome, Outcomes } from "./results.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The time limit of a test with a mutant: this time, plus ten times its time without a mutant. */
const MIN_LIMIT_MS = 3_000;
const LIMIT_FACTOR = 10;
/** If a failed test takes less than this time, it runs once more without the mutant. */
const REPEATED_BELOW_MS = 500;

/** The parts of a generated script that a mutant changes. */
type Target = PlantedScript & {
  readonly name: string;
  readonly encode: object;
  readonly many?: { readonly write?: object } | undefined;
};

/**
 * Runs each test once without a mutant. Then it runs the test with each mutant that no test has
 * found and whose script the test calls. The test itself counts as passed, because its findings are
 * in the file of outcomes.
 */
export default class MutationRunner extends TestRunner {
  readonly #plan = readPlan();
  readonly #targets = new Map<string, { readonly target: Target; readonly original: PlantedScript }>();
  /** Scripts that the running test has called. */
  readonly #called = new Set<string>();
  #trials: readonly Trial[] = [];
  #file = { path: "", digest: "" };
  #failed = false;
  #redis: Redis | undefined;

  async onBeforeRunFiles(files: RunnerTestFile[]): Promise<void> {
    const path = relative(ROOT, files[0]?.filepath ?? "");
    const digests = new Map(this.#plan.files.map((file) => [file.path, file.digest]));
    this.#file = { path, digest: digests.get(path) ?? "" };
    const outcomes = Outcomes.read(this.#plan.results, digests);
    this.#trials = this.#plan.trials.filter(
      ({ key }) => outcomes.foundBy(key) === undefined && !outcomes.survived(key, path),
    );
    this.#redis = new Redis(String(this.injectValue("redisUrl")));
    // Vitest loads the runner's modules before those of the test file, so this instance belongs to
    // the test file.
    const { scripts } = await import("../../../src/index.js");
    for (const operations of Object.values(scripts)) {
      for (const script of Object.values(operations)) this.#watch(script);
    }
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    if (this.#mayFind(test).length === 0) return;
    this.#called.clear();
    const elapsedMs = await this.#runWithout(run);
    const called = new Set(this.#called);
    for (const trial of this.#mayFind(test)) {
      if (!Object.keys(trial.scripts).some((name) => called.has(name))) continue;
      const error = await this.#failureWith(trial, run, elapsedMs);
      if (error === undefined) continue;
      this.#trials = this.#trials.filter((other) => other !== trial);
      this.#record(trial, true, test.fullTestName, firstLine(error));
    }
  }

  /**
   * Runs the test on the scripts without a mutant, and returns its time. A failure fails the run.
   */
  async #runWithout(run: () => unknown): Promise<number> {
    await this.#redis?.flushall();
    const start = performance.now();
    try {
      await run();
    } catch (error) {
      this.#failed = true;
      throw error;
    }
    return performance.now() - start;
  }

  /**
   * Returns the error of the test with the trial's mutant; undefined if it passes. After a failure,
   * the test runs without the mutant and must pass. Otherwise the failure does not count. A timeout
   * must happen twice, because the machine may have been busy.
   */
  async #failureWith(trial: Trial, run: () => unknown, elapsedMs: number): Promise<unknown> {
    const error = await this.#tryWith(trial, run, elapsedMs);
    const isQuick = elapsedMs < REPEATED_BELOW_MS;
    if (error === undefined || (!isQuick && !isTimeout(error))) return error;
    const again = await this.#runWithout(run).catch(async (first: unknown) => {
      // Calls of the failed run may still be in flight.
      await delay(REPEATED_BELOW_MS);
      this.#failed = false;
      return await this.#runWithout(run).catch(() => {
        throw new Error("the test cannot be repeated in one process", { cause: first });
      });
    });
    return isTimeout(error) ? this.#tryWith(trial, run, Math.max(elapsedMs, again)) : error;
  }

  async #tryWith(trial: Trial, run: () => unknown, elapsedMs: number): Promise<unknown> {
    const limitMs = MIN_LIMIT_MS + LIMIT_FACTOR * elapsedMs;
    const over = new AbortController();
    await this.#redis?.flushall();
    for (const [name, planted] of Object.entries(trial.scripts)) this.#assign(name, planted);
    try {
      await Promise.race([
        run(),
        delay(limitMs, undefined, { signal: over.signal }).then(() => {
          throw new Error(`the test timed out after ${Math.round(limitMs)} ms`);
        }),
      ]);
      return undefined;
    } catch (error) {
      return isGuardNotFound(error) ? undefined : error;
    } finally {
      over.abort();
      for (const name of Object.keys(trial.scripts)) this.#assign(name, this.#targets.get(name)?.original);
    }
  }

  override onAfterRunFiles(): void {
    super.onAfterRunFiles();
    this.#redis?.disconnect();
    if (this.#failed) return;
    for (const trial of this.#trials) this.#record(trial, false, "", "");
  }

  #record({ key }: Trial, found: boolean, test: string, error: string): void {
    const { path: file, digest } = this.#file;
    appendOutcome(this.#plan.results, { key, file, digest, found, test, error });
  }

  /** The remaining trials, except those of scripts that the test's title excludes. */
  #mayFind(test: RunnerTestCase): readonly Trial[] {
    const words = test.fullTestName.match(/\b[a-z]+\.[a-z_]+\b/g) ?? [];
    const named = words.filter((word) => this.#targets.has(word));
    if (named.length === 0) return this.#trials;
    return this.#trials.filter((trial) => named.some((name) => name in trial.scripts));
  }

  #watch(script: Target): void {
    const called = this.#called;
    const { name, lua, digest, lines } = script;
    this.#targets.set(name, { target: script, original: { lua, digest, lines } });
    const watched = (original: Target["encode"]) =>
      new Proxy(original, {
        apply(target, self, args) {
          called.add(name);
          return typeof target === "function" ? Reflect.apply(target, self, args) : undefined;
        },
      });
    Object.defineProperty(script, "encode", { value: watched(script.encode) });
    // A call that may leave with others is written, and not encoded.
    const { many } = script;
    if (many?.write) Object.defineProperty(many, "write", { value: watched(many.write) });
  }

  #assign(name: string, values: PlantedScript | undefined): void {
    const found = this.#targets.get(name);
    if (found === undefined || values === undefined) throw new Error(`there is no script ${name}`);
    plant(found.target, values);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timed out (in|after)/i.test(error.message);
}

/** The mutant removed the text that the test itself removes with `without`. */
function isGuardNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === "GuardNotFoundError";
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").slice(0, 200) || "an error without a message";
}

function readPlan(): Plan {
  const path = process.env[PLAN_VARIABLE];
  if (path === undefined) throw new Error(`${PLAN_VARIABLE} names no plan: run npm run mutate`);
  const plan: Plan = JSON.parse(readFileSync(path, "utf8"));
  return plan;
}
