import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMoonpath, keys, scripts } from "../../src/index.js";
import { type ReplicaPair, startReplicaPair } from "../../src/testing/index.js";
import { errorOf } from "../support/client/fixtures.js";
import { deferred } from "../support/wait.js";

let servers: ReplicaPair;
let admin: Redis;
beforeAll(async () => {
  servers = await startReplicaPair();
  admin = new Redis({ host: "127.0.0.1", port: servers.primary.port, password: servers.primary.password });
  const acl = await readFile(new URL("../../generated/acl/moonpath.acl", import.meta.url), "utf8");
  for (const line of acl.trim().split("\n")) {
    const [, name = "", , ...rules] = line.split(" ");
    await admin.call("ACL", ["SETUSER", name, "on", "nopass", ...rules]);
  }
  // As `moonpath load` does it, for users who may not.
  const deploy = connectAs("moonpath-deploy");
  const operations = Object.values(scripts).flatMap((domain) => Object.values(domain));
  for (const { lua } of operations) await deploy.script("LOAD", lua);
  deploy.disconnect();
});
afterAll(async () => {
  admin.disconnect();
  await servers.stop();
});

function connectAs(username: string): Redis {
  return new Redis({ host: "127.0.0.1", port: servers.primary.port, username, password: "any" });
}

describe.each(["moonpath-service", "moonpath-worker"])("%s of the generated ACL", (user) => {
  test("may wait for replicas, listen, and read the eviction policy", async () => {
    const redis = connectAs(user);
    const moonpath = createMoonpath(redis, { deadlineMs: 10_000 });
    const scope = { namespace: "moonpath", tenant: "acme" };
    const { scripts } = moonpath.tenant("acme");
    const replicated = { minReplicas: 1, replicaWaitMs: 5_000 };
    const taken = await scripts.lock.acquire({ lock: user, owner: "alice", leaseMs: 60_000 }, replicated);
    if (taken.outcome !== "acquired") throw new Error("nobody else has it");
    await scripts.lock.acquire({ lock: user, owner: "bob", leaseMs: 60_000, waits: true });

    const woken = deferred("the release wakes the listener");
    await moonpath.listen(keys.lock(scope, user), () => woken.resolve()).ready;
    await scripts.lock.release({ lock: user, owner: "alice", fence: taken.fence }, replicated);
    await woken.promise;
    expect(await errorOf(redis.publish("elsewhere", "hello"))).toMatchObject({
      message: expect.stringContaining("NOPERM"),
    });
    moonpath.close();
    redis.disconnect();
  });

  test("hole 4: loads no script, and sets only the replica marker and the keys of scripts", async () => {
    const redis = connectAs(user);
    const refused = [
      redis.script("LOAD", "return 1"),
      redis.eval("return 1", 0),
      redis.call("FUNCTION", "LOAD", "#!lua name=x\nredis.register_function('x', function() end)"),
      redis.set("moonpath:{acme:lamp}:stock", "1"),
      redis.set("moonpath:{acme:lamp}:request", "1"),
      redis.del("moonpath:{acme:lamp}:replicated"),
      redis.get("elsewhere"),
      redis.call("SCRIPT", "FLUSH"),
      redis.call("CONFIG", "GET", "*"),
    ];
    for (const one of refused)
      expect(await errorOf(one)).toMatchObject({ message: expect.stringContaining("NOPERM") });
    expect(await redis.set("moonpath:{acme:lamp}:replicated", "", "PX", 1)).toBe("OK");
    redis.disconnect();
  });
});
