import { type EntryRecorder, headerOf } from "../../../src/cache/index.js";
import { FrequentKeys } from "../../../src/tuning/collect/frequent-keys.js";
import { KeyBuckets } from "../../../src/tuning/collect/key-buckets.js";
import { PatternRecorder } from "../../../src/tuning/collect/pattern-recorder.js";
import { Sampler } from "../../../src/tuning/collect/sampler.js";
import { tuningDefaults } from "../../../src/tuning/defaults.js";
import { type Case, figureCase } from "../case.js";
import { median } from "./median.js";

const HITS = 1_000_000;
const ROUNDS = 7;
const KEYS = 10_000;
const TENANT = { tenant: "acme", values: undefined };

/** What the figures of `moonpath/tuning` add to a hit. */
export function figureCosts(): readonly Case[] {
  const entries = Array.from({ length: KEYS }, (_, key) => `product:${key}`);
  const stored = Buffer.from("1j- 0000000000000 aaaaaaaaaaaa t\n1");
  const header = headerOf(stored);
  if (!header) throw new Error("the entry has a header");
  const found = { stored, header, sentAt: 0 };
  const l1 = (recorder: EntryRecorder | undefined) => (entry: string) => recorder?.l1Hit(TENANT, entry);
  const redis = (recorder: EntryRecorder | undefined) => (entry: string) =>
    recorder?.hit("acme", entry, "hit", found, 1_000);
  const cost = (name: string, hit: (entry: string) => void, atMost?: number) =>
    figureCase(
      name,
      { ours: costUs(entries, hit), unit: "us" },
      atMost === undefined ? undefined : { atMost },
    );
  return [
    cost("figures: cost of a hit without them", l1(undefined), 0.1),
    cost("figures: cost of a hit in L1", l1(recorderOf())),
    cost("figures: cost of a hit in Redis", redis(recorderOf())),
    cost("figures: cost of a hit in L1 in an experiment", l1(recorderOf(new KeyBuckets(1)))),
  ];
}

function recorderOf(buckets?: KeyBuckets): PatternRecorder {
  const cache = { pattern: "product:<product>", freshMs: 2_000, staleMs: 0, limits: undefined };
  const { sampleEvery, maxTrackedKeys, maxHotKeys } = tuningDefaults;
  const parts = {
    sampler: new Sampler(sampleEvery.value),
    frequent: new FrequentKeys(maxHotKeys.value),
    maxTrackedKeys: maxTrackedKeys.value,
    now: () => performance.now(),
  };
  return new PatternRecorder(cache, parts, buckets);
}

/** Microseconds of one call above those of the loop. */
function costUs(entries: readonly string[], hit: (entry: string) => void): number {
  const nothing = timesUs(entries, () => undefined);
  return Math.max(0, timesUs(entries, hit) - nothing);
}

function timesUs(entries: readonly string[], call: (entry: string) => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    for (let hit = 0; hit < HITS; hit++) call(entries[hit % KEYS] ?? "");
    return ((performance.now() - startedAt) * 1_000) / HITS;
  });
  return median(times);
}
