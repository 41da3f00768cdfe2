import { describe, expect, test } from "vitest";
import { noFigures } from "../../src/tuning/collect/figures.js";
import { decide, type TunedCache } from "../../src/tuning/tuner/decide.js";
import { bestOf, costOf, type Scenario, Simulation } from "../support/tuning/simulation.js";

const base: Scenario = {
  seed: 1,
  keys: 300,
  exponent: 0.8,
  requestsPerMs: 0.2,
  changesPerMs: () => 1 / 60_000,
  loadMs: 20,
  startMs: 10_000,
  processes: 1,
  limits: { minFreshMs: 1_000, maxFreshMs: 3_600_000, oldAnswerCostMs: 40 },
};

/** Sources with known rates of changes. */
const scenarios: Readonly<Record<string, Partial<Scenario>>> = {
  "every key changes once a minute": {},
  "the time begins 140 times too long": { startMs: 1_000_000 },
  "every key changes once an hour": { changesPerMs: () => 1 / 3_600_000 },
  "three processes share the cache": { processes: 3, startMs: 40_000 },
  "half of the keys change often, half hardly ever": {
    changesPerMs: (key) => (key % 2 === 0 ? 1 / 2_000_000 : 1 / 20_000),
    startMs: 60_000,
  },
  "the hottest keys change most often": {
    changesPerMs: (key) => (key < 20 ? 1 / 10_000 : 1 / 600_000),
    startMs: 60_000,
  },
  "the best time is the shortest one": {
    changesPerMs: () => 1 / 2_000,
    limits: { minFreshMs: 500, maxFreshMs: 3_600_000, oldAnswerCostMs: 100 },
  },
};

describe("a tuner over a simulated source ends within 10 % of the cost of the best fixed time", () => {
  for (const [name, changes] of Object.entries(scenarios)) {
    test(name, () => {
      for (const seed of [1, 2, 3]) {
        const scenario = { ...base, ...changes, seed };
        const best = bestOf(scenario);
        const simulation = new Simulation(scenario);
        simulation.decide(25, 200_000);
        const { freshMs } = simulation.tuned;
        const excess = costOf(scenario, freshMs) / best.costMs - 1;
        const start = costOf(scenario, scenario.startMs) / best.costMs - 1;
        console.log(
          `${name}, seed ${seed}: ${freshMs} ms, best ${Math.round(best.freshMs)} ms, ` +
            `${(100 * excess).toFixed(1)} % above the best cost; at the start ${(100 * start).toFixed(0)} %`,
        );
        expect(excess).toBeLessThan(0.1);
        for (const { fromMs, toMs } of simulation.steps) {
          expect(Math.max(fromMs / toMs, toMs / fromMs)).toBeLessThan(1.42);
          expect(toMs).toBeGreaterThanOrEqual(scenario.limits.minFreshMs);
          expect(toMs).toBeLessThanOrEqual(scenario.limits.maxFreshMs);
        }
      }
    }, 60_000);
  }
});

describe("a decision", () => {
  const limits = { minFreshMs: 1_000, maxFreshMs: 100_000, oldAnswerCostMs: 0 };
  const start: TunedCache = {
    freshMs: 10_000,
    step: 0,
    previous: undefined,
    refused: undefined,
    gaps: undefined,
  };

  /** Figures of 10,000 requests. No value has changed. */
  function figuresOf(loads: number) {
    const figures = noFigures();
    Object.assign(figures.counts, { hits: 10_000 - loads, misses: loads, loads, loadMs: 20 * loads });
    Object.assign(figures.counts, { compared: 2_500, unchanged: 2_500 });
    figures.lists.gapRequests[26] = 2_500;
    figures.lists.cycleLoads[6] = loads;
    figures.lists.cycleRequests[6] = 10_000;
    return figures;
  }

  test("waits for enough figures", () => {
    expect(decide(start, noFigures(), limits)).toEqual({ tuned: start, step: undefined });
  });

  test("steps once, keeps what has helped, and steps again", () => {
    const first = decide(start, figuresOf(2_000), limits);
    expect(first.step).toMatchObject({ kind: "change", fromMs: 10_000, toMs: 14_143 });
    const second = decide(first.tuned, figuresOf(1_500), limits);
    expect(second.step).toMatchObject({ kind: "change", fromMs: 14_143 });
  });

  test("undoes a step after which the figures are worse, and does not repeat it at once", () => {
    const first = decide(start, figuresOf(2_000), limits);
    const second = decide(first.tuned, figuresOf(2_600), limits);
    expect(second.step).toMatchObject({ kind: "undo", fromMs: 14_143, toMs: 10_000 });
    expect(second.step?.reason).toContain("has risen by 30.0 %");
    const third = decide(second.tuned, figuresOf(2_000), limits);
    expect(third.step).toBeUndefined();
    let tuned = third.tuned;
    for (let decision = 0; decision < 6; decision++) tuned = decide(tuned, figuresOf(2_000), limits).tuned;
    expect(decide(tuned, figuresOf(2_000), limits).step).toMatchObject({ kind: "change", toMs: 14_143 });
  });

  test("stays within the limits", () => {
    const tuned = decide({ ...start, freshMs: 80_000 }, figuresOf(2_000), limits).tuned;
    expect(tuned.freshMs).toBe(100_000);
    expect(decide({ ...start, freshMs: 100_000 }, figuresOf(2_000), limits).step).toBeUndefined();
  });
});
