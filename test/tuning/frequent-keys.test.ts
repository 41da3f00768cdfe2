import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrequentKeys } from "../../src/tuning/collect/frequent-keys.js";
import { seededRandom } from "../../src/tuning/collect/random.js";
import { Sampler } from "../../src/tuning/collect/sampler.js";
import { zipf } from "../support/tuning/simulation.js";

const KEYS = 1_000_000;
const REQUESTS = 2_000_000;
/** As in `tuningDefaults`. */
const MAX_KEYS = 512;

/** The bytes of the heap after a collection. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

describe("the most frequent keys", () => {
  for (const exponent of [0.9, 1, 1.2]) {
    test(`name at least 9 of the true 10 of 1,000,000 keys, exponent ${exponent}, in under 1 MB`, () => {
      const random = seededRandom(7);
      const draw = zipf(KEYS, exponent, random);
      const truth = new Uint32Array(KEYS);
      const before = heapBytes();
      const processes = [new FrequentKeys(MAX_KEYS), new FrequentKeys(MAX_KEYS)];
      const samplers = processes.map(() => new Sampler(4, random));
      for (let request = 0; request < REQUESTS; request++) {
        const key = draw();
        truth[key] = (truth[key] ?? 0) + 1;
        const process = request % 2;
        if (samplers[process]?.isNext()) processes[process]?.add(`acme\0product:${key}`);
      }
      const bytes = (heapBytes() - before) / processes.length;
      const merged = new FrequentKeys(MAX_KEYS);
      for (const process of processes) for (const { key, count } of process.top(200)) merged.add(key, count);
      const true10 = [...truth.keys()]
        .sort((one, other) => (truth[other] ?? 0) - (truth[one] ?? 0))
        .slice(0, 10)
        .map((key) => `acme\0product:${key}`);
      const named = new Set(merged.top(10).map(({ key }) => key));
      const found = true10.filter((key) => named.has(key)).length;
      console.log(`exponent ${exponent}: ${found} of 10, ${Math.round(bytes / 1_000)} kB for each process`);
      expect(found).toBeGreaterThanOrEqual(9);
      expect(bytes).toBeLessThan(1_000_000);
    }, 60_000);
  }

  test("have counts that are too low by at most n / maxKeys", () => {
    const stream = fc.array(fc.nat({ max: 30 }), { maxLength: 400 });
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 12 }), (keys, maxKeys) => {
        const frequent = new FrequentKeys(maxKeys);
        const truth = new Map<string, number>();
        for (const key of keys.map(String)) {
          frequent.add(key);
          truth.set(key, (truth.get(key) ?? 0) + 1);
        }
        const counted = new Map(frequent.top(1_000).map(({ key, count }) => [key, count]));
        expect(counted.size).toBeLessThanOrEqual(2 * maxKeys);
        for (const [key, count] of truth) {
          const found = counted.get(key) ?? 0;
          expect(found).toBeLessThanOrEqual(count);
          expect(count - found).toBeLessThanOrEqual(keys.length / maxKeys);
        }
      }),
    );
  });

  test("follow a change of the hottest keys after halving", () => {
    const frequent = new FrequentKeys(8);
    for (let count = 0; count < 1_000; count++) frequent.add("old");
    for (let round = 0; round < 8; round++) {
      frequent.halve();
      for (let count = 0; count < 50; count++) frequent.add("new");
    }
    expect(frequent.top(1)[0]?.key).toBe("new");
  });
});
