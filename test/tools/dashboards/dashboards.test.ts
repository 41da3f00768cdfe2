import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import {
  prometheusObserver,
  redisMetrics,
  shopObserver,
  writeBehindMetrics,
} from "../../../src/metrics/prometheus.js";
import { generatedFiles } from "../../../tools/dashboards/files.js";
import { sharedRedis } from "../../support/redis.js";

const FOLDER = "generated/dashboards";

/** All names of metrics that a registry with everything exports. */
async function exportedNames(): Promise<string[]> {
  const register = new Registry();
  prometheusObserver({ register });
  shopObserver({ register });
  writeBehindMetrics({ register, queues: [], tenants: () => [] });
  redisMetrics({ register, redis: sharedRedis() });
  return (await register.getMetricsAsJSON()).map(({ name }) => name);
}

/** The names of metrics in an expression: what is no function, no label and no word of the language. */
function namesIn(expression: string): string[] {
  const withoutLabels = expression
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(/\b(?:by|without|on)\s*\([^)]*\)/g, "")
    .replaceAll(/\[[^\]]*\]/g, "");
  return [...withoutLabels.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => name.includes("_") && !["histogram_quantile"].includes(name));
}

/** A histogram is exported as three series. */
function baseOf(name: string, known: ReadonlySet<string>): string {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  return known.has(name) ? name : base;
}

async function expressions(): Promise<string[]> {
  const files = await readdir(FOLDER);
  const texts = await Promise.all(files.map((file) => readFile(join(FOLDER, file), "utf8")));
  return texts.flatMap((text) => {
    const dashboard: { panels: { targets: { expr: string }[] }[] } = JSON.parse(text);
    return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  });
}

test("the dashboards name each metric that the code exports, and no other", async () => {
  const known = new Set(await exportedNames());
  const shown = new Set((await expressions()).flatMap(namesIn).map((name) => baseOf(name, known)));
  expect([...shown].sort()).toEqual([...known].sort());
});

test("the rules name only metrics that the code exports", async () => {
  const known = new Set(await exportedNames());
  const text = await readFile("generated/rules/moonpath.yml", "utf8");
  const lines = text
    .split("\n")
    .filter((line) => /^ {8}expr:|^ {10}\S/.test(line) && !/^ {10}\w+: /.test(line));
  const named = lines.flatMap((line) => namesIn(line.replace("expr:", "")));
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) expect(known, name).toContain(baseOf(name, known));
});

test("the generated files are what the table gives", async () => {
  for (const [path, text] of generatedFiles())
    expect(await readFile(join("generated", path), "utf8"), path).toBe(text);
});

test("panels of a dashboard do not overlap, and each has a unit and a text", async () => {
  for (const file of await readdir(FOLDER)) {
    const dashboard: {
      uid: string;
      panels: {
        gridPos: { x: number; y: number };
        description: string;
        fieldConfig: { defaults: { unit: string } };
      }[];
    } = JSON.parse(await readFile(join(FOLDER, file), "utf8"));
    const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { description, fieldConfig } of dashboard.panels) {
      expect(description).toMatch(/\.$/);
      expect(fieldConfig.defaults.unit).not.toBe("");
    }
  }
});
