import { existsSync } from "node:fs";
import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import { redisFromUrl, startRedis } from "../../src/testing/index.js";
import { withConnection } from "../../src/testing/redis/connection.js";
import { afterTest } from "../support/cleanup.js";
import { inDocker, testOfProcesses } from "../support/docker.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { isRunning } from "../support/testing/processes.js";
import { within } from "../support/wait.js";

function setting(redis: Redis, name: string): Promise<unknown> {
  return redis.config("GET", name).then((reply) => (Array.isArray(reply) ? reply[1] : undefined));
}

test("the shared server is available to every file", async () => {
  const key = `${freshNamespace()}:greeting`;
  const redis = sharedRedis();
  await redis.set(key, "hello", "PX", 60_000);
  expect(await redis.get(key)).toBe("hello");
});

test("a server listens only on 127.0.0.1, keeps nothing, and names its engine", async () => {
  const server = await startOwn({ config: { maxmemory: "20mb" } });
  expect(server.url).toBe(`redis://:${server.password}@127.0.0.1:${server.port}`);
  expect(["redis", "valkey"]).toContain(server.engine);
  expect(Number(server.version.split(".")[0])).toBeGreaterThanOrEqual(7);
  expect(server.given).toBe(false);
  const settings = await withConnection(server, (redis) =>
    Promise.all(["bind", "save", "appendonly", "maxmemory"].map((name) => setting(redis, name))),
  );
  // In Docker the port is published on 127.0.0.1: test/testing/docker.test.ts.
  expect(settings).toEqual([inDocker ? "0.0.0.0" : "127.0.0.1", "", "no", "20971520"]);
});

testOfProcesses(
  "two servers have separate ports and folders, and stop() removes process and folder",
  async () => {
    const [first, second] = await Promise.all([startOwn(), startOwn()]);
    expect(first.port).not.toBe(second.port);
    const folders = await Promise.all(
      [first, second].map((server) =>
        withConnection(server, async (redis) => String(await setting(redis, "dir"))),
      ),
    );
    expect(new Set(folders).size).toBe(2);
    const pids = [first.pid ?? 0, second.pid ?? 0];
    expect(pids.every(isRunning)).toBe(true);
    await Promise.all([first.stop(), second.stop()]);
    await first.stop();
    expect(pids.some(isRunning)).toBe(false);
    expect(folders.some((folder) => existsSync(folder))).toBe(false);
  },
);

test("a server with appendOnly keeps its data after kill -9 and a restart on the same port", async () => {
  const server = await startOwn({ appendOnly: true, config: { appendfsync: "always" } });
  await withConnection(server, (redis) => redis.set("kept", "yes"));
  const { pid, port } = server;
  await server.kill();
  expect(server).toMatchObject({ pid: undefined, running: false });
  await server.restart();
  expect(server).toMatchObject({ port, running: true });
  if (!inDocker) expect(server.pid).not.toBe(pid);
  expect(await withConnection(server, (redis) => redis.get("kept"))).toBe("yes");
});

test("a client loses a killed server, reconnects to it, and survives its suspension", async () => {
  const server = await startOwn();
  const redis = redisFromUrl(server.url);
  afterTest(() => redis.disconnect());
  redis.on("error", () => undefined);
  await redis.ping();
  const closed = new Promise((resolve) => redis.once("close", resolve));
  await server.kill("SIGKILL");
  await within("the client loses its connection", closed);
  const ready = new Promise((resolve) => redis.once("ready", resolve));
  await server.restart();
  await within("the client reconnects", ready);

  await server.kill("SIGSTOP");
  const answer = redis.ping();
  await server.kill("SIGCONT");
  expect(await answer).toBe("PONG");
  await server.kill("SIGSTOP");
  await server.stop();
  expect(server).toMatchObject({ pid: undefined, running: false });
});

test("a server that cannot start fails with one error that has its last lines", async () => {
  await expect(startOwn({ config: { maxmemory: "a lot" } })).rejects.toMatchObject({
    code: "TESTING_START_FAILED",
    message: expect.stringMatching(/maxmemory/),
  });
  await expect(startOwn({ binary: "/bin/cat" })).rejects.toMatchObject({ code: "TESTING_START_FAILED" });
});

test("options outside their range are refused", async () => {
  await expect(startRedis({ limitMs: 0 })).rejects.toMatchObject({ code: "TESTING_BAD_OPTION" });
  await expect(startRedis({ limitMs: Number.NaN })).rejects.toMatchObject({ code: "TESTING_BAD_OPTION" });
});

test.each([
  "http://127.0.0.1:1",
  "nonsense",
  "",
  "redis://127.0.0.1/x",
  "redis://a/1,redis://b",
  "redis://u:%zz@a",
])("the URL %j is refused", (url) => {
  expect(() => redisFromUrl(url)).toThrow(expect.objectContaining({ code: "TESTING_BAD_URL" }));
});

test("the error of a refused URL does not repeat the URL, which may hold a password", () => {
  expect(() => redisFromUrl("http://user:hunter2@127.0.0.1")).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
  );
});
