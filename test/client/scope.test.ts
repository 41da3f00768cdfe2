import { describe, expect, test } from "vitest";
import { keys, scripts } from "../../generated/ts/index.js";
import { ArgumentError, checkedScope, type Scope } from "../../src/client/index.js";
import { createMoonpath } from "../../src/index.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { revoked } from "../support/revoked.js";

const good = { namespace: "shop", tenant: "acme" };

/** Builders that take a slot and no tenant. */
const OF_A_SLOT = new Set(Object.keys(keys).filter((name) => name.endsWith("InSlot")));

/** Every builder with fit fields. */
const builders = Object.entries(keys)
  .filter(([name]) => !OF_A_SLOT.has(name))
  .map(([name, build]): [string, (scope: unknown) => unknown] => [
    name,
    (scope) =>
      Reflect.apply(build, undefined, [
        scope,
        ...Array.from({ length: build.length - 1 }, () => fieldFor(name)),
      ]),
  ]);

/** A text that all types of the keyspace take, or the one that its builder asks for. */
function fieldFor(name: string): string {
  return name === "price" ? "EUR" : "012";
}

const refused: { name: string; scope: unknown; argument: string }[] = [
  { name: "a tenant with a colon", scope: { namespace: "shop", tenant: "a:b" }, argument: "tenant" },
  { name: "a tenant with a brace", scope: { namespace: "shop", tenant: "a}" }, argument: "tenant" },
  { name: "an empty tenant", scope: { namespace: "shop", tenant: "" }, argument: "tenant" },
  { name: "a tenant with a line break", scope: { namespace: "shop", tenant: "a\n" }, argument: "tenant" },
  {
    name: "a tenant of 65 characters",
    scope: { namespace: "shop", tenant: "a".repeat(65) },
    argument: "tenant",
  },
  { name: "no tenant", scope: { namespace: "shop" }, argument: "tenant" },
  { name: "a tenant that is a list", scope: { namespace: "shop", tenant: ["acme"] }, argument: "tenant" },
  { name: "a namespace with a colon", scope: { namespace: "a:b", tenant: "acme" }, argument: "namespace" },
  { name: "a namespace with a brace", scope: { namespace: "{a}", tenant: "acme" }, argument: "namespace" },
  { name: "a namespace that is a number", scope: { namespace: 1, tenant: "acme" }, argument: "namespace" },
  { name: "no scope", scope: undefined, argument: "scope" },
  { name: "null", scope: null, argument: "scope" },
  { name: "a text", scope: "shop", argument: "scope" },
  { name: "a revoked proxy", scope: revoked(), argument: "scope" },
  {
    name: "a getter that throws",
    scope: {
      namespace: "shop",
      get tenant() {
        throw new Error("secret");
      },
    },
    argument: "scope",
  },
];

describe("key builders", () => {
  test.each(builders)("hole 15: check namespace and tenant (keys.%s)", (_, build) => {
    // The tag of a slot stands for the tenant and the product.
    expect(build(good)).toMatch(/^shop:\{(acme[:}]|[0-9a-z]{1,4}\}:slot-)/);
    for (const { name, scope, argument } of refused) {
      expect(() => build(scope), name).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
    }
  });

  test("hole 15: check the namespace of a key of a slot", () => {
    expect(keys.slotDueInSlot("shop", 0)).toMatch(/^shop:\{[0-9a-z]{1,4}\}:slot-due$/);
    expect(() => keys.slotDueInSlot("a:b", 0)).toThrow(ArgumentError);
    expect(() => keys.slotDeadInSlot("", 0)).toThrow(ArgumentError);
  });

  test("hole 15: never make the same key for two scopes", () => {
    expect(() => keys.stock({ namespace: "shop", tenant: "a:b" }, "c")).toThrow(ArgumentError);
    expect(keys.stock({ namespace: "shop", tenant: "a" }, "b:c")).toBe("shop:{a:b:c}:stock");
  });

  test.each([
    ["product", () => keys.stock(good, "a}b")],
    ["product", () => keys.stock(good, "")],
    ["product", () => keys.stock(good, "a\u0000")],
    ["product", () => keys.stock(good, "\ud800")],
    ["product", () => keys.stock(good, "x".repeat(257))],
    ["product", () => Reflect.apply(keys.stock, undefined, [good])],
    ["currency", () => keys.price(good, "lamp", "eur")],
    ["currency", () => keys.price(good, "lamp", "EURO")],
    ["queueShard", () => keys.due(good, "offers", "0:1")],
    ["operation", () => keys.stockOperation(good, "lamp", "{}")],
    ["claim", () => keys.claim(good, "offers", "0", "")],
  ])("hole 15: refuse a wrong field by its name (%s)", (argument, build) => {
    expect(build).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
  });

  test("hole 15: share their check with the encode function of a script", () => {
    const args = { product: "c", low: 0 };
    expect(() => scripts.stock.read.encode({ namespace: "shop", tenant: "a:b" }, args)).toThrow(
      expect.objectContaining({ argument: "tenant" }),
    );
  });
});

describe("checkedScope", () => {
  test("hole 15: reads a scope once, so that it cannot change after its check", () => {
    let reads = 0;
    const shifting: Scope = {
      namespace: "shop",
      get tenant() {
        return reads++ === 0 ? "acme" : "a:b";
      },
    };
    expect(keys.stock(shifting, "lamp")).toBe("shop:{acme:lamp}:stock");
    expect(reads).toBe(1);
  });

  test("hole 15: accepts a client's frozen scope as it is, and no imitation of it", () => {
    const { scope } = createMoonpath(sharedRedis(), { namespace: freshNamespace() }).tenant("acme");
    expect(checkedScope(scope)).toBe(scope);
    expect(Object.isFrozen(scope)).toBe(true);
    const imitation: Scope = Object.create(Object.getPrototypeOf(scope), {
      namespace: { value: "shop" },
      tenant: { value: "a:b" },
    });
    expect(() => keys.stock(imitation, "lamp")).toThrow(expect.objectContaining({ argument: "tenant" }));
  });
});
