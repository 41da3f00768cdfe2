import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createMoonpath, keys } from "../../src/index.js";
import { type ReplicaPair, startReplicaPair } from "../../src/testing/index.js";
import { errorOf } from "./fixtures.js";

let servers: ReplicaPair;
let admin: Redis;
beforeAll(async () => {
  servers = await startReplicaPair();
  admin = new Redis({ host: "127.0.0.1", port: servers.primary.port, password: servers.primary.password });
  const [, name = "", , ...rules] = (
    await readFile(new URL("../../generated/acl/moonpath.acl", import.meta.url), "utf8")
  )
    .trim()
    .split(" ");
  await admin.call("ACL", ["SETUSER", name, "on", "nopass", ...rules]);
});
afterAll(async () => {
  admin.disconnect();
  await servers.stop();
});

it("the user of the generated ACL may wait for replicas, listen, and read the eviction policy", async () => {
  const redis = new Redis({
    host: "127.0.0.1",
    port: servers.primary.port,
    username: "moonpath",
    password: "any",
  });
  const moonpath = createMoonpath(redis, { deadlineMs: 10_000 });
  const scope = { namespace: "moonpath", tenant: "acme" };
  const { lock } = moonpath.tenant("acme");
  const replicated = { minReplicas: 1, replicaWaitMs: 5_000 };
  const taken = await lock.acquire({ lock: "l", owner: "alice", leaseMs: 60_000 }, replicated);
  if (taken.outcome !== "acquired") throw new Error("nobody else has it");
  await lock.acquire({ lock: "l", owner: "bob", leaseMs: 60_000, waits: true });

  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await moonpath.listen(keys.lock(scope, "l"), () => wake()).ready;
  await lock.release({ lock: "l", owner: "alice", fence: taken.fence }, replicated);
  await woken;
  expect(await errorOf(redis.publish("elsewhere", "hello"))).toMatchObject({
    message: expect.stringContaining("NOPERM"),
  });
  moonpath.close();
  redis.disconnect();
});
