import { inspect } from "node:util";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ArgumentError, MoonpathError } from "../../src/core/errors.js";
import {
  createSync,
  type ReplySchema,
  type SyncJsonOptions,
  SyncRefusedError,
  SyncReplyError,
  SyncUnavailableError,
} from "../../src/sync/index.js";
import { thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { closedUrl, OK, serviceOf, startService } from "../support/sync/service.js";

const quick = { retryDelayMs: { firstMs: 1, maxMs: 2 } } as const;
const zodPrices = z.object({ lamp: z.number() });

describe("replies fit a schema of", () => {
  const schemas: readonly (readonly [string, ReplySchema<{ lamp: number }>])[] = [
    ["zod", zodPrices],
    ["valibot", v.object({ lamp: v.number() })],
    ["ArkType", type({ lamp: "number" })],
  ];
  test.each(schemas)("%s", async (_name, schema) => {
    const { url } = await serviceOf(OK, { status: 200, body: '{"lamp":"secret-price"}' });
    const sync = createSync(quick);
    expect(await sync.json(`${url}/prices`, { schema })).toEqual({ lamp: 5 });
    const error = await thrownBy(() => sync.json(`${url}/prices`, { schema }));
    expect(error).toBeInstanceOf(SyncReplyError);
    expect(error).toMatchObject({ code: "SYNC_REPLY", httpStatus: 200, attempts: 1, paths: ["lamp"] });
    expect(inspect(error) + JSON.stringify(error)).not.toMatch(/secret/);
  });

  test("any library whose schemas have the interface of the specification", async () => {
    const { url } = await serviceOf();
    const schema: StandardSchemaV1<unknown, { lamp: number }> = v.object({ lamp: v.number() });
    expect(await createSync().json(url, { schema })).toEqual({ lamp: 5 });
  });

  test("zod with a transformation: the caller gets its output", async () => {
    const { url } = await serviceOf();
    const schema = zodPrices.transform(async ({ lamp }) => [`${lamp} EUR`]);
    const labels: string[] = await createSync().json(url, { schema });
    expect(labels).toEqual(["5 EUR"]);
  });
});

describe("a call", () => {
  test("sends JSON, its fields and its idempotency key, the same in each attempt", async () => {
    const service = await serviceOf({ status: 500 }, "reset");
    await createSync(quick).json(`${service.url}/orders?day=1`, {
      schema: zodPrices,
      method: "PUT",
      body: { lamp: 1 },
      headers: { authorization: "Bearer t" },
      idempotencyKey: "order-7",
    });
    expect(service.requests).toHaveLength(3);
    for (const request of service.requests) {
      expect(request).toMatchObject({ method: "PUT", path: "/orders?day=1", body: '{"lamp":1}' });
      expect(request.headers).toMatchObject({
        authorization: "Bearer t",
        "content-type": "application/json",
        accept: "application/json",
        "idempotency-key": "order-7",
      });
    }
  });

  test("returns undefined for a reply without a body, if the schema allows it", async () => {
    const { url } = await serviceOf({ status: 204 });
    expect(await createSync().json(url, { schema: z.undefined() })).toBeUndefined();
  });

  test("send returns the status, and reads no reply", async () => {
    const service = await serviceOf({ status: 503 }, { status: 202, body: "no JSON" });
    const sync = createSync({ ...quick, maxReplyBytes: 1 });
    // This host has no saved retry, so the first answer is the last.
    const error = await thrownBy(() => sync.send(service.url, { body: "a=1" }));
    expect(error).toMatchObject({ code: "SYNC_UNAVAILABLE", httpStatus: 503, attempts: 1 });
    expect(await sync.send(service.url, { body: "a=1" })).toEqual({ httpStatus: 202, attempts: 1 });
    expect(service.requests.map(({ body }) => body)).toEqual(["a=1", "a=1"]);
  });

  test.each([
    ["is no JSON", { status: 200, body: "<html>" }],
    ["is no UTF-8", { status: 200, body: "\u0000" }],
    ["has too many bytes", { status: 200, body: JSON.stringify("x".repeat(2_000)) }],
  ])("fails if the reply %s, and does not repeat it", async (_name, answer) => {
    const service = await serviceOf(answer, answer);
    const sync = createSync({ ...quick, maxReplyBytes: 1_000 });
    const error = await thrownBy(() => sync.json(service.url, { schema: z.unknown() }));
    expect(error).toMatchObject({ code: "SYNC_REPLY", attempts: 1, status: 502, retryable: false });
    expect(service.requests).toHaveLength(1);
  });

  test("reads no more of a large reply than the limit", async () => {
    const service = await startService(() => ({ status: 200, body: "x".repeat(20_000_000) }));
    const sync = createSync({ maxReplyBytes: 10_000 });
    const error = await thrownBy(() => sync.json(service.url, { schema: z.unknown() }));
    expect(error).toMatchObject({ code: "SYNC_REPLY", message: "the reply has more than 10000 bytes" });
  });

  test("fails if the schema throws, and shows nothing of its error", async () => {
    const { url } = await serviceOf();
    const schema = zodPrices.transform(() => {
      throw new Error("secret-reply");
    });
    const error = await thrownBy(() => createSync().json(url, { schema }));
    expect(error).toBeInstanceOf(SyncReplyError);
    expect(inspect(error)).not.toMatch(/secret/);
  });

  test.each([400, 401, 404, 409, 422, 301])("does not repeat an answer with %s", async (status) => {
    const service = await serviceOf({ status, headers: { location: "http://127.0.0.1:1/" } });
    const error = await thrownBy(() => createSync(quick).json(service.url, { schema: zodPrices }));
    expect(error).toBeInstanceOf(SyncRefusedError);
    expect(error).toMatchObject({ code: "SYNC_REFUSED", httpStatus: status, attempts: 1 });
    expect(service.requests).toHaveLength(1);
  });

  test.each([500, 502, 504])("repeats a reading after %s, at most maxAttempts times", async (status) => {
    const service = await startService(() => ({ status }));
    const error = await thrownBy(() => createSync(quick).json(service.url, { schema: zodPrices }));
    expect(error).toMatchObject({ code: "SYNC_UNAVAILABLE", httpStatus: status, attempts: 4 });
    expect(service.requests).toHaveLength(4);
  });

  test("repeats a reading after a lost connection, also in the middle of a reply", async () => {
    const service = await serviceOf("reset", "half");
    expect(await createSync(quick).json(service.url, { schema: zodPrices })).toEqual({ lamp: 5 });
    expect(service.requests).toHaveLength(3);
  });
});

describe("errors", () => {
  test("hold no URL, no field, no key and no body", async () => {
    const service = await startService(() => "reset");
    const rejections = unhandledRejections();
    const call: SyncJsonOptions<unknown, "default"> = {
      schema: z.unknown(),
      method: "POST",
      body: { secret: "secret-body" },
      headers: { authorization: "secret-field" },
      idempotencyKey: "secret-key",
    };
    const sync = createSync(quick);
    for (const url of [`${service.url}/secret-path?token=secret-query`, `${await closedUrl()}/secret-path`]) {
      const error = await thrownBy(() => sync.json(url, call));
      expect(error).toBeInstanceOf(MoonpathError);
      expect(inspect(error, { depth: 10 }) + JSON.stringify(error)).not.toMatch(/secret-|127\.0\.0\.1/);
    }
    expect(rejections).toEqual([]);
  });

  test("of a connection that was not made have its code as the cause", async () => {
    const error = await thrownBy(async () =>
      createSync(quick).json(await closedUrl(), { schema: zodPrices }),
    );
    expect(error).toBeInstanceOf(SyncUnavailableError);
    expect(error).toMatchObject({ attempts: 4, httpStatus: undefined });
    expect(error instanceof Error && String(error.cause)).toContain("ECONNREFUSED");
  });
});

describe("arguments", () => {
  const hostile: readonly (readonly [
    string,
    string | URL,
    Partial<SyncJsonOptions<unknown, "default">>,
    string,
  ])[] = [
    ["a relative URL", "/secret", {}, "url"],
    ["another scheme", "file:///secret", {}, "url"],
    ["a password in the URL", "http://user:secret@127.0.0.1/", {}, "url"],
    ["a line break in a field", "http://127.0.0.1/", { headers: { a: "secret\r\nb: c" } }, "headers"],
    ["a body of a reading", "http://127.0.0.1/", { method: "GET", body: "secret" }, "body"],
    ["a body that JSON cannot hold", "http://127.0.0.1/", { body: 1n }, "body"],
    ["a function as a body", "http://127.0.0.1/", { body: () => "secret" }, "body"],
    ["a key of a reading", "http://127.0.0.1/", { idempotencyKey: "secret" }, "idempotencyKey"],
    ["a key with a space", "http://127.0.0.1/", { body: 1, idempotencyKey: "sec ret" }, "idempotencyKey"],
    ["a deadline of 0", "http://127.0.0.1/", { deadlineMs: 0 }, "deadlineMs"],
  ];
  test.each(hostile)("%s is an ArgumentError that shows no value", async (_name, url, options, argument) => {
    const error = await thrownBy(() => createSync().json(url, { schema: z.unknown(), ...options }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ argument });
    expect(inspect(error)).not.toMatch(/secret/);
  });

  test("options that are left out are named, and not the URL", async () => {
    const sync = createSync(quick);
    // As a program without types calls it.
    const error = await thrownBy(async () => Reflect.apply(sync.json, sync, ["https://shop.example/prices"]));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(/argument options: an object with a schema/);
  });

  test("options out of bounds, and options that do not exist, are refused", () => {
    for (const [options, argument] of [
      [{ deadlineMs: 0 }, "deadlineMs"],
      [{ attemptMs: 1.5 }, "attemptMs"],
      [{ maxAttempts: 21 }, "maxAttempts"],
      [{ maxReplyBytes: -1 }, "maxReplyBytes"],
      [{ maxHosts: 0 }, "maxHosts"],
      [{ openMs: 5_000, maxOpenMs: 1_000 }, "maxOpenMs"],
      [{ types: [] }, "types"],
      [{ types: ["a", "a"] }, "types"],
      [{ types: ["a b"] }, "types"],
      [{ types: Array.from({ length: 51 }, (_, index) => `t${index}`) }, "types"],
    ] as const) {
      expect(() => createSync<string>(options)).toThrowError(expect.objectContaining({ argument }));
    }
    const misspelled = { maxAttempt: 3, maxAttempts: 3 };
    expect(() => createSync(misspelled)).toThrowError(expect.objectContaining({ argument: "maxAttempt" }));
  });
});
