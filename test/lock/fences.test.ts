import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { keys, NotReplicatedError } from "../../src/index.js";
import { startProxy, startRedis } from "../../src/testing/index.js";
import { waitUntil } from "../../src/testing/wait.js";
import { hold, type User, userOn, users } from "../support/lock.js";
import { failure } from "../support/lua/errors.js";
import { isHeld } from "../support/lua/stored-lock.js";
import { freshNamespace } from "../support/redis.js";

const fenceOf = (user: User, lock = "till") => user.lock.using(lock, {}, ({ fence }) => fence);

test("fences rise from grant to grant, even after a lease has expired", async () => {
  const [user, crashed] = users(2);
  const first = await fenceOf(user);
  const { fence: second } = await crashed.lock.acquire("till", { leaseMs: 50 });
  const third = await fenceOf(user);
  expect([second > first, third > second]).toEqual([true, true]);
});

test("fences rise even if Redis has lost the lock", async () => {
  const [user] = users(2);
  const { scope } = user.tenant;
  let last = 0;
  for (let round = 0; round < 20; round++) {
    const fence = await fenceOf(user);
    expect(fence).toBeGreaterThan(last);
    last = fence;
    await user.redis.del(keys.lock(scope, "till"));
  }
});

test("a failover gives higher fences, and loses no grant that a replica has confirmed", async () => {
  const primary = await startRedis({ own: true });
  const link = await startProxy(primary);
  const replica = await startRedis({
    own: true,
    password: primary.password,
    config: { replicaof: `${link.host} ${link.port}` },
  });
  const [before, after] = [
    new Redis({ host: "127.0.0.1", port: primary.port, password: primary.password }),
    new Redis({ host: "127.0.0.1", port: replica.port, password: replica.password }),
  ];
  try {
    await waitUntil(
      async () => (await before.info("replication")).includes("state=online"),
      15_000,
      "the replica to be online",
    );
    const namespace = freshNamespace();
    const user = userOn(before, { namespace });
    const replicated = { minReplicas: 1, replicaWaitMs: 10_000 };
    const safe = await user.lock.using("till", replicated, ({ fence }) => fence);
    await waitUntil(
      async () => !(await isHeld(after, keys.lock(user.tenant.scope, "till"))),
      15_000,
      "the release to reach the replica",
    );

    link.blackHole();
    const lost = [await fenceOf(user), await fenceOf(user), await fenceOf(user)];
    const first = await hold(user, "till");
    const short = { ...replicated, replicaWaitMs: 50 };
    const refused = await failure(user.lock.using("door", short, () => "never"));
    expect(refused).toBeInstanceOf(NotReplicatedError);

    await after.replicaof("NO", "ONE");
    const second = await hold(userOn(after, { namespace }), "till");
    // Two hold it, as Redis replicates: only the fence tells the database who came later.
    expect(first.held.signal.aborted).toBe(false);
    const fences = [safe, ...lost, first.held.fence, second.held.fence];
    expect(fences).toEqual([...new Set(fences)].sort((one, other) => one - other));
    first.open();
    second.open();
    await Promise.all([first.done, second.done]);
  } finally {
    before.disconnect();
    after.disconnect();
    await link.stop();
    await Promise.all([replica.stop(), primary.stop()]);
  }
});
