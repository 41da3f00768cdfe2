import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { type IdempotencyKeyOptions, idempotencyKeys } from "../../src/http/index.js";
import { acme, server } from "../support/http.js";

/** Options as a caller in JavaScript may pass them. */
async function registered(options: object): Promise<unknown> {
  const app = Fastify({ logger: false });
  onTestFinished(() => app.close());
  const untyped: IdempotencyKeyOptions = { tenant: acme, ...options };
  return app.register(idempotencyKeys, untyped).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each<[object, string]>([
  [{ leaseMs: 999 }, "leaseMs"],
  [{ rememberMs: 5 }, "rememberMs"],
  [{ waitMs: -1 }, "waitMs"],
  [{ tenant: undefined }, "tenant"],
  [{ tenant: "acme" }, "tenant"],
  [{ tenant: { idempotency: {} } }, "tenant"],
  [{ unmarked: "on" }, "unmarked"],
  [{ onFailure: "retry" }, "onFailure"],
  [{ caller: "ann" }, "caller"],
  [{ content: true }, "content"],
  [{ keep: true }, "keep"],
  [{ headers: "etag" }, "headers"],
  [{ headers: ["two words"] }, "headers"],
  [{ maxReplyBytes: 0 }, "maxReplyBytes"],
  [{ maxReplyBytes: 500_001 }, "maxReplyBytes"],
  [{ handlerMs: Number.NaN }, "handlerMs"],
  [{ recordMs: 2 ** 31 }, "recordMs"],
])("the plugin refuses %j when it is registered, and names the option", async (options, argument) => {
  expect(await registered(options)).toMatchObject({ code: "ARGUMENT", argument });
});

test("the plugin accepts options at their bounds", async () => {
  const options = { leaseMs: 1_000, rememberMs: 1_000, waitMs: 0, maxReplyBytes: 500_000, handlerMs: 1 };
  expect(await registered({ ...options, recordMs: 2 ** 31 - 1, headers: ["etag"] })).toBeUndefined();
});

test("a route with an unknown use of keys is refused when it is added", async () => {
  const misspelt: object = { idempotency: "requierd" };
  const added = server((app) => app.post("/orders", { config: misspelt }, async () => "ran"));
  await expect(added).rejects.toMatchObject({ code: "ARGUMENT", argument: "config.idempotency" });
});
