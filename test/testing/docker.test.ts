import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { probe } from "../../src/testing/docker/engine.js";
import { startPostgres, startRedis, startRedisCluster, startSentinel } from "../../src/testing/index.js";
import { withConnection } from "../../src/testing/redis/connection.js";
import { waitUntil, withTimeout } from "../../src/testing/wait.js";
import { bundleOf } from "../support/bundle.js";
import { afterTest } from "../support/cleanup.js";
import { inDocker } from "../support/docker.js";
import { startOwn } from "../support/own-server.js";
import { existing, ownContainers } from "../support/testing/containers.js";

/** An address of this machine that other machines can reach. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

/** What a connection to the port ends with: `connected`, or the code of its error. */
async function attempt(port: number, host: string): Promise<unknown> {
  const socket = connect(port, host);
  afterTest(() => socket.destroy());
  return once(socket, "connect").then(
    () => "connected",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}

describe.runIf(inDocker)("a server in Docker", () => {
  test("is published on 127.0.0.1 only", async () => {
    expect(outside).toBeDefined();
    const [redis, cluster, postgres] = await Promise.all([
      startOwn(),
      startRedisCluster({ own: true, masters: 1, replicasPerMaster: 0 }),
      startPostgres({ own: true }),
    ]);
    afterTest(cluster.stop, postgres.stop);
    for (const { port } of [redis, ...cluster.nodes, postgres]) {
      expect(await attempt(port, "127.0.0.1")).toBe("connected");
      expect(await attempt(port, outside ?? "")).toBe("ECONNREFUSED");
    }
  });

  test("shows its log, which goes on after a restart", async () => {
    const server = await startOwn();
    expect(server.log.join("\n")).toMatch(/Ready to accept connections/);
    await server.kill("SIGKILL");
    expect(server.running).toBe(false);
    const before = server.log.length;
    await server.restart();
    expect(server.running).toBe(true);
    expect(server.log.length).toBeGreaterThan(before);
    await withConnection(server, (redis) => redis.config("SET", "loglevel", "verbose"));
    await withConnection(server, (redis) => redis.ping());
    await waitUntil(async () => /Accepted|Client closed/.test(server.log.join("\n")), 5_000, "a new line");
  });

  test("is not running after its own shutdown", async () => {
    const server = await startOwn();
    await withConnection(server, (redis) => redis.call("SHUTDOWN", "NOSAVE")).catch(() => undefined);
    await waitUntil(async () => !server.running, 5_000, "the end of the server to be seen");
    await server.restart();
    expect(await withConnection(server, (redis) => redis.ping())).toBe("PONG");
  });
});

describe.runIf(inDocker)("a failed start in Docker", () => {
  test.each([
    ["a server", () => startRedis({ config: { maxmemory: "a lot" }, password: "hunter2" })],
    ["a cluster", () => startRedisCluster({ config: { maxmemory: "a lot" } })],
    ["Sentinels", () => startSentinel({ config: { maxmemory: "a lot" } })],
  ])("of %s has the server's last lines", async (_, start) => {
    const error: unknown = await start().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "TESTING_START_FAILED",
      message: expect.stringMatching(
        /Docker could not start redis:7\.0-alpine: .*ended[\s\S]*argument must be a memory/,
      ),
    });
    expect(String(error)).not.toContain("hunter2");
  });

  test("of an image that no registry has shows Docker's reason", async () => {
    const image = "moonpath.invalid/no/such:1";
    for (const start of [startRedis, startPostgres]) {
      await expect(start({ own: true, image })).rejects.toMatchObject({
        code: "TESTING_START_FAILED",
        message: expect.stringMatching(
          /Docker has no image moonpath\.invalid\/no\/such:1: .*(no such host|lookup)/,
        ),
      });
    }
  });

  test("of an image without the program shows Docker's reason", async () => {
    await expect(startRedis({ image: "postgres:16-alpine" })).rejects.toMatchObject({
      code: "TESTING_START_FAILED",
      message: expect.stringMatching(/postgres:16-alpine: .*[\s\S]*(not found|POSTGRES_PASSWORD|not set)/i),
    });
  });

  test("leaves no container", async () => {
    const server = await startOwn();
    const before = await ownContainers();
    expect(before.length).toBeGreaterThan(0);
    await startRedisCluster({ config: { maxmemory: "a lot" } }).catch(() => undefined);
    await startRedis({ image: "postgres:16-alpine" }).catch(() => undefined);
    const added = async () => (await ownContainers()).filter((id) => !before.includes(id));
    await waitUntil(async () => (await added()).length === 0, 20_000, "the containers to go");
    expect(server.running).toBe(true);
  });
});

/** Runs test/support/testing/docker-holder.ts and reads its line. */
async function hold(servers: string, env: NodeJS.ProcessEnv = {}) {
  const holder = join(import.meta.dirname, "../support/testing/docker-holder.ts");
  const child = spawn(process.execPath, [await bundleOf(holder), servers], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  afterTest(() => child.kill("SIGKILL"));
  const exit = once(child, "exit");
  const lines = once(createInterface({ input: child.stdout }), "line");
  const [line] = await withTimeout(lines, 120_000, "the holder's line");
  const held: unknown = JSON.parse(String(line));
  return { child, exit, held };
}

describe.runIf(inDocker)("containers of a process", () => {
  test.each(["SIGKILL", "SIGTERM"] as const)("are removed after %s", { timeout: 180_000 }, async (signal) => {
    const { child, exit, held } = await hold("wait");
    if (!Array.isArray(held)) throw new Error("the holder names its containers");
    const ids: string[] = held.map(String);
    expect(ids).toHaveLength(4);
    expect(await existing(ids)).toEqual(ids);
    child.kill(signal);
    await exit;
    await waitUntil(async () => (await existing(ids)).length === 0, 30_000, "the containers to go");
  });
});

describe.runIf(inDocker)("a process", () => {
  test.each(["exit", "end"])(
    "ends by itself (%s), and its containers are removed",
    { timeout: 180_000 },
    async (how) => {
      const { exit, held } = await hold(how);
      const ids = Array.isArray(held) ? held.map(String) : [];
      expect(ids).toHaveLength(4);
      const [code] = await withTimeout(exit, 15_000, "the end of the process: servers do not keep it alive");
      expect(code).toBe(0);
      await waitUntil(async () => (await existing(ids)).length === 0, 30_000, "the containers to go");
    },
  );
});

describe.runIf(inDocker)("an engine on another machine", () => {
  test("runs servers whose announced addresses lead there", { timeout: 180_000 }, async () => {
    const { held } = await hold("remote", { TESTCONTAINERS_HOST_OVERRIDE: outside ?? "" });
    expect(held).toEqual({
      single: outside,
      clusterHosts: [outside],
      clusterKeys: 50,
      sentinelHost: outside,
      current: outside,
      postgres: outside,
    });
  });
});

test("the error without an engine names the reason", async () => {
  expect(await probe("unix:///nowhere/docker.sock")).toMatch(/ENOENT.*\/nowhere\/docker\.sock/);
  expect(await probe("tcp://127.0.0.1:1")).toMatch(/ECONNREFUSED/);
  expect(await probe("127.0.0.1")).toBe("DOCKER_HOST is no URL");
  expect(await probe("podman:")).toMatch(/unknown protocol, podman:/);
});
