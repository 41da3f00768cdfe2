import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { rateLimits } from "../../../src/http/index.js";
import { freshTenant, limitedApp, two } from "../../support/limit/app.js";

describe("a wrong option is an ArgumentError", () => {
  const tenant = freshTenant();
  test.each([
    [{ tenant: {} }, "tenant"],
    [{ tenant, limits: [] }, "limits"],
    [{ tenant, limits: { ...two, policy: "a b" } }, "limits.policy"],
    [
      {
        tenant,
        limits: [
          { ...two, policy: "a" },
          { quota: 1, periodMs: 1, policy: "a" },
        ],
      },
      "limits.policy",
    ],
    [{ tenant, cost: 0 }, "cost"],
    [{ tenant, onUnavailable: "wait" }, "onUnavailable"],
    [{ tenant, key: "ip" }, "key"],
    [{ tenant, limit: two }, "limit"],
  ])("%# of the plugin: %s", async (options, argument) => {
    const app = Fastify();
    // A caller in plain JavaScript may pass anything.
    Reflect.apply(app.register, app, [rateLimits, options]);
    const registered = Promise.resolve(app.ready());
    expect(await registered.catch((error: unknown) => error)).toMatchObject({ code: "ARGUMENT", argument });
  });

  test("of a route", async () => {
    const failed = limitedApp({}, (app) => {
      app.get(
        "/wrong",
        { config: { rateLimit: { limits: { quota: 0, periodMs: 1 } } } },
        async () => "never",
      );
    });
    expect(await failed.catch((error: unknown) => error)).toMatchObject({ code: "ARGUMENT" });
    const bare = limitedApp({}, (app) => {
      app.get("/bare", { config: { rateLimit: { cost: 2 } } }, async () => "never");
    });
    expect(await bare.catch((error: unknown) => error)).toMatchObject({
      argument: "config.rateLimit.limits",
    });
  });
});
