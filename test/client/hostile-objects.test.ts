import { afterAll, describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { createExpiryWorker, createReservationSweeper } from "../../src/expiry/index.js";
import { createMoonpath, listenToStock } from "../../src/index.js";
import { createScheduler } from "../../src/scheduler/index.js";
import { countViews, createViewSync } from "../../src/views/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { explode, hostile, plain, refuses, SECRET, signals, target } from "../support/client/hostile.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { revoked } from "../support/revoked.js";

const redis = sharedRedis();
const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
const { tally } = client.tenant("acme");
const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
const acme = moonpath.tenant("acme");
afterAll(() => {
  client.close();
  moonpath.close();
});

const callOptions = ["deadlineMs", "signal", "minReplicas", "replicaWaitMs"];

describe("a call", () => {
  test.each(hostile(...callOptions))(
    "hole 14: rejects with an ArgumentError if its options are %s",
    async (name, make) => {
      const options = make();
      const field = callOptions.find((one) => name.includes(one));
      await refuses(plain(tally.bump, { tally: "a", change: 1 }, options), field);
      if (field === undefined || field === "deadlineMs" || field === "signal") {
        await refuses(plain(client.ready, options), field);
      }
    },
  );

  test.each(signals)("hole 14: rejects with an ArgumentError for a wrong signal (%s)", async (_, make) => {
    const signal = make();
    await refuses(plain(tally.read, { tally: "a" }, { signal }), "signal");
    await refuses(plain(client.ready, { signal }), "signal");
    await refuses(plain(acme.lock.acquire, "a", { signal }), "signal");
    await refuses(
      plain(acme.lock.using, "a", { signal }, () => 1),
      "signal",
    );
    await refuses(
      plain(acme.idempotency.run, "a", {}, () => 1, { signal }),
      "signal",
    );
  });

  test("hole 14: succeeds if its signal fails only afterwards", async () => {
    let reads = 0;
    const signal = Object.defineProperty({ ...target(), removeEventListener: explode }, "aborted", {
      get: () => (reads++ === 0 ? false : explode()),
    });
    expect(await plain(tally.read, { tally: "a" }, { signal })).toEqual({ total: 0 });
  });

  test.each(hostile("tally", "change", "operation"))(
    "hole 14: rejects arguments that are %s",
    async (_, make) => {
      const args = make();
      await refuses(plain(tally.add, args));
    },
  );

  test("hole 14: rejects arguments that throw when the time of a resend is read", async () => {
    let reads = 0;
    const args = {
      event: "a",
      get rememberMs() {
        return reads++ === 0 ? 60_000 : explode();
      },
    };
    await refuses(plain(acme.idempotency.mark, args));
  });
});

describe("a client", () => {
  test.each([
    ...hostile("namespace", "deadlineMs", "retries", "allowEviction", "credentials", "observers"),
    ["null", () => null],
  ])("hole 14: refuses options that are %s", async (_, make) => {
    const options = make();
    await refuses(plain(createScriptClient, redis, scripts, options));
  });

  test.each([
    ["a text", () => "many"],
    ["an object", () => ({})],
    ["a list with nothing in it", () => [undefined]],
    ["a list of numbers", () => [1]],
    ["a list of a revoked proxy", () => [revoked()]],
    ["a list of a hook's getter that throws", () => [Object.defineProperty({}, "onCall", { get: explode })]],
  ])("hole 14: refuses observers that are %s, and names them", async (_, make) => {
    const observers = make();
    await refuses(plain(createScriptClient, redis, scripts, { observers }), "observers");
  });

  test.each([
    ["nothing", () => undefined],
    ["null", () => null],
    ["a number", () => 1],
    ["an object", () => ({})],
  ])("hole 14: refuses a connection that is %s, and names it", async (_, make) => {
    const connection = make();
    await refuses(plain(createScriptClient, connection, scripts), "redis");
  });

  test.each([
    ["a symbol", () => Symbol("a")],
    ["a number", () => 1],
    ["null", () => null],
    ["a list", () => ["acme"]],
    ["a revoked proxy", revoked],
  ])("hole 14: refuses a tenant that is %s", async (_, make) => {
    await refuses(plain(moonpath.tenant, make()), "tenant");
  });

  test("hole 14: names the channel or the function that its listen() cannot use", async () => {
    await refuses(
      plain(client.listen, 1, () => {}),
      "channel",
    );
    await refuses(
      plain(client.listen, "", () => {}),
      "channel",
    );
    await refuses(
      plain(client.listen, revoked(), () => {}),
      "channel",
    );
    await refuses(plain(client.listen, "a", "wake"), "wake");
  });

  test("hole 14: ends a call with REPLY if the decoder throws", async () => {
    const broken = { ...scripts.tally.read, decode: explode };
    const other = createScriptClient(redis, { tally: { broken } });
    const error = await errorOf(other.tenant("acme").tally.broken({ tally: "a" }));
    expect(error).toMatchObject({ code: "REPLY", script: "tally.read" });
    expect(String(error)).not.toContain(SECRET);
    other.close();
  });
});

describe("a guarantee", () => {
  const lockOptions = ["leaseMs", "waitMs", "minReplicas", "replicaWaitMs", "owner"];
  test.each([...hostile(...lockOptions), ["null", () => null]])(
    "hole 14: refuses lock options that are %s",
    async (_, make) => {
      const options = make();
      await refuses(plain(acme.lock.acquire, "a", options));
      await refuses(plain(acme.lock.using, "a", options, () => 1));
    },
  );

  test.each([...hostile("onLost"), ["nothing", () => undefined]])(
    "hole 14: refuses options of using() that are %s",
    async (_, make) => {
      const options = make();
      await refuses(plain(acme.lock.using, "a", options, () => 1));
    },
  );

  test.each([...hostile("0"), ["a list of a symbol", () => [Symbol("a")]], ["a hole", () => new Array(1)]])(
    "hole 14: refuses lock keys that are %s",
    async (_, make) => {
      const keys = make();
      await refuses(plain(acme.lock.using, keys, {}, () => 1));
      await refuses(plain(acme.lock.acquire, keys));
    },
  );

  const requestOptions = ["leaseMs", "rememberMs", "waitMs", "onError"];
  test.each([...hostile(...requestOptions), ["null", () => null]])(
    "hole 14: refuses idempotency options that are %s",
    async (_, make) => {
      const options = make();
      await refuses(plain(acme.idempotency.run, "a", {}, () => 1, options));
    },
  );

  test.each(hostile("toJSON", "field"))("hole 14: refuses a payload that is %s", async (_, make) => {
    const payload = make();
    await refuses(
      plain(acme.idempotency.run, "a", payload, () => 1),
      "payload",
    );
  });

  const jobs: [string, (options: unknown) => Promise<unknown>][] = [
    ["createExpiryWorker", (options) => plain(createExpiryWorker, moonpath, options)],
    ["createReservationSweeper", (options) => plain(createReservationSweeper, moonpath, options)],
    ["createScheduler", (options) => plain(createScheduler, options)],
    ["createViewSync", (options) => plain(createViewSync, acme, options)],
    ["countViews", (options) => plain(countViews, acme, options)],
  ];
  test.each(jobs)("hole 14: refuses options of %s that cannot be read", async (_, make) => {
    const fields = ["queue", "handle", "rememberMs", "jobs", "shards", "leaseMs", "onError", "deadlineMs"];
    for (const [, makeOptions] of [...hostile(...fields), ["null", () => null] as const]) {
      await refuses(make(makeOptions()));
    }
  });

  test("hole 14: refuses options of stop(), run() and redrive() that cannot be read", async () => {
    const views = countViews(acme, { shards: ["0"] });
    const worker = createExpiryWorker(moonpath, { queue: "a", handle: async () => {} });
    const sync = createViewSync(acme, { shards: ["0"], apply: async () => {} });
    for (const [, makeOptions] of [...hostile("graceMs"), ["null", () => null] as const]) {
      await refuses(plain(worker.stop.bind(worker), makeOptions()));
      await refuses(plain(sync.stop, makeOptions()));
      await refuses(plain(views.stop.bind(views), makeOptions()));
    }
    for (const [, makeOptions] of hostile("limit", "reason"))
      await refuses(plain((options) => worker.redrive("acme", options), makeOptions()));
    for (const [, makeOptions] of hostile("signal")) await refuses(plain(sync.run, makeOptions()));
    await views.stop();
    for (const [, make] of signals) await refuses(plain(sync.run, { signal: make() }), "signal");
  });
});

describe("the events of stock", () => {
  test.each([...hostile("tenant", "product", "signal", "maxBuffered"), ["null", () => null] as const])(
    "are refused if their options are %s",
    async (_, make) => {
      await refuses(plain(listenToStock, moonpath, make()));
    },
  );

  test.each(signals)("are refused if their signal is %s", async (_, make) => {
    await refuses(plain(listenToStock, moonpath, { signal: make() }), "signal");
  });

  test.each([...hostile("namespace", "listen", "listenPattern"), ["null", () => null] as const])(
    "are refused if their client is %s",
    async (_, make) => {
      await refuses(plain(listenToStock, make()), "moonpath");
    },
  );
});
