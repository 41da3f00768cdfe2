import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { rateLimits } from "../../../src/http/index.js";
import { freshTenant, limitedApp, two } from "../../support/limit/app.js";

describe("a wrong option is an ArgumentError", () => {
  const tenant = freshTenant();
  test.each(
    [
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
      [{ tenant, limits: null }, "limits"],
      [{ tenant, limits: 5 }, "limits"],
      [{ tenant, limits: [null] }, "limits[0]"],
      [{ tenant, limits: { ...two, burst: 0 } }, "limits.burst"],
      [{ tenant, limits: [two, { ...two, quota: 0 }] }, "limits[1].quota"],
      [{ tenant, limits: [{ ...two, window: 1 }] }, "limits[0].window"],
      [{ tenant, skip: null }, "skip"],
      [{ tenant, cost: null }, "cost"],
    ].map(([options, argument]) => ({ options, argument })),
  )("%# of the plugin: $argument", async ({ options, argument }) => {
    const app = Fastify();
    // A caller in plain JavaScript may pass anything.
    Reflect.apply(app.register, app, [rateLimits, options]);
    const registered = Promise.resolve(app.ready());
    expect(await registered.catch((error: unknown) => error)).toMatchObject({ code: "ARGUMENT", argument });
  });

  test.each([
    [null, "config.rateLimit"],
    [5, "config.rateLimit"],
    [true, "config.rateLimit"],
    ["off", "config.rateLimit"],
    [{ limits: [] }, "config.rateLimit.limits"],
    [{ limits: null }, "config.rateLimit.limits"],
    [{ limits: 5 }, "config.rateLimit.limits"],
    [{ limits: [two, two] }, "config.rateLimit.limits"],
    [{ limits: { quota: 0, periodMs: 1 } }, "config.rateLimit.limits.quota"],
    [{ limits: [two, null] }, "config.rateLimit.limits[1]"],
    [{ limits: [{ ...two, policy: "a b" }] }, "config.rateLimit.limits[0].policy"],
    [{ limits: two, group: null }, "config.rateLimit.group"],
    [{ limits: two, cost: null }, "config.rateLimit.cost"],
    [{ limits: two, max: 5 }, "config.rateLimit.max"],
    [{ cost: 2 }, "config.rateLimit.limits"],
  ])("%# of a route, which it names: %j", async (rateLimit, argument) => {
    const app = limitedApp({}, (routes) => {
      // A caller in plain JavaScript may pass anything.
      Reflect.apply(routes.get, routes, ["/wrong", { config: { rateLimit } }, async () => "never"]);
    });
    const error: unknown = await app.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "ARGUMENT", argument });
    expect(String(error)).toContain("GET /wrong");
  });

  test("of a route that was added before the plugin, when a request comes", async () => {
    const app = Fastify();
    Reflect.apply(app.get, app, ["/early", { config: { rateLimit: null } }, async () => "never"]);
    await app.register(rateLimits, { tenant, limits: two });
    const reply = await app.inject("/early");
    expect([reply.statusCode, reply.json().code]).toEqual([500, "ARGUMENT"]);
    await app.close();
  });
});
