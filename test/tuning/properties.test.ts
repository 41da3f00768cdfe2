import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addFigures,
  countNames,
  type Figures,
  figuresSince,
  halfOctaveOf,
  listLengths,
  listNames,
  noFigures,
  valueOfHalfOctave,
} from "../../src/tuning/collect/figures.js";
import { seededRandom } from "../../src/tuning/collect/random.js";
import { TrackedKeys } from "../../src/tuning/collect/tracked-keys.js";
import { ArmsOfKeys } from "../../src/tuning/experiment/arms.js";
import { ProcessSlots } from "../../src/tuning/fleet/process-slots.js";
import { publishedFrom, publishedText } from "../../src/tuning/fleet/published.js";
import { loadShareOf, modelOf, oldShareOf, predicted } from "../../src/tuning/report/model.js";
import { openTwo } from "../support/cache/kit.js";

/** Any figures. */
const anyFigures: fc.Arbitrary<Figures> = fc
  .array(fc.nat({ max: 1_000_000 }), { minLength: 300, maxLength: 300 })
  .map((numbers) => {
    const figures = noFigures();
    let next = 0;
    for (const name of countNames) figures.counts[name] = numbers[next++] ?? 0;
    for (const name of listNames)
      for (let place = 0; place < listLengths[name]; place++)
        figures.lists[name][place] = numbers[next++ % numbers.length] ?? 0;
    return figures;
  });

describe("figures", () => {
  test("are the same after they were added and subtracted", () => {
    fc.assert(
      fc.property(anyFigures, anyFigures, (one, other) => {
        const sum = noFigures();
        addFigures(sum, one);
        addFigures(sum, other);
        expect(figuresSince(sum, one)).toEqual(other);
      }),
      { numRuns: 50 },
    );
  });

  test("are read as they were published, and any other text is none", () => {
    fc.assert(
      fc.property(anyFigures, anyFigures, fc.string(), (recent, sinceStep, pattern) => {
        const published = {
          process: "a1",
          sampleEvery: 16,
          keys: [{ key: "acme\0product:lamp", count: 3 }],
          caches: [
            {
              pattern,
              arm: "",
              freshMs: 1_000,
              oldAnswerCostMs: 20,
              recent,
              recentMs: 5,
              step: 7,
              sinceStep,
              sinceStepMs: 4,
              buckets: undefined,
              unread: ["aaaaaaaaaaaa"],
              readOfOthers: [],
            },
          ],
        };
        expect(publishedFrom(publishedText(published))).toEqual(published);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(publishedFrom(text)).toBeUndefined();
      }),
    );
    const hostile = publishedFrom(
      '{"form":1,"process":"x","caches":[{"pattern":"a","freshMs":5,"recent":{"counts":{"hits":-1,"loads":"7"}}},7]}',
    );
    expect(hostile?.caches).toHaveLength(1);
    expect(hostile?.caches[0]?.recent).toEqual(noFigures());
  });

  test("have half octaves whose middle is near each number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (value) => {
        const middle = valueOfHalfOctave(halfOctaveOf(value));
        expect(middle / value).toBeGreaterThan(0.84);
        expect(middle / value).toBeLessThan(1.19);
      }),
    );
  });
});

describe("the model", () => {
  test("finds the rate of changes of a source", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.05, max: 3, noNaN: true }), (seed, changesInTime) => {
        const random = seededRandom(seed);
        const figures = noFigures();
        const freshMs = 60_000;
        for (let load = 0; load < 4_000; load++) {
          // The next request comes some time after the entry has ended.
          const gapMs = freshMs * (1 - 0.3 * Math.log(1 - random()));
          const place = halfOctaveOf(gapMs);
          const { gapRequests, gapChanged } = figures.lists;
          gapRequests[place] = (gapRequests[place] ?? 0) + 1;
          figures.counts.compared++;
          if (random() > Math.exp((-changesInTime * gapMs) / freshMs))
            gapChanged[place] = (gapChanged[place] ?? 0) + 1;
        }
        const { changesPerMs } = modelOf(figures, freshMs);
        expect((changesPerMs * freshMs) / changesInTime).toBeGreaterThan(0.75);
        expect((changesPerMs * freshMs) / changesInTime).toBeLessThan(1.25);
      }),
      { numRuns: 50 },
    );
  });

  test("expects what was measured for the present time, and fewer loads for a longer one", () => {
    fc.assert(
      fc.property(anyFigures, fc.integer({ min: 100, max: 100_000_000 }), (figures, freshMs) => {
        const { lists, counts } = figures;
        // A key has at least one request for each load.
        for (const [place, loads] of lists.cycleLoads.entries())
          lists.cycleRequests[place] = loads + (lists.cycleRequests[place] ?? 0);
        counts.loads = Math.min(counts.loads, counts.misses);
        const model = modelOf(figures, freshMs);
        const present = predicted(figures, model, freshMs, freshMs, 0).loadShare;
        expect(present).toBeCloseTo(Math.min(1, loadShareOf(figures)), 6);
        expect(predicted(figures, model, freshMs, 2 * freshMs, 0).loadShare).toBeLessThanOrEqual(
          present + 1e-9,
        );
      }),
      { numRuns: 50 },
    );
  });

  test("has more old answers for a longer time, between none and all", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1_000_000_000 }),
        (rate, freshMs) => {
          const share = oldShareOf(rate, freshMs);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
          expect(oldShareOf(rate, 2 * freshMs)).toBeGreaterThanOrEqual(share - 1e-9);
        },
      ),
    );
  });
});

describe("samples of keys", () => {
  test("are the same in two processes, and bounded", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 300 }),
        fc.integer(),
        (names, seed) => {
          const followed = (order: readonly string[]) => {
            const keys = new TrackedKeys(16, () => 0);
            for (const name of order) keys.get("acme", name);
            return [...keys.values()].map(({ hash }) => hash).sort();
          };
          const random = seededRandom(seed);
          const other = names
            .map((name) => [random(), name] as const)
            .sort(([a], [b]) => a - b)
            .map(([, name]) => name);
          expect(followed(names).length).toBeLessThanOrEqual(16);
          expect(followed(other)).toEqual(followed(names));
        },
      ),
    );
  });

  test("of an experiment are nearly equal arms, divided anew under another name", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,20}$/), fc.integer({ min: 2, max: 8 }), (name, count) => {
        const arms = new ArmsOfKeys(name, count);
        const sizes = Array.from({ length: count }, (_, arm) => arms.bucketsOf(arm).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const others = new ArmsOfKeys(`${name}-2`, count);
        const names = Array.from({ length: 2_000 }, (_, number) => `product:${number}`);
        const first = names.filter((one) => arms.armOf("acme", one) === 0);
        const again = first.filter((one) => others.armOf("acme", one) === 0).length;
        // Of the keys of an arm, each arm of another experiment has its share.
        expect(Math.abs(again / first.length - 1 / count)).toBeLessThan(0.25);
        expect(Math.abs(first.length / 2_000 - 1 / count)).toBeLessThan(0.12);
      }),
      { numRuns: 50 },
    );
  });
});

test("a process leaves a place that another process has", async () => {
  const [one, other] = await openTwo();
  // Both begin at the same place.
  const slots = [one, other].map((client) => new ProcessSlots(client, 600_000, undefined, seededRandom(3)));
  for (const place of slots)
    await place.publish({ process: place.process, caches: [], keys: [], sampleEvery: 16 });
  const read = await slots[0]?.read();
  expect(read?.map(({ process }) => process).sort()).toEqual(slots.map(({ process }) => process).sort());
});
