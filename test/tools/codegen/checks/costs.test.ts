import { expect, test } from "vitest";
import { readCosts } from "../../../../tools/codegen/src/costs.js";

const path = {
  path: "known",
  us: 2.6,
  commandUs: 0.3,
  commands: 1,
  commandNames: "HGET",
  keys: { stock: { bytes: 96, elements: 2, perElement: 30 }, label: { bytes: 72 } },
  aofBytes: 0,
  comparedWith: "rival",
  ratio: 1.1,
};
const script = {
  digest: "00",
  paths: [path],
  atLimit: [{ path: "100 warehouses", p99Us: 12, fullKeys: {} }],
};
const costs = { measured: "2026-11-28", server: "Redis 7.0.15", scripts: { "stock.read": script } };

test("costs that a benchmark wrote are read", () => {
  expect(readCosts(JSON.stringify(costs))).toEqual(costs);
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["no scripts", JSON.stringify({ ...costs, scripts: undefined })],
  ["a path without a time", JSON.stringify(withPath({ us: "2.6" }))],
  ["a path with a line break", JSON.stringify(withPath({ path: "a\n# b" }))],
  ["bytes that are no number", JSON.stringify(withPath({ keys: { stock: { bytes: "96" } } }))],
])("%s is refused", (_, text) => {
  expect(readCosts(text)).toBeUndefined();
});

function withPath(change: object) {
  return { ...costs, scripts: { "stock.read": { ...script, paths: [{ ...path, ...change }] } } };
}
