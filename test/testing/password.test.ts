import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import {
  type Address,
  redisFromUrl,
  startProxy,
  startRedisCluster,
  startReplicaPair,
  startSentinel,
} from "../../src/testing/index.js";
import { withConnection } from "../../src/testing/redis/connection.js";
import { afterTest } from "../support/cleanup.js";
import { testOfProcesses } from "../support/docker.js";
import { startOwn } from "../support/own-server.js";
import { strings } from "../support/testing/strings.js";
import { within } from "../support/wait.js";

/** What a server answers to somebody who knows its address alone. */
async function strangerAt({ host, port }: Address): Promise<string> {
  const socket = connect(port, host);
  afterTest(() => socket.destroy());
  socket.write("PING\r\n");
  const [answer] = await within("the server answers", once(socket, "data"));
  return String(answer);
}

test("hole 13: every server asks for a password, and no two have the same", { timeout: 60_000 }, async () => {
  const [server, other, pair, sentinel, cluster] = await Promise.all([
    startOwn(),
    startOwn(),
    startReplicaPair(),
    startSentinel({ replicas: 1, sentinels: 1 }),
    startRedisCluster({ own: true, masters: 1, replicasPerMaster: 1 }),
  ]);
  afterTest(pair.stop, sentinel.stop, cluster.stop);
  const groups = [
    [server],
    [other],
    [pair.primary, pair.replica],
    [sentinel.primary, ...sentinel.replicas, ...sentinel.sentinels],
    cluster.nodes,
  ];
  const passwords = groups.map((group) => group[0]?.password ?? "");
  expect(new Set(passwords).size).toBe(groups.length);
  for (const [index, group] of groups.entries()) {
    for (const one of group) {
      expect(one.password).toMatch(/^[0-9a-f]{32}$/);
      expect(one.password).toBe(passwords[index]);
      expect(await strangerAt(one)).toMatch(/NOAUTH/);
      expect(await withConnection(one, (redis) => redis.call("PING"))).toBe("PONG");
      expect(new URL(one.url).password).toBe(one.password);
    }
  }
  const redis = redisFromUrl(cluster.url);
  const watched = new Redis({ ...sentinel.connection });
  afterTest(
    () => redis.disconnect(),
    () => watched.disconnect(),
  );
  expect([await redis.set("a", "1"), await watched.set("a", "1")]).toEqual(["OK", "OK"]);
  expect(await withConnection(await sentinel.current(), (current) => current.get("a"))).toBe("1");
});

testOfProcesses(
  "hole 13: the password is in no argument, no file for other users and no log line",
  async () => {
    const [server, sentinel] = await Promise.all([startOwn(), startSentinel({ replicas: 1, sentinels: 1 })]);
    afterTest(sentinel.stop);
    for (const one of [server, sentinel.primary, ...sentinel.replicas, ...sentinel.sentinels]) {
      expect(readFileSync(`/proc/${one.pid}/cmdline`, "utf8")).not.toContain(one.password);
      expect(readFileSync(`/proc/${one.pid}/environ`, "utf8")).not.toContain(one.password);
      expect(one.log.join("\n")).not.toContain(one.password);
    }
    const [, folder = ""] = await withConnection(server, (redis) => redis.config("GET", "dir")).then(strings);
    const holding = readdirSync(folder).filter((name) =>
      readFileSync(join(folder, name), "utf8").includes(server.password),
    );
    expect(holding.length).toBeGreaterThan(0);
    for (const name of holding) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  },
);

test("hole 13: an error of a start does not show the password", async () => {
  const password = "hunter2-hunter2";
  const failures = [
    startOwn({ password, config: { maxmemory: "a lot" } }),
    startOwn({ password, binary: "/bin/cat", limitMs: 1_000 }),
    startOwn({ password, config: { requirepass: "" }, limitMs: 3_000 }),
    startOwn({ password: `${password} with "quotes"` }),
    startSentinel({ password, config: { maxmemory: "a lot" } }),
  ];
  for (const failure of await Promise.allSettled(failures)) {
    if (failure.status === "rejected") expect(inspect(failure.reason, { depth: 9 })).not.toContain(password);
  }
});

test("hole 13: a refused line of the secrets file is not repeated", async () => {
  // As a server program that is not Redis's would: it prints what it is given.
  const server = startOwn({ password: "hunter2-hunter2", binary: "/usr/bin/head", limitMs: 2_000 });
  const [failure] = await Promise.allSettled([server]);
  expect(failure?.status).toBe("rejected");
  expect(inspect(failure, { depth: 9 })).not.toContain("hunter2");
});

test("hole 13: a test may choose a password or none", async () => {
  const chosen = await startOwn({ password: "s3cret.word" });
  expect(chosen.url).toBe(`redis://:s3cret.word@127.0.0.1:${chosen.port}`);
  const set = await startOwn({ config: { requirepass: "of-the-settings" } });
  expect(set.password).toBe("of-the-settings");
  const none = await startOwn({ password: "" });
  expect(none.url).toBe(`redis://127.0.0.1:${none.port}`);
  expect(await strangerAt(none)).toMatch(/PONG/);
});

test("hole 13: a proxy has the password of the server behind it", async () => {
  const server = await startOwn();
  const proxy = await startProxy(server);
  afterTest(() => proxy.stop());
  expect(proxy.password).toBe(server.password);
  const redis = redisFromUrl(proxy.url);
  afterTest(() => redis.disconnect());
  expect(await redis.ping()).toBe("PONG");
  expect(await strangerAt(proxy)).toMatch(/NOAUTH/);
});

test("hole 13: a restarted server keeps its password", async () => {
  const server = await startOwn();
  await server.kill();
  await server.restart();
  expect(await strangerAt(server)).toMatch(/NOAUTH/);
  expect(await withConnection(server, (redis) => redis.call("PING"))).toBe("PONG");
});
