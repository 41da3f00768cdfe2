import { tracingChannel } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import type { Observer, TracedOperation } from "../../src/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { errorOf } from "../support/client/fixtures.js";

/** What a channel publishes during the test. */
function published(kind: TracedOperation["kind"]) {
  const messages: { readonly name: string; readonly message: unknown }[] = [];
  const channel = tracingChannel(`moonpath:${kind}`);
  const on = (name: string) => (message: unknown) =>
    void messages.push({ name, message: structuredClone(message) });
  const handlers = {
    start: on("start"),
    end: on("end"),
    asyncStart: on("asyncStart"),
    asyncEnd: on("asyncEnd"),
    error: on("error"),
  };
  channel.subscribe(handlers);
  afterTest(() => channel.unsubscribe(handlers));
  return messages;
}

describe("the channels of node:diagnostics_channel", () => {
  test("have the start and the end of a call", async () => {
    const moonpath = await openMoonpath();
    const messages = published("call");
    await moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
    const call = { kind: "call", script: "stock.read", tenant: "acme", calls: 1 };
    expect(messages[0]).toMatchObject({ name: "start", message: call });
    expect(messages.at(-1)).toMatchObject({ name: "asyncEnd", message: call });
    expect(JSON.stringify(messages[0])).not.toContain("lamp");
  });

  test("have the error of a call", async () => {
    const moonpath = await openMoonpath();
    const channel = tracingChannel("moonpath:call");
    const errors: unknown[] = [];
    const handlers = {
      start() {},
      end() {},
      asyncStart() {},
      asyncEnd() {},
      error: ({ error }: { readonly error: unknown }) => void errors.push(error),
    };
    channel.subscribe(handlers);
    afterTest(() => channel.unsubscribe(handlers));
    const thrown = await errorOf(moonpath.tenant("acme").stock.read({ product: "", low: 1 }));
    expect(errors).toEqual([thrown]);
  });

  test("have calls of caches and loads", async () => {
    const moonpath = await openMoonpath();
    const [calls, loads] = [published("cache"), published("load")];
    const load = async () => "value";
    const cache = moonpath.cache({ pattern: "product:<product>", freshMs: 60_000, load });
    await cache.tenant("acme").getOrLoad({ product: "lamp" });
    expect(calls[0]?.message).toEqual({
      kind: "cache",
      cache: "product:<product>",
      tenant: "acme",
      operation: "get_or_load",
      strategy: "read_through",
    });
    expect(loads[0]?.message).toEqual({ kind: "load", cache: "product:<product>" });
  });
});

describe("the hook trace", () => {
  async function valueWith(trace: Observer["trace"]) {
    const moonpath = await openMoonpath({ observers: [trace ? { trace } : {}] });
    let loads = 0;
    const cache = moonpath.cache({ pattern: "n:<n>", freshMs: 60_000, load: async () => ++loads });
    return { value: await cache.tenant("acme").getOrLoad({ n: 1 }), loads };
  }

  test.each<[string, NonNullable<Observer["trace"]>]>([
    [
      "throws",
      () => {
        throw new Error("no spans");
      },
    ],
    ["never runs the work", () => undefined],
    [
      "runs it twice",
      (_operation, run) => {
        run();
        run();
      },
    ],
    [
      "rejects",
      async (_operation, run) => {
        await run();
        throw new Error("no spans");
      },
    ],
  ])("may be wrong, and the work runs once: it %s", async (_, trace) => {
    expect(await valueWith(trace)).toEqual({ value: 1, loads: 1 });
  });

  test("of two observers both see the operation", async () => {
    const seen: string[] = [];
    const observer = (name: string): Observer => ({
      trace(operation, run) {
        seen.push(`${name} ${operation.kind}`);
        run();
      },
    });
    const moonpath = await openMoonpath({ observers: [observer("a"), observer("b")] });
    await moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
    expect(seen.sort()).toEqual(["a call", "b call"]);
  });
});
