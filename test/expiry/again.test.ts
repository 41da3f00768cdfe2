import { expect, test, vi } from "vitest";
import { freshSite, leftOf, queue, startedWorker } from "../support/expiry/worker-under-test.js";
import { deferred, eventually } from "../support/wait.js";

const debounced = { queue, item: "search", debounceMs: 20, maxWaitMs: 100 };

test("triggers while the handler runs lead to one more run", async () => {
  const site = freshSite();
  const again = deferred("it runs again");
  const attempts: number[] = [];
  const worker = startedWorker(site, {
    handle: async ([item]) => {
      attempts.push(item?.attempts ?? 0);
      if (attempts.length > 1) return again.resolve();
      for (let trigger = 0; trigger < 3; trigger++) {
        expect(await site.tenant.expiry.track(debounced)).toEqual({ outcome: "again" });
      }
    },
  });
  for (let trigger = 0; trigger < 3; trigger++) {
    expect(await site.tenant.expiry.track(debounced)).toEqual({ outcome: "tracked" });
  }
  await again.promise;
  await eventually("nothing is left", async () => expect(await leftOf(site)).toEqual([]));
  expect(attempts).toEqual([1, 1]);
  expect(worker.status()).toMatchObject({ done: 2, retried: 0, deadLettered: 0 });
});

test("an item that fails for good, but was triggered meanwhile, is due again and no dead letter", async () => {
  const site = freshSite();
  const onDeadLetter = vi.fn();
  let runs = 0;
  const worker = startedWorker(site, {
    maxAttempts: 1,
    onDeadLetter,
    handle: async (items) => {
      runs++;
      if (runs === 1) await site.tenant.expiry.track({ queue, item: "search", dueMs: 0 });
      return items.map(({ item }) => ({ item, outcome: "dead" as const, reason: `run ${runs}` }));
    },
  });
  await site.tenant.expiry.track({ queue, item: "search", dueMs: 0 });
  await eventually("it is dead", () => expect(onDeadLetter).toHaveBeenCalled());
  expect(onDeadLetter.mock.calls).toEqual([[["search"], "run 2", "acme"]]);
  expect(worker.status()).toMatchObject({ deadLettered: 1 });
});
