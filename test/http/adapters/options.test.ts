import { describe, expect, test } from "vitest";
import {
  idempotentFetch,
  idempotentHono,
  idempotentNode,
  rateLimitFetch,
  rateLimitHono,
  rateLimitNode,
  requestListener,
} from "../../../src/http/adapters/index.js";
import { hostile } from "../../support/client/hostile.js";
import { acme } from "../../support/http.js";
import { two } from "../../support/limit/app.js";

/** What a caller in plain JavaScript gets. */
function thrownBy(make: (options: never) => unknown, options: unknown): unknown {
  try {
    return Reflect.apply(make, undefined, [options]);
  } catch (error) {
    return error;
  }
}

const keyed = { idempotentFetch, idempotentHono, idempotentNode };
const limited = { rateLimitFetch, rateLimitHono, rateLimitNode };

describe.each(Object.entries(keyed))("%s", (name, make) => {
  test.each<[object, string]>([
    [{ tenant: undefined }, "tenant"],
    [{ tenant: { idempotency: {} } }, "tenant"],
    [{ use: "off" }, "use"],
    [{ methods: "POST" }, "methods"],
    [{ methods: ["post"] }, "methods"],
    [{ maxBodyBytes: -1 }, "maxBodyBytes"],
    [{ maxBodyBytes: 2 ** 30 + 1 }, "maxBodyBytes"],
    [{ maxReplyBytes: 500_001 }, "maxReplyBytes"],
    [{ route: "/orders" }, "route"],
    [{ log: null }, "log"],
    [{ log: { error() {} } }, "log"],
    [{ onReplay: true }, "onReplay"],
    [{ caller: "ann" }, "caller"],
    [{ leaseMs: 999 }, "leaseMs"],
    [{ handlerMs: 0 }, "handlerMs"],
    [{ unmarked: "required" }, "unmarked"],
    [{ onReplays: () => {} }, "onReplays"],
  ])("refuses %j, and names the option", (options, argument) => {
    expect(thrownBy(make, { tenant: acme, ...options })).toMatchObject({ code: "ARGUMENT", argument });
  });

  test("takes isStream only where replies are a Response", () => {
    const isNode = name === "idempotentNode";
    for (const [isStream, isRight] of [
      [() => false, !isNode],
      ["yes", false],
    ] as const) {
      const made = thrownBy(make, { tenant: acme, isStream });
      if (isRight) expect(made).toBeInstanceOf(Function);
      else expect(made).toMatchObject({ code: "ARGUMENT", argument: "isStream" });
    }
  });

  test.each(hostile("tenant", "use", "methods", "log", "maxBodyBytes"))(
    "refuses options that are %s",
    (_, options) => {
      expect(thrownBy(make, options())).toMatchObject({ code: "ARGUMENT" });
    },
  );
});

describe.each(Object.entries(limited))("%s", (name, make) => {
  const right = { tenant: acme, group: "all", limits: two, key: () => "ada" };

  test.each<[object, string]>([
    [{ tenant: {} }, "tenant"],
    [{ group: undefined }, "group"],
    [{ group: "" }, "group"],
    [{ limits: undefined }, "limits"],
    [{ limits: [] }, "limits"],
    [{ limits: { ...two, quota: 0 } }, "limits.quota"],
    [{ limits: { ...two, window: 1 } }, "limits.window"],
    [{ key: "ip" }, "key"],
    [{ cost: 0 }, "cost"],
    [{ skip: true }, "skip"],
    [{ onUnavailable: "wait" }, "onUnavailable"],
    [{ log: {} }, "log"],
    [{ limit: two }, "limit"],
  ])("refuses %j, and names the option", (options, argument) => {
    expect(thrownBy(make, { ...right, ...options })).toMatchObject({ code: "ARGUMENT", argument });
  });

  test("needs a key where the client's address is not known", () => {
    const { key: _, ...keyless } = right;
    const made = thrownBy(make, keyless);
    if (name === "rateLimitNode") expect(made).toBeInstanceOf(Function);
    else expect(made).toMatchObject({ code: "ARGUMENT", argument: "key" });
  });

  test.each(hostile("tenant", "group", "limits", "key", "log"))(
    "refuses options that are %s",
    (_, options) => {
      expect(thrownBy(make, options())).toMatchObject({ code: "ARGUMENT" });
    },
  );
});

test("requestListener refuses a log that is none", () => {
  const make = (options: never) => requestListener([], () => {}, options);
  expect(thrownBy(make, { log: "console" })).toMatchObject({ code: "ARGUMENT", argument: "log" });
});
