import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, expect, test } from "vitest";
import { openTelemetryObserver } from "../../../src/metrics/opentelemetry.js";
import { between, textOf } from "../../support/docs.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";
import { eventually } from "../../support/wait.js";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("storefront");
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const shop = await openTestShop(undefined, {}, { observersOf: () => [openTelemetryObserver({ tracer })] });
afterAll(async () => {
  await shop.close();
  await provider.shutdown();
  context.disable();
  trace.disable();
});

function startOf({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1_000 + nanos / 1_000_000;
}

/** The span and those below it, one in a line. Equal ones that follow each other are one line. */
function treeOf(span: ReadableSpan, all: readonly ReadableSpan[], depth = 0): string[] {
  const below = all
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId)
    .sort((one, other) => startOf(one) - startOf(other))
    .flatMap((child) => treeOf(child, all, depth + 1));
  return [`${"  ".repeat(depth)}${span.name}`, ...below];
}

test("docs/metrics.md has the spans of one order, as they are", async () => {
  await shop.open("10001", 10);
  exporter.reset();
  const root = await tracer.startActiveSpan("POST /orders", async (span) => {
    const headers = { "idempotency-key": '"order-1"', "x-customer": "ann" };
    const lines = [{ product: "10001", units: 2, priceMinor: 100 }];
    const reply = await shop.ask("POST", "/orders", { lines }, headers);
    expect(reply).toMatchObject({ status: 201 });
    span.end();
    return span.spanContext();
  });
  const spans = () => exporter.getFinishedSpans().filter((one) => one.spanContext().traceId === root.traceId);
  await eventually("the root has ended", () =>
    expect(spans().some((one) => one.spanContext().spanId === root.spanId)).toBe(true),
  );
  const top = spans().find((one) => one.spanContext().spanId === root.spanId);
  const tree = top ? treeOf(top, spans()) : [];
  const wanted = `\`\`\`text\n${tree.join("\n")}\n\`\`\`\n`;
  expect(tree.length).toBeGreaterThan(4);
  const found = between(await textOf("docs/metrics.md"), "order-spans");
  expect(found, `docs/metrics.md has to hold, between its markers "order-spans":\n\n${wanted}`).toBe(wanted);
});
