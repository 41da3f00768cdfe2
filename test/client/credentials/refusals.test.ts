import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { type CredentialsEvent, createMoonpath, type Moonpath } from "../../../src/index.js";
import { startProxy, startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { errorOf } from "../../support/client/fixtures.js";
import { startOwn } from "../../support/own-server.js";
import { eventually } from "../../support/wait.js";

const password = "s3cret-of-the-server";
const unknown = { outcome: "unknown" };

/** The provider may return anything, as in plain JavaScript. */
function start(redis: Redis | Cluster, credentials: () => unknown) {
  const events: CredentialsEvent["outcome"][] = [];
  const errors: unknown[] = [];
  redis.on("error", (error: unknown) => errors.push(error));
  const observers = [{ onCredentials: ({ outcome }: CredentialsEvent) => void events.push(outcome) }];
  const options = { deadlineMs: 10_000, credentials, observers };
  const moonpath: Moonpath = Reflect.apply(createMoonpath, undefined, [redis, options]);
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  const read = (deadlineMs = 10_000) =>
    moonpath.tenant("acme").stock.read({ product: "lamp", low: 0 }, { deadlineMs });
  return { moonpath, read, events, errors };
}

const retryStrategy = () => 20;

describe("the first credentials", () => {
  test("are waited for by a lazy connection, which sees no error", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true });
    const { read, errors } = start(redis, async () => {
      await sleep(300);
      return { password };
    });
    expect(redis.status).toBe("wait");
    expect(await read()).toMatchObject(unknown);
    expect(errors).toEqual([]);
  });

  test("come later than the connect of a connection that is not lazy, and its calls wait", async () => {
    const server = await startOwn({ password });
    const { read } = start(new Redis({ port: server.port, retryStrategy }), async () => {
      await sleep(300);
      return { password };
    });
    expect(await read()).toMatchObject(unknown);
  });

  test("come while a connect without them has no reply yet", async () => {
    const server = await startOwn({ password });
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
    proxy.delay(100);
    let asked = 0;
    const { read } = start(new Redis({ port: proxy.port, retryStrategy: () => 1 }), async () => {
      if (++asked === 1) await sleep(1_000);
      return { password };
    });
    expect(await read()).toMatchObject(unknown);
  });

  test("may have the username of the connection's options", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, username: "default", lazyConnect: true });
    expect(await start(redis, () => ({ password })).read()).toMatchObject(unknown);
  });
});

describe("credentials that a server refuses", () => {
  test("end calls with NO_PERMISSION, if they come a second time", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true, retryStrategy });
    const { moonpath, read } = start(redis, async () => ({ password: "not-the-password" }));
    const expected = { code: "NO_PERMISSION", message: expect.stringContaining("WRONGPASS") };
    const startedAt = performance.now();
    expect(await errorOf(read())).toMatchObject(expected);
    expect(await errorOf(moonpath.ready())).toMatchObject(expected);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test("are asked for again, and a call that waits gets its reply", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true, retryStrategy });
    let asked = 0;
    const { read } = start(redis, async () => ({ password: ++asked === 1 ? "not-the-password" : password }));
    expect(await read()).toMatchObject(unknown);
    expect(asked).toBe(2);
  });

  test("on a live connection are asked for again, and calls go on", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true });
    let asked = 0;
    const { read, events } = start(redis, async () => {
      asked++;
      return {
        password: asked === 2 ? "not-the-password" : password,
        expiresAtMs: Date.now() + (asked === 1 ? 100 : 60_000),
      };
    });
    expect(await read()).toMatchObject(unknown);
    await eventually("the third credentials are in use", () => {
      expect(events).toEqual(["renewed", "renewed", "failed", "renewed"]);
    });
    expect(await read()).toMatchObject(unknown);
  });

  test("of a cluster end calls with NO_PERMISSION", async () => {
    const servers = await startRedisCluster({ own: true, masters: 3, replicasPerMaster: 0 });
    afterTest(() => servers.stop());
    const nodes = servers.nodes.map(({ host, port }) => ({ host, port }));
    const cluster = new Cluster(nodes, { lazyConnect: true, clusterRetryStrategy: () => 20 });
    const { read } = start(cluster, async () => ({ password: "not-the-password" }));
    expect(await errorOf(read())).toMatchObject({ code: "NO_PERMISSION" });
  });
});

describe("a provider that fails", () => {
  const wrong: [name: string, provider: () => unknown, text: RegExp][] = [
    ["rejects", () => Promise.reject(new Error("the token service is away")), /token service is away/],
    [
      "throws",
      () => {
        throw new Error("no token");
      },
      /no token/,
    ],
    [
      "throws no error",
      () => {
        throw password;
      },
      /something else than an error/,
    ],
    ["returns nothing", () => undefined, /a function that returns/],
    ["returns no password", () => ({ username: "ann" }), /a function that returns/],
    ["returns an empty user", () => ({ username: "", password }), /a function that returns/],
    ["returns a date", () => ({ password, expiresAtMs: new Date() }), /a function that returns/],
    ["does not return", () => new Promise(() => {}), /has not returned yet/],
  ];
  test.each(wrong)("%s: it is the cause of UNAVAILABLE, without a secret", async (_, provider, text) => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true });
    const { read } = start(redis, provider);
    const error = await errorOf(read(300));
    expect(error).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(text),
      cause: { message: expect.stringMatching(/^credentials\(\) /) },
    });
    expect(String(error)).not.toContain(password);
  });

  test("is asked again, and calls go on; a text with the password is redacted", async () => {
    const server = await startOwn({ password });
    const redis = new Redis({ port: server.port, lazyConnect: true, retryStrategy });
    let asked = 0;
    const { read, events } = start(redis, async () => {
      asked++;
      if (asked > 1 && asked < 6) throw new Error(`cannot renew ${password}`);
      return { password, expiresAtMs: Date.now() + 100 };
    });
    expect(await read()).toMatchObject(unknown);
    await eventually("the provider has failed", () => expect(events).toContain("failed"));
    redis.disconnect(true);
    expect(await read()).toMatchObject(unknown);
    await eventually("the provider works again", () => expect(asked).toBeGreaterThan(6));
  });

  test("that repeats credentials which end soon is asked ever less often", async () => {
    const server = await startOwn({ password });
    let asked = 0;
    start(new Redis({ port: server.port, lazyConnect: true }), async () => {
      asked++;
      return { password, expiresAtMs: Date.now() };
    });
    await sleep(1_500);
    expect(asked).toBeLessThan(15);
  });
});

test("after close() nobody asks for credentials, and the connection keeps its login", async () => {
  const server = await startOwn({ password });
  const redis = new Redis({ port: server.port, lazyConnect: true });
  let asked = 0;
  const { moonpath, read } = start(redis, async () => {
    asked++;
    return { password, expiresAtMs: Date.now() + 20 };
  });
  const events = ["connecting", "connect", "ready", "error", "close", "end"];
  const before = new Redis({ lazyConnect: true });
  await read();
  moonpath.close();
  const askedBefore = asked;
  await sleep(300);
  expect(asked).toBe(askedBefore);
  expect(await redis.ping()).toBe("PONG");
  // Only the test's own listener is left.
  const left = events.map((event) => redis.listenerCount(event) - before.listenerCount(event));
  expect(left).toEqual([0, 0, 0, 1, 0, 0]);
});

test("credentials that are no function are refused", async () => {
  const redis = new Redis({ lazyConnect: true });
  afterTest(() => redis.disconnect());
  const make = async () => Reflect.apply(createMoonpath, undefined, [redis, { credentials: { password } }]);
  expect(await errorOf(make())).toMatchObject({ code: "ARGUMENT", argument: "credentials" });
});
