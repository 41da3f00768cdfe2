import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startRedisCluster, startReplicaPair, startSentinel } from "../../src/testing/index.js";
import { localMachine } from "../../src/testing/process/machine.js";
import { runnableUser, temporaryFolder } from "../../src/testing/process/user.js";
import { withConnection } from "../../src/testing/redis/connection.js";
import { afterTest } from "../support/cleanup.js";
import { inDocker, testOfProcesses } from "../support/docker.js";
import { startOwn } from "../support/own-server.js";
import { strings } from "../support/testing/strings.js";

const isRoot = process.getuid?.() === 0;
const program = localMachine.findProgram("redis-server") ?? localMachine.findProgram("valkey-server") ?? "";

/** The ids of the user that a process runs as: real, effective, saved. */
function usersOf(pid: number | undefined): number[] {
  const [, ids = ""] = /^Uid:\s+(\d+\s+\d+\s+\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return ids.split(/\s+/).map(Number);
}

/** A folder that only this process's user may enter. */
function privateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "moonpath-private-"));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o700);
  return folder;
}

describe.runIf(isRoot && program !== "" && !inDocker)("startRedis as root", () => {
  test("hole 13: runs no server as root, and each server can write in its folder", {
    timeout: 60_000,
  }, async () => {
    const [server, pair, sentinel, cluster] = await Promise.all([
      startOwn({ appendOnly: true }),
      startReplicaPair(),
      startSentinel({ replicas: 1, sentinels: 1 }),
      startRedisCluster({ own: true, masters: 1, replicasPerMaster: 0 }),
    ]);
    afterTest(pair.stop, sentinel.stop, cluster.stop);
    const all = [
      server,
      pair.primary,
      pair.replica,
      sentinel.primary,
      ...sentinel.replicas,
      ...sentinel.sentinels,
      ...cluster.nodes,
    ];
    for (const { pid } of all) {
      expect(usersOf(pid)).toHaveLength(3);
      expect(usersOf(pid)).not.toContain(0);
    }
    await withConnection(server, async (redis) => {
      await redis.set("kept", "yes");
      expect(await redis.call("BGREWRITEAOF")).toBeTruthy();
    });
    await server.kill();
    await server.restart();
    expect(usersOf(server.pid)).not.toContain(0);
    expect(await withConnection(server, (redis) => redis.get("kept"))).toBe("yes");
  });

  test("hole 13: closes a server's folder to other users", async () => {
    const server = await startOwn();
    const [, folder = ""] = await withConnection(server, (redis) => redis.config("GET", "dir")).then(strings);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(folder).uid).toBe(usersOf(server.pid)[0]);
  });

  test("hole 13: runs a program as root if only root may run it", async () => {
    const wrapper = join(privateFolder(), "redis-server");
    writeFileSync(wrapper, `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
    expect(await runnableUser(wrapper)).toBeUndefined();
    const server = await startOwn({ binary: wrapper });
    expect(usersOf(server.pid)).toEqual([0, 0, 0]);
  });

  test("hole 13: runs a server as root if its settings name a folder of root", async () => {
    const folder = privateFolder();
    const server = await startOwn({ config: { dir: folder } });
    expect(usersOf(server.pid)).toEqual([0, 0, 0]);
  });

  test("hole 13: fails if the server's user may enter no temporary folder", async () => {
    const user = await runnableUser(program);
    expect(user).toBeDefined();
    expect(() => temporaryFolder(user, [privateFolder()])).toThrow(/cannot enter/);
  });
});

testOfProcesses("hole 13: a server refuses DEBUG unless its settings allow it", async () => {
  const server = await startOwn();
  const asked = withConnection(server, (redis) => redis.call("DEBUG", "JMAP"));
  await expect(asked).rejects.toThrow(/DEBUG command not allowed/);
  const open = await startOwn({ config: { "enable-debug-command": "local" } });
  expect(await withConnection(open, (redis) => redis.call("DEBUG", "SLEEP", "0"))).toBe("OK");
});

testOfProcesses(
  "hole 13: a server, a cluster and Sentinels listen only on loopback",
  { timeout: 60_000 },
  async () => {
    const [server, group, cluster] = await Promise.all([
      startOwn(),
      startSentinel({ replicas: 0, sentinels: 1 }),
      startRedisCluster({ own: true, masters: 1, replicasPerMaster: 0 }),
    ]);
    afterTest(group.stop, cluster.stop);
    for (const one of [server, group.primary, ...group.sentinels, ...cluster.nodes]) {
      const [, bound] = await withConnection(one, (redis) => redis.call("CONFIG", "GET", "bind"))
        .catch(() => [])
        .then(strings);
      // Sentinel has no CONFIG; what it was told to bind stands in its file.
      if (bound !== undefined) expect(bound).toBe("127.0.0.1");
      expect(listening(one.pid)).toEqual(new Set(["127.0.0.1"]));
    }
  },
);

/** The IPv4 addresses on which a process listens; anything of IPv6 is told as it is. */
function listening(pid: number | undefined): Set<string> {
  const found = new Set<string>();
  const own = socketsOf(pid);
  for (const [file, loopback] of [
    ["tcp", "0100007F"],
    ["tcp6", ""],
  ] as const) {
    for (const line of readFileSync(`/proc/${pid}/net/${file}`, "utf8").split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state !== "0A" || inode === undefined || !own.has(inode)) continue;
      found.add(local.startsWith(`${loopback}:`) ? "127.0.0.1" : local);
    }
  }
  return found;
}

function socketsOf(pid: number | undefined): Set<string> {
  const folder = `/proc/${pid}/fd`;
  return new Set(
    readdirSync(folder).flatMap(
      (name) => /socket:\[(\d+)\]/.exec(readlinkSync(join(folder, name)))?.[1] ?? [],
    ),
  );
}
