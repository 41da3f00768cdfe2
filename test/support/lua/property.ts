import * as fc from "fast-check";
import { expect, TestRunner } from "vitest";
import { scripts } from "../../../src/index.js";
import { type ModelSeeds, seedsFrom } from "./seeds.js";

declare module "vitest" {
  interface TaskMeta {
    /** How many commands a model has tried; in the report of a reporter such as `json`. */
    modelSteps?: number;
  }
}

/**
 * How many commands the models of all domains together try, and how long a sequence of them gets.
 */
const totalSteps = Number(process.env["MODEL_STEPS"] ?? 10_500);
const maxLength = 50;

/** How many of them each model tries: every domain has one model. */
const steps = Math.ceil(totalSteps / Object.keys(scripts).length);

/** Sequences of each fixed seed, and of each random one. */
const sequencesPerSeed = 10;

let subjects = 0;

/** A name that no other sequence of this file has used. */
export function freshName(): string {
  return `thing-${++subjects}`;
}

/**
 * Checks sequences of commands against a model: those of the fixed seeds first, then random ones,
 * until the model's share of steps has been taken. On a failure fast-check prints the seed, the
 * path and the shortest sequence that still fails.
 *
 * `MODEL_STEPS=100000` takes that many steps over all models, and prints how many each has really
 * taken. `MODEL_SEEDS=fixed` leaves the random sequences out; `MODEL_SEEDS=7,8` takes these seeds
 * instead of the fixed ones.
 */
export async function checkModel<Command>(
  command: fc.Arbitrary<Command>,
  run: (commands: readonly Command[]) => Promise<void>,
): Promise<void> {
  const seeds = seedsFrom(process.env["MODEL_SEEDS"]);
  const check = new ModelCheck(command, run, seeds);
  await check.fixed();
  while (seeds.random && check.steps < steps) await check.random();
  if (seeds.random) expect(check.steps).toBeGreaterThanOrEqual(steps);
  if (process.env["MODEL_STEPS"] !== undefined) {
    console.log(`${check.steps} steps in ${check.sequences} sequences: ${expect.getState().currentTestName}`);
  }
}

/** How long a model test may take: twenty milliseconds a step, and no less than a minute. */
export const modelLimitMs = Math.max(60_000, steps * 20);

class ModelCheck<Command> {
  steps = 0;
  sequences = 0;
  /** The seed whose sequence failed first. */
  #failing: number | undefined;
  readonly #commands: fc.Arbitrary<Command[]>;
  readonly #meta = TestRunner.getCurrentTest()?.meta;

  constructor(
    command: fc.Arbitrary<Command>,
    private readonly run: (commands: readonly Command[]) => Promise<void>,
    private readonly seeds: ModelSeeds,
  ) {
    this.#commands = fc.array(command, { minLength: 1, maxLength, size: "max" });
  }

  fixed(): Promise<void> {
    return this.#assertAll(this.seeds.fixed);
  }

  random(): Promise<void> {
    return this.#assertAll(Array.from({ length: 4 }, () => Math.floor(Math.random() * 2 ** 31)));
  }

  /** Runs the sequences of the seeds side by side, because most of a step is waiting for Redis. */
  async #assertAll(seeds: readonly number[]): Promise<void> {
    const results = await Promise.allSettled(seeds.map((seed) => this.#assert(seed)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async #assert(seed: number): Promise<void> {
    const property = fc.asyncProperty(this.#commands, (sequence) => this.#try(seed, sequence));
    await fc.assert(property, { seed, numRuns: sequencesPerSeed, endOnFailure: !this.seeds.shrink });
  }

  /** One sequence. After a failure, only its seed goes on, to find a shorter one. */
  async #try(seed: number, sequence: readonly Command[]): Promise<void> {
    if (this.#failing !== undefined && this.#failing !== seed) return;
    try {
      await this.run(sequence);
    } catch (error) {
      this.#failing ??= seed;
      if (this.#failing === seed) throw error;
    }
    this.steps += sequence.length;
    this.sequences++;
    if (this.#meta) this.#meta.modelSteps = this.steps;
  }
}
