import Fastify from "fastify";
import { afterAll, describe, test } from "vitest";
import { rateLimits } from "../../src/http/index.js";
import { createMoonpath } from "../../src/index.js";
import { hostile, plain, refuses, signals } from "../support/client/hostile.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace() });
const acme = moonpath.tenant("acme");
afterAll(() => moonpath.close());

const callOptions = ["deadlineMs", "signal", "minReplicas", "replicaWaitMs"];

describe("a limit", () => {
  const limits = { quota: 5, periodMs: 60_000 };
  const args = { name: "ada", limits };
  const { limit } = acme;

  const arrays = hostile("0", "length");
  test.each(hostile("name", "limits", "cost", "operation", "rememberMs"))(
    "refuses arguments of take, peek and reset that are %s",
    async (name, make) => {
      await refuses(plain(limit.take, make()));
      await refuses(plain(limit.peek, make()));
      if (!/limits|cost/.test(name)) await refuses(plain(limit.reset, make()));
    },
  );

  test.each([...hostile("quota", "periodMs", "burst"), ...arrays, ["null", () => null] as const])(
    "refuses limits that are %s",
    async (_, make) => {
      await refuses(plain(limit.take, { name: "ada", limits: make() }));
      await refuses(plain(limit.take, { name: "ada", limits: [limits, make()] }));
    },
  );

  test.each([...hostile("onUnavailable", "timeoutMs"), ["null", () => null] as const])(
    "refuses options of take and peek that are %s",
    async (_, make) => {
      await refuses(plain(limit.take, args, make()));
      await refuses(plain(limit.peek, args, make()));
    },
  );

  test.each([...hostile("local"), ["null", () => null] as const])(
    "refuses an onUnavailable that is %s",
    async (_, make) => {
      await refuses(plain(limit.take, args, { onUnavailable: make() }));
    },
  );

  test.each([...hostile(...callOptions), ["null", () => null] as const])(
    "refuses options of reset that are %s",
    async (_, make) => {
      await refuses(plain(limit.reset, { name: "ada" }, make()));
    },
  );

  test.each([...hostile("permits", "leaseMs", "waitMs", "signal", "onLost"), ["null", () => null] as const])(
    "refuses options of using that are %s",
    async (_, make) => {
      await refuses(plain(limit.using, "ada", make(), () => 1));
    },
  );

  test.each(signals)("refuses a signal of using and reset that is %s", async (_, make) => {
    await refuses(
      plain(limit.using, "ada", { permits: 1, signal: make() }, () => 1),
      "signal",
    );
    await refuses(plain(limit.reset, { name: "ada" }, { signal: make() }), "signal");
  });

  test.each([...hostile("tenant", "limits", "key", "cost", "skip", "onUnavailable", "timeoutMs")])(
    "refuses options of the Fastify plugin that are %s",
    async (_, make) => {
      await refuses(plain(rateLimits, Fastify(), make()));
    },
  );
});
