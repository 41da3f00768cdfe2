import { expect, onTestFinished, test } from "vitest";
import {
  createReservationSweeper,
  type ReservationSweeperOptions,
  recheckQueue,
  reservationQueue,
  reserve,
} from "../../src/expiry/index.js";
import { keys } from "../../src/index.js";
import { type FreshTenant, freshTenant } from "../support/tenant.js";
import { deferred, eventually } from "../support/wait.js";

const rememberMs = 1_000;
const hour = 3_600_000;

async function stocked({ tenant }: FreshTenant, product: string, quantity = 10): Promise<void> {
  await tenant.stock.setLevel({ product, warehouse: "berlin", quantity, sequence: 1, low: 0 });
}

function started({ tenant }: Pick<FreshTenant, "tenant">, options: Partial<ReservationSweeperOptions> = {}) {
  const sweeper = createReservationSweeper(tenant, { rememberMs, ...options });
  onTestFinished(async () => {
    await sweeper.stop({ graceMs: 0 });
  });
  sweeper.start();
  return sweeper;
}

const score = ({ redis, scope }: FreshTenant, queue: string, product: string) =>
  redis.zscore(keys.due(scope, queue), product);
const held = ({ redis, scope }: FreshTenant, product: string) =>
  redis.hget(keys.stock(scope, product), "held");

test("a reservation gives its units back when its lease ends", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  const swept = deferred<readonly [string, { readonly expired: number }]>("the product is swept");
  started(site, { onSwept: (...told) => swept.resolve(told) });
  const args = { product: "lamp", reservation: "cart-1", units: 3, leaseMs: 100, rememberMs };
  expect(await reserve(site.tenant, args)).toMatchObject({ outcome: "reserved", available: 7 });
  expect(await swept.promise).toEqual(["lamp", { expired: 1, forgotten: 0 }]);
  expect(await held(site, "lamp")).toBe("0");
});

test("reserve tracks the product first, and a crash before the reservation costs an idle sweep", async () => {
  const site = freshTenant();
  const order: string[] = [];
  const tenant = {
    ...site.tenant,
    expiry: {
      ...site.tenant.expiry,
      track: async (...args: Parameters<typeof site.tenant.expiry.track>) => {
        order.push("track");
        return site.tenant.expiry.track(...args);
      },
    },
    stock: {
      ...site.tenant.stock,
      reserve: async () => {
        order.push("reserve");
        throw new Error("the process dies");
      },
    },
  };
  const args = { product: "lamp", reservation: "cart-1", units: 3, leaseMs: 100, rememberMs };
  await expect(reserve(tenant, args)).rejects.toThrow("the process dies");
  expect(order).toEqual(["track", "reserve"]);
  expect(await score(site, reservationQueue, "lamp")).toBe("0");
  const sweeper = started(site);
  await eventually("the sweep of the lamp ends", () => expect(sweeper.status().done).toBe(1));
  expect(await score(site, reservationQueue, "lamp")).toBeNull();
});

test("a product stays tracked while it has reservations, and is due again within a minute", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  await reserve(site.tenant, { product: "lamp", reservation: "cart-1", units: 3, leaseMs: hour, rememberMs });
  const sweeper = started(site);
  await eventually("the lamp is due again", () => expect(sweeper.status().retried).toBe(1));
  const [upcoming] = (
    await site.tenant.expiry.upcoming({ queue: reservationQueue, withinMs: 60_000, limit: 1 })
  ).items;
  expect(upcoming?.item).toBe("lamp");
  expect(sweeper.status().deadLettered).toBe(0);
});

test("the recheck queue keeps a product that is reserved while the sweeper acknowledges it", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  const args = { product: "lamp", reservation: "cart-1", units: 3, leaseMs: hour, rememberMs };
  // The sweep finds nothing; before the product is acknowledged, somebody tracks it (answer:
  // claimed) and reserves.
  let raced = false;
  const answers: string[] = [];
  const tenant = {
    ...site.tenant,
    stock: {
      ...site.tenant.stock,
      sweep: async (...given: Parameters<typeof site.tenant.stock.sweep>) => {
        const reply = await site.tenant.stock.sweep(...given);
        if (raced) return reply;
        raced = true;
        const tracking = site.tenant.expiry.track;
        const racing = {
          ...site.tenant,
          expiry: {
            ...site.tenant.expiry,
            track: async (...asked: Parameters<typeof tracking>) => {
              const answer = await tracking(...asked);
              answers.push(answer.outcome);
              return answer;
            },
          },
        };
        await reserve(racing, args);
        return reply;
      },
    },
  };
  await site.tenant.expiry.track({ queue: reservationQueue, item: "lamp", dueMs: 0 });
  const sweeper = started({ tenant });
  await eventually("the sweep of the lamp ends", () => expect(sweeper.status().done).toBe(1));
  expect(answers).toEqual(["claimed"]);
  expect(await score(site, reservationQueue, "lamp")).toBeNull();
  expect(Number(await score(site, recheckQueue, "lamp"))).toBeGreaterThan(0);
  // A minute and a lease later.
  await site.tenant.expiry.track({ queue: recheckQueue, item: "lamp", dueMs: 0 });
  await eventually("the lamp is back in the queue of reservations", async () =>
    expect(Number(await score(site, reservationQueue, "lamp"))).toBeGreaterThan(0),
  );
  await eventually("the lamp leaves the recheck queue", async () =>
    expect(await score(site, recheckQueue, "lamp")).toBeNull(),
  );
});

test("the recheck queue keeps a reserved product while another sweeper has claimed it", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  const { expiry, stock } = site.tenant;
  await stock.reserve({ product: "lamp", reservation: "cart-1", units: 3, leaseMs: hour, rememberMs });
  // Another sweeper has it, and looked before the reservation came.
  await expiry.track({ queue: reservationQueue, item: "lamp", dueMs: 0 });
  await expiry.claim({ queue: reservationQueue, claim: "another", limit: 1, leaseMs: hour });
  await expiry.track({ queue: recheckQueue, item: "lamp", dueMs: 0 });
  const settled = deferred<string>("the product is acknowledged or retried");
  const tenant = {
    ...site.tenant,
    expiry: {
      ...expiry,
      ack: async (...args: Parameters<typeof expiry.ack>) => {
        const reply = await expiry.ack(...args);
        settled.resolve("done");
        return reply;
      },
      retry: async (...args: Parameters<typeof expiry.retry>) => {
        const reply = await expiry.retry(...args);
        settled.resolve("again");
        return reply;
      },
    },
  };
  started({ tenant });
  expect(await settled.promise).toBe("again");
  expect(Number(await score(site, recheckQueue, "lamp"))).toBeGreaterThan(0);
  // The other one lets it go; now it gets back.
  await expiry.ack({ queue: reservationQueue, claim: "another", items: ["lamp"] });
  await eventually("the lamp is back in the queue of reservations", async () =>
    expect(Number(await score(site, reservationQueue, "lamp"))).toBeGreaterThan(0),
  );
});

test("a product without reservations leaves both queues", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  await site.tenant.expiry.track({ queue: recheckQueue, item: "lamp", dueMs: 0 });
  const sweeper = started(site);
  const left = () => site.redis.keys(`${site.scope.namespace}:{acme:reservations*}:*`);
  await eventually("both queues are empty", async () =>
    expect((await left()).filter((key) => !/:(claim|expiry-operation):/.test(key))).toEqual([]),
  );
  expect(await sweeper.stop()).toBe("finished");
});

test("a corrupt product becomes a dead letter that can be redriven, and the others are swept", async () => {
  const site = freshTenant();
  await stocked(site, "lamp");
  await reserve(site.tenant, { product: "lamp", reservation: "cart-1", units: 1, leaseMs: 1, rememberMs });
  await stocked(site, "vase");
  await reserve(site.tenant, { product: "vase", reservation: "cart-2", units: 1, leaseMs: 1, rememberMs });
  await site.redis.hset(keys.reservations(site.scope, "vase"), "cart-2", "held many");
  const deadLettered = deferred<readonly [readonly string[], string]>(
    "the corrupt product becomes a dead letter",
  );
  const sweeper = started(site, { onDeadLetter: (...told) => deadLettered.resolve(told) });
  expect(await deadLettered.promise).toEqual([["vase"], "CorruptError CORRUPT"]);
  await eventually("the lamp's reservation expires", async () => expect(await held(site, "lamp")).toBe("0"));
  await site.redis.hset(keys.reservations(site.scope, "vase"), "cart-2", "held 1 1");
  expect(await sweeper.redrive()).toEqual({ redriven: 1 });
  await eventually("the vase's reservation expires", async () => expect(await held(site, "vase")).toBe("0"));
});

test("a sweep releases more reservations than one call takes", async () => {
  const site = freshTenant();
  await stocked(site, "lamp", 5_000);
  const ends = Array.from({ length: 2_500 }, (_, cart) => [1, `cart-${cart}`]).flat();
  const states = Array.from({ length: 2_500 }, (_, cart) => [`cart-${cart}`, "held 1 1"]).flat();
  await site.redis.zadd(keys.reservationEnds(site.scope, "lamp"), ...ends);
  await site.redis.hset(keys.reservations(site.scope, "lamp"), ...states);
  await site.redis.hset(keys.stock(site.scope, "lamp"), "held", 2_500);
  await site.tenant.expiry.track({ queue: reservationQueue, item: "lamp", dueMs: 0 });
  const swept = deferred<readonly [string, { readonly expired: number }]>("the product is swept");
  started(site, { onSwept: (...told) => swept.resolve(told), rememberMs: hour });
  expect(await swept.promise).toEqual(["lamp", { expired: 2_500, forgotten: 0 }]);
  expect(await held(site, "lamp")).toBe("0");
});
