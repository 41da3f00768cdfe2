import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { logObserver } from "../../src/metrics/logs.js";
import { metricLabels } from "../../src/metrics/table.js";
import { openMoonpath } from "../support/cache/kit.js";
import { errorOf } from "../support/client/fixtures.js";
import { eventually } from "../support/wait.js";

/** A logger of pino, and its lines. */
function recorded(level = "debug") {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  return { logger: pino({ level, base: null, timestamp: false }, stream), lines };
}

const WARN = 40;

test("logObserver logs failed calls through pino, without keys and values", async () => {
  const { logger, lines } = recorded();
  const moonpath = await openMoonpath({ observers: [logObserver({ logger })] });
  const { stock } = moonpath.tenant("acme");
  await stock.read({ product: "lamp", low: 1 });
  expect(lines).toEqual([]);
  await errorOf(stock.read({ product: "", low: 1 }));
  expect(lines).toEqual([
    {
      level: WARN,
      script: "stock.read",
      version: expect.any(String),
      attempts: 0,
      duration_seconds: expect.any(Number),
      code: "ARGUMENT",
      msg: "a call of a script failed",
    },
  ]);
});

test("logObserver logs slow calls, and all calls if it is asked", async () => {
  const { logger, lines } = recorded();
  const observers = [logObserver({ logger, calls: true })];
  const moonpath = await openMoonpath({ observers });
  await moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
  expect(lines[0]).toMatchObject({ level: 20, script: "stock.read", msg: "a call of a script ended" });
  const slow = recorded();
  logObserver({ logger: slow.logger, slowMs: 50 }).onCall({
    script: "a.b",
    version: "1.0.0",
    outcome: "ok",
    durationMs: 51,
    attempts: 1,
  });
  expect(slow.lines[0]).toMatchObject({
    level: WARN,
    msg: "a call of a script was slow",
    duration_seconds: 0.051,
  });
});

test("logObserver logs what fails in caches", async () => {
  const { logger, lines } = recorded();
  const moonpath = await openMoonpath({ observers: [logObserver({ logger })] });
  const load = async (): Promise<string> => {
    throw new Error("secret");
  };
  const cache = moonpath.cache({ pattern: "product:<product>", freshMs: 60_000, load });
  await errorOf(cache.tenant("acme").getOrLoad({ product: "lamp" }));
  await eventually("it is logged", () => expect(lines).toHaveLength(2));
  expect(lines).toEqual([
    expect.objectContaining({ cache: "product:<product>", load_outcome: "error", msg: "a load failed" }),
    expect.objectContaining({ operation: "get_or_load", code: "SOURCE", msg: "a call of a cache failed" }),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/secret|lamp|acme/);
});

test("logObserver has a line for each other event, with the names of the labels of the metrics", () => {
  const { logger, lines } = recorded();
  const observer = logObserver({ logger });
  const cache = "a";
  observer.onRetry({ script: "a.b", version: "1.0.0", attempt: 2, delayMs: 5 });
  observer.onReload({ script: "a.b", version: "1.0.0" });
  observer.onCredentials({ outcome: "failed", expiresAtMs: undefined });
  observer.onCredentials({ outcome: "renewed", expiresAtMs: undefined });
  observer.onCache({ kind: "fill", cache, outcome: "full" });
  observer.onCache({ kind: "degraded", cache, reason: "unavailable" });
  observer.onCache({ kind: "consistency", cache, place: "l1", durationMs: 5 });
  observer.onCache({ kind: "invalidation", target: "tag", outcome: "pending" });
  expect(lines.map(({ msg }) => msg)).toHaveLength(8);
  // These say nothing that an operator must know.
  observer.onCache({ kind: "fill", cache, outcome: "stored" });
  observer.onCache({ kind: "load", cache, outcome: "ok", durationMs: 1 });
  observer.onCache({ kind: "consistency", cache, place: "l1", durationMs: 0 });
  observer.onCache({ kind: "invalidation", target: "tag", outcome: "done" });
  expect(lines).toHaveLength(8);
  const own = ["level", "msg", "attempt", "attempts", "delay_seconds", "duration_seconds"];
  for (const name of lines.flatMap((line) => Object.keys(line)))
    expect(own.includes(name) || name in metricLabels, name).toBe(true);
});

test("logObserver refuses wrong options", () => {
  const { logger } = recorded();
  const make = (options: object) => () => logObserver({ logger, ...options });
  expect(make({ logger: {} })).toThrow("logger");
  expect(make({ slowMs: -1 })).toThrow("slowMs");
  expect(make({ calls: 1 })).toThrow("calls");
  expect(make({ slow: 1 })).toThrow("slowMs");
});
