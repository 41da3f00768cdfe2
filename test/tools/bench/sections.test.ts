import { expect, test } from "vitest";
import { figureCase, ratioCase } from "../../../tools/bench/case.js";
import { rateOf } from "../../../tools/bench/processes/redis-benchmark.js";
import { jsonOf } from "../../../tools/bench/report/json.js";
import { pageWith } from "../../../tools/bench/report/page.js";
import { lineOf, sectionOf } from "../../../tools/bench/report/section.js";
import { svgOf } from "../../../tools/bench/report/write-plots.js";

const rate = ratioCase("reads", { ours: 400, theirs: 100, unit: "calls/s" }, { atLeast: 4 });
const slow = ratioCase("event", { ours: 30, theirs: 100, unit: "us" }, { atMost: 0.25 });
const late = figureCase("deadline", { ours: 51, unit: "ms" }, { atMost: 50 });
const plain = figureCase("sweep", { ours: 9, unit: "ms" });

test("a ratio case is ours divided by theirs, and its target is one of the ratio", () => {
  expect([rate, slow].map(({ ratio, ok }) => ({ ratio, ok }))).toEqual([
    { ratio: 4, ok: true },
    { ratio: 0.3, ok: false },
  ]);
});

test("the target of a case without a peer is one of the figure", () => {
  expect([late, plain].map(({ ratio, ok }) => ({ ratio, ok }))).toEqual([
    { ratio: undefined, ok: false },
    { ratio: undefined, ok: true },
  ]);
});

test("the JSON has all fields of each case; those that are missing are null", () => {
  expect(JSON.parse(jsonOf([rate, late, plain]))).toEqual({
    cases: [
      { name: "reads", ours: 400, theirs: 100, unit: "calls/s", ratio: 4, target: 4, ok: true },
      { name: "deadline", ours: 51, theirs: null, unit: "ms", ratio: null, target: 50, ok: false },
      { name: "sweep", ours: 9, theirs: null, unit: "ms", ratio: null, target: null, ok: true },
    ],
  });
});

test("a line says whether the target is reached", () => {
  expect([rate, slow, plain].map(lineOf)).toEqual([
    "ok   reads: 400 calls/s, peer 100, ratio 4.00 (at least 4)",
    "FAIL event: 30 us, peer 100, ratio 0.30 (at most 0.25)",
    "ok   sweep: 9 ms",
  ]);
});

test("a section has its method, its machine, its plots and its cases", () => {
  const plot = { file: "reads", title: "Reads", kind: "bars", xTitle: "", yTitle: "", points: [] } as const;
  expect(sectionOf("How.", "2026-11-29 with Redis", { cases: [rate, slow], plots: [plot] })).toEqual([
    "How. Measured on 2026-11-29 with Redis.",
    "",
    "![Reads](benchmarks/reads.svg)",
    "",
    "| Case | Moonpath | Peer | Unit | Ratio | Target | Reached |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    "| reads | 400 | 100 | calls/s | 4.00 | at least 4 | yes |",
    "| event | 30 | 100 | us | 0.30 | at most 0.25 | **no** |",
  ]);
});

test("the text of a section is wrapped as other pages", () => {
  const [first, second] = sectionOf("word ".repeat(40).trim(), "today", { cases: [] });
  expect(first?.length).toBeLessThanOrEqual(130);
  expect(first?.length).toBeGreaterThan(120);
  expect(second).toMatch(/ Measured on today\.$/);
});

test("a page keeps the sections of benchmarks that have not run, and drops those that no longer exist", () => {
  const headings = new Map([
    ["calls", "Calls"],
    ["locks", "Locks"],
  ]);
  const first = pageWith("", headings, new Map([["locks", ["old locks"]]]));
  const gone = `${first}\n<!-- bench claims -->\n\nold claims\n\n<!-- /bench claims -->\n`;
  const second = pageWith(gone, headings, new Map([["calls", ["new calls"]]]));
  expect(second).toContain("## Calls\n\n<!-- bench calls -->\n\nnew calls\n");
  expect(second).toContain("## Locks\n\n<!-- bench locks -->\n\nold locks\n");
  expect(second).not.toContain("claims");
});

test("the rate of redis-benchmark is read from its CSV, also if the command has commas and quotes", () => {
  const head = '"test","rps","avg_latency_ms"';
  expect(rateOf(`${head}\n"evalsha ab 1 k,""x""","104166.66","0.3"\n`)).toBe(104_166.66);
  expect(() => rateOf(`${head}\n`)).toThrow("redis-benchmark printed no rate");
});

test.each(["bars", "lines"] as const)(
  "a plot of %s is an SVG with its title and its series",
  async (kind) => {
    const svg = await svgOf({
      file: "reads",
      title: "Reads a second",
      kind,
      isLog: true,
      xTitle: "In flight",
      yTitle: "Calls",
      points: [
        { series: "Moonpath", x: 1, y: 10 },
        { series: "peer", x: 1, y: 5 },
        { series: "Moonpath", x: 64, y: 4_000 },
        { series: "peer", x: 64, y: 100 },
      ],
    });
    expect(svg).toMatch(/^<svg /);
    for (const text of ["Reads a second", "In flight", "Calls", "Moonpath", "peer"])
      expect(svg).toContain(text);
  },
);
