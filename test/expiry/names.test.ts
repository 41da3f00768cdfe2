import { expect, test, vi } from "vitest";
import { createExpiryWorker, createReservationSweeper, redrive } from "../../src/expiry/index.js";
import { keys, scripts } from "../../src/index.js";
import {
  freshSite,
  names,
  queue,
  queueShard,
  startedWorker,
  track,
} from "../support/expiry/worker-under-test.js";
import { deferred, eventually } from "../support/wait.js";

type Site = ReturnType<typeof freshSite>;

/** Tracks an item as a client of another language may: by the bytes of its name. */
async function trackBytes({ redis, scope }: Site, item: Buffer): Promise<void> {
  const operation = item.toString("hex").slice(0, 100);
  const call = scripts.expiry.track.encode(scope, { queue, queueShard, operation, item: "x", dueMs: 5 });
  await redis.script("LOAD", scripts.expiry.track.lua);
  await redis.call("EVALSHA", scripts.expiry.track.digest, call.keys.length, ...call.keys, item, "5", "", "");
}

test("an item whose name no worker can report harms no other item and is no dead letter", async () => {
  const site = freshSite();
  await trackBytes(site, Buffer.from([0x63, 0x61, 0x66, 0xe9]));
  await trackBytes(site, Buffer.alloc(250, 0xe9));
  await track(site, ["offer-1", "offer-2"], 6);
  const handled: string[] = [];
  const onDeadLetter = vi.fn();
  const told = deferred<Error>("the names are reported");
  const worker = startedWorker(site, {
    leaseMs: 60_000,
    maxAttempts: 1,
    handle: async (items) => void handled.push(...names(items)),
    onDeadLetter,
    onError: told.resolve,
  });
  expect(await told.promise).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining("2 claimed items have names that are no UTF-8"),
  });
  await eventually("the other items are acknowledged", () => expect(worker.status().done).toBe(2));
  expect(handled.toSorted()).toEqual(["offer-1", "offer-2"]);
  expect(onDeadLetter).not.toHaveBeenCalled();
  expect(await site.redis.zcard(keys.processing(site.scope, queue, queueShard))).toBe(2);
});

test("track refuses a name that no worker could tell from such a one", async () => {
  const { tenant } = freshSite();
  await expect(tenant.expiry.track({ queue, item: "caf\uFFFD", dueMs: 5 })).rejects.toMatchObject({
    code: "ARGUMENT",
    argument: "item",
  });
});

test("an item whose index entry was lost is handled after the next track", async () => {
  const site = freshSite();
  const handled = deferred("the lost item is handled");
  const index = keys.slotQueue(site.scope, queue, queueShard);
  await track(site, ["lost"], Date.now() + 100);
  await site.redis.del(index);
  await track(site, ["other"], 8e12);
  startedWorker(site, {
    handle: async (items) => {
      if (names(items).includes("lost")) handled.resolve();
    },
  });
  await handled.promise;
});

test("a worker and a sweeper refuse a tenant in place of the client, and redrive the client", async () => {
  const { moonpath, tenant } = freshSite();
  for (const [create, options] of [
    [createExpiryWorker, { queue, handle: async () => {} }],
    [createReservationSweeper, { rememberMs: 1_000 }],
  ] as const) {
    for (const client of [tenant, undefined, {}]) {
      expect(() => Reflect.apply(create, undefined, [client, options])).toThrow(
        "argument moonpath: what createMoonpath returns",
      );
    }
  }
  await expect(Reflect.apply(redrive, undefined, [moonpath, queue])).rejects.toThrow(
    "argument tenant: what moonpath.tenant() returns",
  );
});
