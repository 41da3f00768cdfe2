import { expect, test } from "vitest";
import { failures, section } from "../../../tools/bench/scripts/report.js";
import type { Costs, PathCost } from "../../../tools/codegen/src/costs.js";

const path = (comparedWith: PathCost["comparedWith"], ratio: number): PathCost => ({
  path: "usual",
  us: 10,
  commandUs: 2,
  commands: 3,
  commandNames: "GET, 2 SET",
  keys: { stock: { bytes: 100, elements: 2, perElement: 40 } },
  aofBytes: 50,
  comparedWith,
  ratio,
});

const scripts: Costs["scripts"] = {
  "stock.adjust": {
    digest: "a",
    paths: [path("rival", 1.16)],
    atLimit: [{ path: "100", p99Us: 2_001, fullKeys: {} }],
  },
  "stock.read": {
    digest: "b",
    paths: [path("rival", 1.15)],
    atLimit: [{ path: "100", p99Us: 2_000, fullKeys: {} }],
  },
  "price.set_sale": { digest: "c", paths: [path("bare calls", 3.4)], atLimit: [] },
  "slot.join": { digest: "d", paths: [path("bare calls", 2.4), path("bare calls", 1.1)], atLimit: [] },
  "views.ack": { digest: "e", paths: [path("bare calls", 1.2)], atLimit: [] },
  "stock.sweep": { digest: "f", paths: [path("bare calls", 2.2)], atLimit: [] },
};

test("a ratio to a rival and a time at the limit above their bounds are failures", () => {
  expect(failures(scripts, 1.15, 2_000)).toEqual([
    "stock.adjust, usual: 1.16 times its rival, at most 1.15",
    "stock.adjust, 100: p99 2001 us at the limit, at most 2000",
  ]);
});

test("the page explains the three highest ratios to bare calls, each script once", () => {
  const lines = section({ measured: "2026-11-29", server: "Redis 7.0.15", scripts });
  expect(lines.filter((line) => /^- \*\*\w+\.\w+,/.test(line)).map((line) => line.split(":")[0])).toEqual([
    "- **price.set_sale, 3.40",
    "- **slot.join, 2.40",
    "- **stock.sweep, 2.20",
  ]);
});

test("one of the highest ratios without an explanation is a failure", () => {
  const unknown = { digest: "g", paths: [path("bare calls", 9)], atLimit: [] };
  expect(failures({ "stock.new": unknown }, 1.15, 2_000)).toEqual([
    "stock.new: explain its ratio in tools/bench/scripts/explanations.ts",
  ]);
});
