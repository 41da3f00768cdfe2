import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MoonpathOptions } from "../../src/index.js";
import { type OpenTelemetryOptions, openTelemetryObserver } from "../../src/metrics/opentelemetry.js";
import { openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { errorOf } from "../support/client/fixtures.js";
import { eventually } from "../support/wait.js";

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

/** A client with spans, and those that have ended. */
async function open(own: OpenTelemetryOptions = {}, options: MoonpathOptions = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  afterTest(() => provider.shutdown());
  const tracer = provider.getTracer("test");
  const moonpath = await openMoonpath({ observers: [openTelemetryObserver({ tracer, ...own })], ...options });
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  const named = (name: string) => spans().filter((span) => span.name === name);
  return { moonpath, tracer, spans, named };
}

function parentOf(span: ReadableSpan | undefined): string | undefined {
  return span?.parentSpanContext?.spanId;
}

describe("openTelemetryObserver", () => {
  test("makes a client span of each call, by the conventions for databases", async () => {
    const { moonpath, named } = await open({ serverAddress: "redis", serverPort: 6379, database: 2 });
    await moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
    const [span] = named("EVALSHA stock.read");
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.attributes).toEqual({
      "db.system.name": "redis",
      "db.namespace": "2",
      "db.operation.name": "EVALSHA",
      "db.stored_procedure.name": "stock.read",
      "moonpath.script.version": expect.stringMatching(/^\d+\.\d+\.\d+$/),
      "server.address": "redis",
      "server.port": 6379,
    });
    expect(JSON.stringify(span?.attributes)).not.toMatch(/lamp|acme/);
  });

  test("has the size of a batch, and the tenant if it is asked", async () => {
    const { moonpath, named } = await open({ tenants: true });
    const list = [1, 2, 3].map((product) => ({ product: `p${product}`, low: 1 }));
    await moonpath.tenant("acme").stock.read.many(list);
    expect(named("EVALSHA stock.read")[0]?.attributes).toMatchObject({
      "db.operation.batch.size": 3,
      "moonpath.tenant": "acme",
    });
  });

  test("marks a failed call with the code of its error, without its message", async () => {
    const { moonpath, named } = await open();
    await errorOf(moonpath.tenant("acme").stock.read({ product: "", low: 1 }));
    const [span] = named("EVALSHA stock.read");
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes["error.type"]).toBe("ARGUMENT");
  });

  test("a call of a cache is the parent of its script, of its load, and of the spans of the loader", async () => {
    const { moonpath, tracer, spans, named } = await open();
    const cache = moonpath.cache({
      pattern: "product:<product>",
      freshMs: 60_000,
      load: async () =>
        tracer.startActiveSpan("SELECT products", async (span) => {
          span.end();
          return "value";
        }),
    });
    await tracer.startActiveSpan("GET /products", async (request) => {
      await cache.tenant("acme").getOrLoad({ product: "lamp" });
      request.end();
    });
    await eventually("it is filled", () => expect(named("EVALSHA cache.fill")).toHaveLength(1));
    const idOf = (name: string) => named(name)[0]?.spanContext().spanId;
    const call = named("get_or_load product:<product>")[0];
    expect(call?.attributes).toEqual({
      "moonpath.cache.pattern": "product:<product>",
      "moonpath.cache.operation": "get_or_load",
      "moonpath.cache.strategy": "read_through",
    });
    expect(parentOf(call)).toBe(idOf("GET /products"));
    expect(parentOf(named("EVALSHA cache.read")[0])).toBe(idOf("get_or_load product:<product>"));
    expect(parentOf(named("load product:<product>")[0])).toBe(idOf("get_or_load product:<product>"));
    expect(parentOf(named("SELECT products")[0])).toBe(idOf("load product:<product>"));
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  test("a loader that throws marks the load and the call", async () => {
    const { moonpath, named } = await open();
    const load = async (): Promise<string> => {
      throw new TypeError("secret");
    };
    const cache = moonpath.cache({ pattern: "product:<product>", freshMs: 60_000, load });
    await errorOf(cache.tenant("acme").getOrLoad({ product: "lamp" }));
    for (const name of ["load product:<product>", "get_or_load product:<product>"]) {
      expect(named(name)[0]?.attributes["error.type"], name).toBe("TypeError");
      expect(JSON.stringify(named(name)[0]?.events)).not.toContain("secret");
    }
  });

  test("calls that travel in one batch have their own spans and parents", async () => {
    const { moonpath, tracer, named } = await open();
    const { stock } = moonpath.tenant("acme");
    const parents = await Promise.all(
      ["a", "b"].map((product) =>
        tracer.startActiveSpan(`request ${product}`, async (span) => {
          await stock.read({ product, low: 1 });
          span.end();
          return span.spanContext().spanId;
        }),
      ),
    );
    expect(named("EVALSHA stock.read").map(parentOf).sort()).toEqual([...parents].sort());
  });

  test("measures db.client.operation.duration", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    afterTest(() => provider.shutdown());
    const { moonpath } = await open({ meter: provider.getMeter("test") });
    const { stock } = moonpath.tenant("acme");
    await stock.read({ product: "lamp", low: 1 });
    await errorOf(stock.read({ product: "", low: 1 }));
    await provider.forceFlush();
    const [metric] = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
    expect(metric?.descriptor).toMatchObject({ name: "db.client.operation.duration", unit: "s" });
    expect(metric?.dataPoints.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({ "db.stored_procedure.name": "stock.read", "db.operation.name": "EVALSHA" }),
      expect.objectContaining({ "error.type": "ARGUMENT" }),
    ]);
    expect(metric?.dataPoints[0]?.value).toMatchObject({
      count: 1,
      buckets: { boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    });
  });

  test("takes the global providers, and refuses wrong options", async () => {
    expect(trace.getTracer("moonpath")).toBeDefined();
    const moonpath = await openMoonpath({ observers: [openTelemetryObserver()] });
    await moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
    const make = (options: object) => () => openTelemetryObserver(options);
    expect(make({ database: -1 })).toThrow("database");
    expect(make({ serverPort: 0 })).toThrow("serverPort");
    expect(make({ serverAddress: 1 })).toThrow("serverAddress");
    expect(make({ tenants: 1 })).toThrow("tenants");
    expect(make({ tracer: {} })).toThrow("tracer");
    expect(make({ meter: {} })).toThrow("meter");
    expect(make({ tenant: 1 })).toThrow("tenants");
  });
});
