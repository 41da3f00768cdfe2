import { describe, expect, test } from "vitest";
import { createHttpCache, createProxy, event } from "../../../src/http-cache/index.js";
import { ArgumentError } from "../../../src/index.js";
import { EVERYTHING, ownCache, ownClient } from "../../support/http-cache/site.js";

/** An option with a value that its type does not allow, as a program in JavaScript could give it. */
type Wrong = readonly [option: string, given: object];

const CACHE: readonly Wrong[] = [
  ["tennant", { tennant: "acme" }],
  ["tenant", { tenant: "a b" }],
  ["tenant", { tenant: undefined }],
  ["policies", { policies: undefined }],
  ["policies", { policies: [] }],
  ["events", { events: "all" }],
  ["rules", { rules: null }],
  ["rules.heuristic", { rules: { heuristic: true } }],
  ["rules.heuristics", { rules: { heuristics: "yes" } }],
  ["rules.obeysRequests", { rules: { obeysRequests: 1 } }],
  ["rules.maxVariants", { rules: { maxVariants: 0 } }],
  ["rules.staleKeepMs", { rules: { staleKeepMs: -1 } }],
  ["rules.maxKeepMs", { rules: { maxKeepMs: 1.5 } }],
  ["rules.targetedFields", { rules: { targetedFields: "cdn-cache-control" } }],
  ["rules.unstoredFields", { rules: { unstoredFields: [1] } }],
  ["maxBytes", { maxBytes: 0 }],
  ["maxBytes", { maxBytes: 4_000_001 }],
  ["maxForwards", { maxForwards: Number.NaN }],
  ["cacheTimeoutMs", { cacheTimeoutMs: -1 }],
  ["loadTimeoutMs", { loadTimeoutMs: Number.POSITIVE_INFINITY }],
  ["name", { name: "two words" }],
  ["name", { name: "a\r\nb" }],
  ["origin", { origin: "shop.example" }],
  ["origin", { origin: "ftp://shop.example" }],
  ["origin", { origin: "https://shop.example/path" }],
  ["hosts", { hosts: "shop.example" }],
  ["hosts", { hosts: [""] }],
  ["checksL1", { checksL1: "no" }],
  ["xCache", { xCache: 1 }],
  ["onError", { onError: "log" }],
];

const POLICIES: readonly Wrong[] = [
  ["policies.page", { page: "/page" }],
  ["policies.page.pfad", { page: { path: "/", pfad: "/" } }],
  ["path", { page: {} }],
  ["path", { page: { path: "page" } }],
  ["path", { page: { path: "/*/page" } }],
  ["path", { page: { path: "/:a/:a" } }],
  ["path", { page: { path: "/a?b" } }],
  ["policies.page.freshMs", { page: { path: "/", freshMs: -1 } }],
  ["policies.page.freshMs", { page: { path: "/", freshMs: "60s" } }],
  ["policies.page.staleMs", { page: { path: "/", staleMs: Number.NaN } }],
  ["policies.page.query", { page: { path: "/", query: "none" } }],
  ["policies.page.query", { page: { path: "/", query: [1] } }],
  ["policies.page.ignoredQuery", { page: { path: "/", ignoredQuery: "all" } }],
  ["policies.page.headers", { page: { path: "/", headers: ["Accept"] } }],
  ["policies.page.headers", { page: { path: "/", headers: "accept" } }],
  ["policies.page.key", { page: { path: "/", key: "user" } }],
  ["policies.page.tenant", { page: { path: "/", tenant: "acme" } }],
  ["policies.page.tags", { page: { path: "/", tags: ["product"] } }],
  ["policies.page.invalidateOn", { page: { path: "/", invalidateOn: "change" } }],
  ["invalidateOn", { page: { path: "/", invalidateOn: ["chnage"] } }],
];

const EVENTS: readonly Wrong[] = [
  ["events.change", { change: "product" }],
  ["events.change.payload", { change: {} }],
  ["events.change.payload", { change: { payload: "product" } }],
  ["events.change.payload", { change: { payload: ["a b"] } }],
  ["events.change.alias", { change: { payload: [], alias: [] } }],
  ["events.change.aliases", { change: { payload: [], aliases: "changed" } }],
  ["events.change.tags", { change: { payload: [], tags: ["product"] } }],
  ["events", { change: { payload: [] }, other: { payload: [], aliases: ["change"] } }],
];

const PROXY: readonly Wrong[] = [
  ["timeoutMs", { timeoutMs: 5 }],
  ["origin", { origin: undefined }],
  ["origin", { origin: "https://127.0.0.1" }],
  ["origin", { origin: "http://127.0.0.1/path" }],
  ["origin", { origin: "http://user:secret@127.0.0.1" }],
  ["origin", { origin: "http://127.0.0.1?a" }],
  ["idleMs", { idleMs: 0 }],
  ["maxConnections", { maxConnections: -5 }],
  ["upgrades", { upgrades: "websocket" }],
  ["maxUpgrades", { maxUpgrades: -1 }],
  ["upgradeIdleMs", { upgradeIdleMs: 0 }],
];

/** The name of the argument that an ArgumentError is about. */
function argumentOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ArgumentError) return error.argument;
    throw error;
  }
  return "accepted";
}

describe("each wrong option is named", () => {
  test.each(CACHE)("createHttpCache: %s %j", (option, given) => {
    expect(argumentOf(() => createHttpCache(ownClient(), { ...EVERYTHING, ...given }))).toBe(option);
  });

  test.each(POLICIES)("policies: %s %j", (option, given) => {
    const policies = Object.fromEntries(Object.entries(given));
    expect(argumentOf(() => createHttpCache(ownClient(), { ...EVERYTHING, policies }))).toBe(option);
  });

  test.each(EVENTS)("events: %s %j", (option, given) => {
    const events = Object.fromEntries(Object.entries(given));
    expect(argumentOf(() => createHttpCache(ownClient(), { ...EVERYTHING, events }))).toBe(option);
  });

  test.each(PROXY)("createProxy: %s %j", (option, given) => {
    const options = { origin: "http://127.0.0.1", ...given };
    expect(argumentOf(() => createProxy(ownCache(), options))).toBe(option);
  });
});

describe("a call with wrong arguments", () => {
  const cache = () =>
    createHttpCache(ownClient(), { ...EVERYTHING, events: { change: event({ payload: ["product"] }) } });

  test("is refused before Redis is asked", async () => {
    const given = cache();
    const name: string = "chnage";
    await expect(Reflect.apply(given.changed, given, [name, { product: "a" }])).rejects.toBeInstanceOf(
      ArgumentError,
    );
    await expect(Reflect.apply(given.changed, given, ["change", {}])).rejects.toMatchObject({
      argument: "product",
    });
    await expect(given.changed("change", { product: "" })).rejects.toMatchObject({ argument: "product" });
    await expect(given.invalidateTags(["{evil}"])).rejects.toMatchObject({ argument: "tags" });
    await expect(given.invalidateTags(["a"], { tenant: "a b" })).rejects.toMatchObject({
      argument: "tenant",
    });
  });
});
