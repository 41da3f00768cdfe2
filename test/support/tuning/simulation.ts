import { type FreshLimits, headerOf } from "../../../src/cache/index.js";
import { addFigures, type Figures, figuresSince, noFigures } from "../../../src/tuning/collect/figures.js";
import { PatternRecorder } from "../../../src/tuning/collect/pattern-recorder.js";
import { seededRandom } from "../../../src/tuning/collect/random.js";
import { Sampler } from "../../../src/tuning/collect/sampler.js";
import { oldShareOf } from "../../../src/tuning/report/model.js";
import { decide, type FreshStep, isEnough, type TunedCache } from "../../../src/tuning/tuner/decide.js";

/** Draws places from 0 on with the probabilities of Zipf's law. */
export function zipf(count: number, exponent: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let place = 0; place < count; place++) {
    sum += (place + 1) ** -exponent;
    sums[place] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** A source with known rates, and a cache before it. All times are virtual milliseconds. */
export interface Scenario {
  readonly seed: number;
  readonly keys: number;
  readonly exponent: number;
  /** Requests a millisecond of all keys. */
  readonly requestsPerMs: number;
  /** Changes a millisecond of one key. */
  readonly changesPerMs: (key: number) => number;
  readonly loadMs: number;
  readonly limits: FreshLimits;
  readonly startMs: number;
  readonly processes: number;
}

interface SimulatedEntry {
  readonly fillId: string;
  readonly version: number;
  readonly freshUntil: number;
}

/** Runs the recorders and the decisions of a tuner over a simulated cache. */
export class Simulation {
  readonly recorders: readonly PatternRecorder[];
  readonly steps: FreshStep[] = [];
  tuned: TunedCache;
  now = 0;
  readonly #scenario: Scenario;
  readonly #random: () => number;
  readonly #draw: () => number;
  readonly #entries = new Map<number, SimulatedEntry>();
  readonly #versions = new Map<number, { readonly version: number; readonly at: number }>();
  #fills = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = seededRandom(scenario.seed);
    this.#draw = zipf(scenario.keys, scenario.exponent, this.#random);
    this.tuned = {
      freshMs: scenario.startMs,
      step: 0,
      previous: undefined,
      refused: undefined,
      gaps: undefined,
    };
    const { startMs: freshMs, limits } = scenario;
    this.recorders = Array.from(
      { length: scenario.processes },
      () =>
        new PatternRecorder(
          { pattern: "product:<product>", freshMs, staleMs: 0, limits },
          {
            sampler: new Sampler(16, this.#random),
            frequent: undefined,
            maxTrackedKeys: 512,
            now: () => this.now,
          },
        ),
    );
  }

  /** Makes so many decisions. Each has the figures of its step only, after old entries have ended. */
  decide(decisions: number, maxRequests: number): void {
    for (let decision = 0; decision < decisions; decision++) {
      this.#run(this.now + 2 * this.tuned.freshMs, maxRequests);
      const before = this.recorders.map(({ figures }) => figuresSince(figures, noFigures()));
      const since = (): Figures => {
        const sum = noFigures();
        for (const [place, { figures }] of this.recorders.entries())
          addFigures(sum, figuresSince(figures, before[place] ?? noFigures()));
        return sum;
      };
      const end = this.now + 2 * this.tuned.freshMs;
      for (let round = 0; round < 50 && (this.now < end || !isEnough(since())); round++)
        this.#run(this.now + this.tuned.freshMs / 2, maxRequests);
      const { tuned, step } = decide(this.tuned, since(), this.#scenario.limits);
      this.tuned = tuned;
      if (step) this.steps.push(step);
      for (const recorder of this.recorders) {
        recorder.freshMs = tuned.freshMs;
        recorder.sweep();
      }
    }
  }

  #run(until: number, maxRequests: number): void {
    for (let request = 0; request < maxRequests && this.now < until; request++) {
      this.now += -Math.log(1 - this.#random()) / this.#scenario.requestsPerMs;
      this.#request(this.#draw());
    }
  }

  #request(key: number): void {
    const recorder = this.recorders[Math.floor(this.#random() * this.recorders.length)];
    if (!recorder) return;
    const name = `product:${key}`;
    const entry = this.#entries.get(key);
    if (entry && entry.freshUntil > this.now) {
      const stored = Buffer.from(`1j- 0000000000000 ${entry.fillId} t\n${entry.version}`);
      const header = headerOf(stored);
      if (!header) throw new Error("the entry has a header");
      recorder.hit("acme", name, "hit", { stored, header, sentAt: this.now }, entry.freshUntil - this.now);
      return;
    }
    recorder.request("acme", name, "miss");
    recorder.loaded("acme", name, this.#scenario.loadMs);
    const { freshMs } = recorder;
    const version = this.#versionOf(key);
    const fillId = (this.#fills++).toString(36).padStart(12, "0");
    this.#entries.set(key, { fillId, version, freshUntil: this.now + freshMs });
    const value = Buffer.from(String(version));
    recorder.filled("acme", name, {
      fillId,
      freshMs,
      coding: "j-",
      value,
      isUnchanged: false,
      old: undefined,
    });
  }

  /** The source changes at random moments; here it does so when it is read. */
  #versionOf(key: number): number {
    const known = this.#versions.get(key) ?? { version: 0, at: this.now };
    const stays = Math.exp(-this.#scenario.changesPerMs(key) * (this.now - known.at));
    const version = this.#random() < stays ? known.version : known.version + 1;
    this.#versions.set(key, { version, at: this.now });
    return version;
  }
}

/** The expected cost of a request with a fixed time, computed from the known rates. */
export function costOf(scenario: Scenario, freshMs: number): number {
  const { keys, exponent, requestsPerMs, changesPerMs, loadMs, limits } = scenario;
  let weights = 0;
  for (let key = 0; key < keys; key++) weights += (key + 1) ** -exponent;
  let cost = 0;
  for (let key = 0; key < keys; key++) {
    const share = (key + 1) ** -exponent / weights;
    const hits = share * requestsPerMs * freshMs;
    const loadShare = 1 / (1 + hits);
    const old = (1 - loadShare) * oldShareOf(changesPerMs(key), freshMs);
    cost += share * (loadShare * loadMs + old * limits.oldAnswerCostMs);
  }
  return cost;
}

/** The lowest cost of all fixed times within the limits, in steps of 2 %. */
export function bestOf(scenario: Scenario): { readonly freshMs: number; readonly costMs: number } {
  const { minFreshMs, maxFreshMs } = scenario.limits;
  let best = { freshMs: minFreshMs, costMs: costOf(scenario, minFreshMs) };
  for (let freshMs = minFreshMs; freshMs <= maxFreshMs; freshMs *= 1.02) {
    const costMs = costOf(scenario, freshMs);
    if (costMs < best.costMs) best = { freshMs, costMs };
  }
  return best;
}
