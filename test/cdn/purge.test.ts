import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  cdnTag,
  cloudflarePurger,
  type FastlyOptions,
  fastlyPurger,
  PurgeError,
} from "../../src/cdn/index.js";
import { batchesOf } from "../../src/cdn/purge/send.js";
import { ArgumentError } from "../../src/core/errors.js";
import { unhandledRejections } from "../support/cache/kit.js";
import { cloudflareApi, fastlyApi, type StandIn } from "../support/cdn/stand-in.js";
import { eventually } from "../support/wait.js";

const fastly = (api: StandIn, options: Partial<FastlyOptions> = {}) =>
  fastlyPurger({ token: "fastly-secret-token", serviceId: "SU1Z0isx", apiUrl: api.url, ...options });
const cloudflare = (api: StandIn, options: { timeoutMs?: number; attemptMs?: number } = {}) =>
  cloudflarePurger({ token: "cloudflare-secret-token", zoneId: "023e105f", apiUrl: api.url, ...options });

const failed = { status: 503, body: { msg: "down" } };
const many = (count: number) => Array.from({ length: count }, (_, index) => `product:${index}`);

describe("Fastly", () => {
  test("purges tags by the header Surrogate-Key, in the documented shape", async () => {
    const api = await fastlyApi();
    const tags = ["product:lamp", "list:a b,c", "x".repeat(2_000), "product:lamp"];
    expect(await fastly(api).purgeTags(tags)).toEqual({ outcome: "purged", requests: 1 });
    expect(api.requests[0]?.headers["surrogate-key"]).toBe(
      `product:lamp list:a%20b%2Cc ${cdnTag("x".repeat(2_000))}`,
    );
    expect(api.requests[0]?.headers["fastly-soft-purge"]).toBeUndefined();
  });

  test("marks answers as stale with soft, but never for everything", async () => {
    const api = await fastlyApi();
    const soft = fastly(api, { soft: true });
    await soft.purgeTags(["product:lamp"]);
    expect(await soft.purgeUrls(["https://www.shop.example/a?b=1"])).toEqual({
      outcome: "purged",
      requests: 1,
    });
    expect(await soft.purgeAll()).toEqual({ outcome: "purged", requests: 1 });
    expect(api.requests.map(({ headers }) => headers["fastly-soft-purge"])).toEqual(["1", "1", undefined]);
    expect(api.requests.map(({ path }) => path)).toEqual([
      "/service/SU1Z0isx/purge",
      "/purge/www.shop.example/a?b=1",
      "/service/SU1Z0isx/purge_all",
    ]);
  });

  test("sends at most 256 keys and 8,000 bytes in a request", async () => {
    const api = await fastlyApi();
    const short = many(600);
    expect(await fastly(api).purgeTags(short)).toEqual({ outcome: "purged", requests: 3 });
    const long = many(20).map((tag) => tag + "y".repeat(990));
    expect(await fastly(api).purgeTags(long)).toEqual({ outcome: "purged", requests: 3 });
    const sent = api.requests.flatMap(({ headers }) => String(headers["surrogate-key"]).split(" "));
    expect(sent).toEqual([...short, ...long]);
  });
});

describe("Cloudflare", () => {
  test("purges tags, files and everything, in the documented shape", async () => {
    const api = await cloudflareApi();
    const purger = cloudflare(api);
    expect(await purger.purgeTags(many(250))).toEqual({ outcome: "purged", requests: 3 });
    expect(await purger.purgeUrls(["https://www.shop.example/a"])).toEqual({
      outcome: "purged",
      requests: 1,
    });
    expect(await purger.purgeAll()).toEqual({ outcome: "purged", requests: 1 });
    expect(api.requests.map(({ body }) => Object.keys(JSON.parse(body)))).toEqual([
      ["tags"],
      ["tags"],
      ["tags"],
      ["files"],
      ["purge_everything"],
    ]);
  });

  test("fails if the answer does not say success, whatever its status is", async () => {
    const api = await cloudflareApi({ status: 200, body: { success: false, errors: [{ code: 10_000 }] } });
    const purged = await cloudflare(api).purgeTags(["product:lamp"]);
    expect(purged).toMatchObject({
      outcome: "failed",
      error: { reason: "refused", status: 200, codes: [10_000] },
      remaining: ["product:lamp"],
    });
  });
});

describe("a purge", () => {
  test.each([
    { name: "a server's failure", first: [failed] },
    { name: "a closed connection", first: ["reset"] },
    { name: "too many requests", first: [{ status: 429, body: {}, headers: { "retry-after": "1" } }] },
    { name: "a silent connection", first: ["silent"] },
  ] as const)("is sent again after $name, since twice has the effect of once", async ({ first }) => {
    const api = await cloudflareApi(...first);
    const purger = cloudflare(api, { timeoutMs: 60_000, attemptMs: first[0] === "silent" ? 2_000 : 20_000 });
    expect(await purger.purgeTags(["product:lamp"])).toEqual({ outcome: "purged", requests: 2 });
  });

  test("is not sent again after a refusal, and says what remains", async () => {
    const refusal = { status: 403, body: { success: false, errors: [{ code: 9109, message: "token" }] } };
    const success = { status: 200, body: { success: true } };
    const api = await cloudflareApi(success, refusal);
    const purged = await cloudflare(api).purgeTags(many(250));
    expect(purged).toMatchObject({
      outcome: "failed",
      error: { reason: "refused", status: 403, codes: [9109] },
    });
    if (purged.outcome !== "failed") throw new Error("it failed");
    expect(purged.remaining).toEqual(many(250).slice(100));
    expect(purged.error.message).toBe("the CDN did not confirm the purge: refused (status 403, errors 9109)");
    expect(api.requests).toHaveLength(2);
  });

  test("follows no redirect, since the token would go to the other host", async () => {
    const other = await fastlyApi();
    const api = await fastlyApi({
      status: 307,
      body: {},
      headers: { location: `${other.url}/service/SU1Z0isx/purge` },
    });
    const purged = await fastly(api).purgeTags(["product:lamp"]);
    expect(purged).toMatchObject({ outcome: "failed", error: { reason: "refused", status: 307 } });
    expect(other.requests).toEqual([]);
  });

  test("ends within its time", async () => {
    const silent = await fastlyApi("silent", "silent", "silent", "silent");
    const purged = await fastly(silent, { timeoutMs: 300 }).purgeTags(["product:lamp"]);
    expect(purged).toMatchObject({ outcome: "failed", error: { reason: "deadline", status: undefined } });
    const down = await fastlyApi(...Array.from({ length: 50 }, () => failed));
    expect(await fastly(down, { timeoutMs: 2_000 }).purgeTags(["product:lamp"])).toMatchObject({
      outcome: "failed",
      error: { reason: "unavailable", status: 503 },
    });
    // A wait that is longer than the time is not begun.
    const later = await fastlyApi({ status: 429, body: {}, headers: { "retry-after": "3600" } });
    const limited = await fastly(later, { timeoutMs: 60_000 }).purgeTags(["product:lamp"]);
    expect(limited).toMatchObject({ outcome: "failed", error: { reason: "unavailable", status: 429 } });
  });

  test("ends when its signal aborts, and sends nothing after it", async () => {
    const rejections = unhandledRejections();
    const api = await fastlyApi("silent");
    const controller = new AbortController();
    const purge = fastly(api).purgeTags(["product:lamp"], { signal: controller.signal });
    await eventually("the request has arrived", () => expect(api.requests).toHaveLength(1));
    controller.abort();
    expect(await purge).toMatchObject({ outcome: "failed", error: { reason: "aborted" } });
    expect(await fastly(api).purgeTags(["product:lamp"], { signal: controller.signal })).toMatchObject({
      outcome: "failed",
      remaining: ["product:lamp"],
    });
    expect(api.requests).toHaveLength(1);
    expect(rejections).toEqual([]);
  });

  test("of nothing sends nothing", async () => {
    const api = await fastlyApi();
    expect(await fastly(api).purgeTags([])).toEqual({ outcome: "purged", requests: 0 });
    expect(api.requests).toEqual([]);
  });

  test("tells neither its token nor its tags in errors or when it is printed", async () => {
    const api = await fastlyApi({
      status: 401,
      body: { msg: "Provided credentials are missing fastly-secret-token" },
    });
    const purger = fastly(api);
    const purged = await purger.purgeTags(["product:lamp"]);
    if (purged.outcome !== "failed") throw new Error("it failed");
    expect(purged.error).toBeInstanceOf(PurgeError);
    const refusedPort = fastlyPurger({
      token: "fastly-secret-token",
      serviceId: "SU1Z0isx",
      apiUrl: "http://127.0.0.1:1",
      timeoutMs: 1_000,
    });
    const unreachable = await refusedPort.purgeTags(["product:lamp"]);
    if (unreachable.outcome !== "failed") throw new Error("it failed");
    expect(unreachable.error.reason).toMatch(/^(unavailable|deadline)$/);
    const printed = [purged.error, unreachable.error, purger].map((one) =>
      inspect(one, { depth: 9, showHidden: true }),
    );
    expect(printed.join("\n")).not.toMatch(/secret|product:lamp/);
  });

  test.each<{ name: string; options: object }>([
    { name: "token", options: { token: "secret\nx: y", serviceId: "a" } },
    { name: "token", options: { token: "", serviceId: "a" } },
    { name: "serviceId", options: { token: "t", serviceId: "../purge_all" } },
    { name: "apiUrl", options: { token: "t", serviceId: "a", apiUrl: "http://api.fastly.com" } },
    { name: "apiUrl", options: { token: "t", serviceId: "a", apiUrl: "fastly" } },
    { name: "timeoutMs", options: { token: "t", serviceId: "a", timeoutMs: 0 } },
    { name: "sevice", options: { token: "t", serviceId: "a", sevice: true } },
  ])("refuses the option $name in $options", ({ name, options }) => {
    const make = () => Reflect.apply(fastlyPurger, undefined, [options]);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(`argument ${name}: `);
    expect(make).not.toThrow(/secret/);
  });

  test("refuses URLs that are none", async () => {
    const api = await cloudflareApi();
    await expect(cloudflare(api).purgeUrls(["ftp://a"])).rejects.toThrow("argument urls: ");
    expect(api.requests).toEqual([]);
  });
});

test("batches have all targets once, in their order, within both limits", () => {
  const targets = Array.from({ length: 97 }, (_, index) => "z".repeat(index % 13));
  const batches = batchesOf(targets, 7, 40, (target) => target.length);
  expect(batches.flat()).toEqual(targets);
  for (const batch of batches) {
    expect(batch.length).toBeLessThanOrEqual(7);
    expect(batch.join(" ").length + 1).toBeLessThanOrEqual(40);
  }
});
