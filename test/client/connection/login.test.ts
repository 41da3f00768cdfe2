import { Cluster, Redis } from "ioredis";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { errorOf } from "../../support/client/fixtures.js";
import { startOwn } from "../../support/own-server.js";

afterEach(() => vi.restoreAllMocks());

function start(redis: Redis | Cluster, listens = true) {
  if (listens) redis.on("error", () => {});
  const moonpath = createMoonpath(redis, { deadlineMs: 5_000 });
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  return {
    moonpath,
    read: (deadlineMs = 5_000) =>
      moonpath.tenant("acme").stock.read({ product: "lamp", low: 0 }, { deadlineMs }),
  };
}

const noServer = { port: 1, retryStrategy: () => 20 };

describe("a call without a usable connection", () => {
  test("has the connection's last error as its cause, and in its text", async () => {
    const { moonpath, read } = start(new Redis(noServer));
    const expected = {
      code: "UNAVAILABLE",
      message: expect.stringMatching(/no usable connection in time: connect ECONNREFUSED 127\.0\.0\.1:1$/),
      cause: { message: "connect ECONNREFUSED 127.0.0.1:1" },
    };
    expect(await errorOf(read(200))).toMatchObject(expected);
    // A call that begins after the error knows it too.
    expect(await errorOf(read(1))).toMatchObject({
      cause: { message: expect.stringContaining("ECONNREFUSED") },
    });
    expect(await errorOf(moonpath.ready({ deadlineMs: 100 }))).toMatchObject({
      code: "UNAVAILABLE",
      cause: { message: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test("that has ended for good names the error that ended it", async () => {
    const { read } = start(new Redis({ ...noServer, retryStrategy: () => null }));
    const expected = {
      code: "UNAVAILABLE",
      message: expect.stringMatching(/the connection was ended: connect ECONNREFUSED/),
      cause: { message: expect.stringContaining("ECONNREFUSED") },
    };
    expect(await errorOf(read())).toMatchObject(expected);
    expect(await errorOf(read())).toMatchObject(expected);
  });

  test.each([
    ["wrong", "wrong", /WRONGPASS /],
    ["missing", undefined, /NOAUTH /],
  ])("ends at once if the password is %s", async (_reason, password, message) => {
    const server = await startOwn({ password: "secret" });
    const { moonpath, read } = start(
      new Redis({
        port: server.port,
        retryStrategy: () => 20,
        ...(password === undefined ? {} : { password }),
      }),
    );
    const started = performance.now();
    const expected = { code: "NO_PERMISSION", message: expect.stringMatching(message) };
    expect(await errorOf(read())).toMatchObject(expected);
    expect(await errorOf(moonpath.ready())).toMatchObject(expected);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test("of a cluster ends at once if the password is wrong", async () => {
    const servers = await startRedisCluster({ own: true, masters: 3, replicasPerMaster: 0 });
    afterTest(() => servers.stop());
    const { read } = start(
      new Cluster(
        servers.nodes.map(({ host, port }) => ({ host, port })),
        { redisOptions: { password: "wrong" }, clusterRetryStrategy: () => 20 },
      ),
    );
    expect(await errorOf(read())).toMatchObject({
      code: "NO_PERMISSION",
      message: expect.stringMatching(/WRONGPASS /),
    });
  });
});

describe("an error of the connection", () => {
  const printed = () => vi.spyOn(console, "error").mockImplementation(() => {});

  test("is printed if the caller does not listen to it", async () => {
    const calls = printed();
    const redis = new Redis(noServer);
    const { moonpath, read } = start(redis, false);
    await errorOf(read(100));
    moonpath.close();
    redis.disconnect();
    expect(calls).toHaveBeenCalledWith(
      expect.stringContaining("nothing listens"),
      expect.stringContaining("ECONNREFUSED"),
    );
  });

  test("is not printed if the caller listens to it", async () => {
    const calls = printed();
    await errorOf(start(new Redis(noServer)).read(100));
    expect(calls).not.toHaveBeenCalled();
  });
});
