import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const countedEntries = [
  "ZADD {cache_usage} 1 vase",
  'HSET {cache_sizes} =vase "7 {now+60000000}" bytes 7 number 1 checked 0',
];
const anyCount = "the whole count goes";

export const quota = [
  sample(scripts.quota.count, (tenant) => tenant.scripts.quota.count, {
    args: (usageShard) => ({
      usageShard,
      entry: "lamp",
      bytes: 5,
      keepMs: 50_000_000,
      maxEntries: 1,
      refuses: false,
    }),
    given: countedEntries,
    reply: { outcome: "counted", evicted: ["vase"], number: 2 },
    again: { outcome: "counted", evicted: [], number: 0 },
    unread: { "cache_usage vase": "its order is enough" },
    clock: ["cache_sizes =lamp"],
  }),
  sample(scripts.quota.forget, (tenant) => tenant.scripts.quota.forget, {
    args: (usageShard) => ({ usageShard, entry: "vase" }),
    given: countedEntries,
    reply: { outcome: "forgotten" },
    again: { outcome: "unknown" },
    unread: {
      "cache_sizes number": "it numbers fills",
      "cache_sizes checked": "it is for the next fill",
    },
  }),
  sample(scripts.quota.read, (tenant) => tenant.scripts.quota.read, {
    args: (usageShard) => ({ usageShard }),
    given: countedEntries,
    reply: { entries: 1, bytes: 7 },
    unread: {
      "cache_sizes number": "it numbers fills",
      "cache_sizes checked": "it is for the next fill",
      "cache_usage vase": "entries are only counted",
    },
  }),
  sample(scripts.quota.reset, (tenant) => tenant.scripts.quota.reset, {
    args: (usageShard) => ({ usageShard }),
    given: countedEntries,
    reply: { outcome: "reset" },
    again: { outcome: "empty" },
    unread: {
      "cache_sizes bytes": anyCount,
      "cache_sizes number": anyCount,
      "cache_sizes checked": anyCount,
      "cache_usage vase": anyCount,
    },
  }),
];
