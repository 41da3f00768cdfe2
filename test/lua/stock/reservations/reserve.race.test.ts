import { expect, test } from "vitest";
import { createScriptClient, MoonpathError } from "../../../../src/client/index.js";
import { keys, scripts } from "../../../../src/index.js";
import { connections } from "../../../support/lua/connections.js";
import { without } from "../../../support/lua/mutated.js";
import { freshNamespace } from "../../../support/redis.js";

type Stock = typeof scripts.stock;

const product = "lamp";
const hour = 3_600_000;
/** Held over the whole race by somebody else: units that a fault can take. */
const ballast = 50;

/** Shops on connections of their own, over one product of so many units and the ballast. */
async function opened(stock: Stock, count: number, units: number) {
  const namespace = freshNamespace();
  const scope = { namespace, tenant: "acme" };
  const redises = await connections(count);
  const shops = redises.map(
    (redis) => createScriptClient(redis, { stock }, { namespace, deadlineMs: 15_000 }).tenant("acme").stock,
  );
  const [shop, redis] = [shops[0], redises[0]];
  if (!shop || !redis) throw new Error("no connection");
  await shop.setLevel({ product, warehouse: "a", quantity: units + ballast, sequence: 1, low: 0 });
  await shop.reserve({
    product,
    reservation: "ballast",
    units: ballast,
    leaseMs: hour,
    rememberMs: hour,
  });
  /** What is stored, without the ballast. */
  const stored = async () => {
    const [total, held] = await redis.hmget(keys.stock(scope, product), "total", "held");
    const states = Object.values(await redis.hgetall(keys.reservations(scope, product)));
    const sums = states
      .filter((state) => state.startsWith("held "))
      .map((state) => Number(state.split(" ")[1]));
    return {
      total: Number(total) - ballast,
      held: Number(held) - ballast,
      heldBySum: sum(sums) - ballast,
    };
  };
  return { shops, shop, redis, scope, stored };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A reply's outcome, or the code of the error: a planted fault may leave what is corrupt. */
async function outcomeOf(call: Promise<{ readonly outcome: string }>): Promise<string> {
  return call.then(
    ({ outcome }) => outcome,
    (error: unknown) => {
      if (error instanceof MoonpathError) return error.code;
      throw error;
    },
  );
}

/**
 * 64 connections want the last 20 units, one to three each, and each asks twice at once; then those
 * who got them pay.
 */
async function lastUnits(stock: Stock) {
  const units = 20;
  const { shops, stored } = await opened(stock, 64, units);
  const got = new Map<string, number>();
  await Promise.all(
    shops.flatMap((shop, position) => {
      const asked = { product, reservation: `cart-${position}`, units: 1 + (position % 3) };
      const other = shops[(position + 1) % shops.length] ?? shop;
      return [shop, other].map(async (one) => {
        const outcome = await outcomeOf(one.reserve({ ...asked, leaseMs: hour, rememberMs: hour }));
        if (outcome === "reserved") got.set(asked.reservation, asked.units);
      });
    }),
  );
  const { held } = await stored();
  let paid = 0;
  await Promise.all(
    [...got].map(async ([reservation, wanted], position) => {
      const shop = shops[position % shops.length];
      const call = shop?.commit({ product, reservation, rememberMs: hour });
      if (call && (await outcomeOf(call)) === "committed") paid += wanted;
    }),
  );
  const promised = sum([...got.values()]);
  return { promised, held, paid, left: (await stored()).total, units };
}

test("64 connections reserve the last units, no more than exist, and sell all that are reserved", async () => {
  const { promised, held, paid, left, units } = await lastUnits(scripts.stock);
  // Carts of one to three units: at most two may be left for which no cart was small enough.
  expect(promised).toBeGreaterThanOrEqual(units - 2);
  expect(promised).toBeLessThanOrEqual(units);
  expect(held).toBe(promised);
  expect(paid).toBe(promised);
  expect(left).toBe(units - promised);
});

test("concurrent carts reserve too many units if stock.reserve does not check what is available", async () => {
  const guard = "backorder or available + replaced >= units";
  const reserve = without(scripts.stock.reserve, guard, "true");
  const { promised, units } = await lastUnits({ ...scripts.stock, reserve });
  expect(promised).toBeGreaterThan(units);
});

test("a repeated call holds its units twice if stock.reserve does not read the reservation", async () => {
  const reserve = without(
    scripts.stock.reserve,
    'local known = redis.call("HGET", reservations, reservation)',
    "local known = nil",
  );
  const { promised, held } = await lastUnits({ ...scripts.stock, reserve });
  expect(held).toBeGreaterThan(promised);
});

/**
 * Each of 40 reservations is paid and given up at once, each twice, on connections of their own.
 */
async function paidAndGivenUp(stock: Stock) {
  const carts = Array.from({ length: 40 }, (_, position) => `cart-${position}`);
  const { shops, shop, stored } = await opened(stock, 8, carts.length);
  for (const reservation of carts) {
    await shop.reserve({ product, reservation, units: 1, leaseMs: hour, rememberMs: hour });
  }
  const won = { committed: new Set<string>(), released: new Set<string>() };
  await Promise.all(
    carts.flatMap((reservation, cart) =>
      // Which of the two is sent first changes from cart to cart.
      [0, 1, 2, 3].map(async (position) => {
        const one = shops[(cart * 3 + position) % shops.length] ?? shop;
        const ending = { product, reservation, rememberMs: hour };
        const pays = (position + cart) % 2 === 0;
        const outcome = await outcomeOf(pays ? one.commit(ending) : one.release(ending));
        if (pays && outcome === "committed") won.committed.add(reservation);
        if (!pays && outcome === "released") won.released.add(reservation);
      }),
    ),
  );
  const both = carts.filter((cart) => won.committed.has(cart) && won.released.has(cart)).length;
  const none = carts.filter((cart) => !won.committed.has(cart) && !won.released.has(cart)).length;
  const { total, held, heldBySum } = await stored();
  return { none, unsold: total - (carts.length - won.committed.size), both, held, heldBySum };
}

test("exactly one of a commit and a release of the same reservation succeeds", async () => {
  const books = { none: 0, unsold: 0, both: 0, held: 0, heldBySum: 0 };
  expect(await paidAndGivenUp(scripts.stock)).toEqual(books);
});

test("a release returns sold units if stock.release does not check for a commit", async () => {
  const guard = 'if state == "held" then';
  const release = without(scripts.stock.release, guard, 'if state == "held" or state == "committed" then');
  const { both, held } = await paidAndGivenUp({ ...scripts.stock, release });
  expect(both).toBeGreaterThan(0);
  expect(held).toBeLessThan(0);
});

/** The script without its check that a reservation is held. */
function sellingAlso(state: string, commit: typeof scripts.stock.commit): typeof scripts.stock.commit {
  const unchecked = without(
    commit,
    'local is_closed = state ~= "held" and not (is_over and retake)',
    `local is_closed = state ~= "held" and state ~= "${state}"`,
  );
  return without(unchecked, 'local own = state == "held" and units or 0', "local own = units");
}

test("a commit sells returned units if stock.commit does not check for a release", async () => {
  const commit = sellingAlso("released", scripts.stock.commit);
  const { both, held } = await paidAndGivenUp({ ...scripts.stock, commit });
  expect(both).toBeGreaterThan(0);
  expect(held).toBeLessThan(0);
});

/**
 * Leases end while reservations are paid and swept. Half of the reservations are paid at once, the
 * other half after a sweep has ended them. Meanwhile other clients reserve and release, so that
 * reserving ends leases too.
 */
async function paidAndSwept(stock: Stock) {
  const carts = Array.from({ length: 60 }, (_, position) => `cart-${position}`);
  const { shops, shop, redis, scope, stored } = await opened(stock, 8, carts.length);
  for (const [position, reservation] of carts.entries()) {
    // Some leases are over before anybody pays, some while they do, some only later.
    const leaseMs = [1, 5, 20, 60][position % 4] ?? 1;
    await shop.reserve({ product, reservation, units: 1, leaseMs, rememberMs: hour });
  }
  const stateOf = async (cart: string) => redis.hget(keys.reservations(scope, product), cart);
  let paying = true;
  let committed = 0;
  let failed = 0;
  const count = (outcome: string) => {
    if (outcome === "committed") committed++;
    if (outcome === outcome.toUpperCase()) failed++;
  };
  const sweeping = shops.slice(0, 2).map(async (one) => {
    while (paying) count(await outcomeOf(one.sweep({ product, limit: 7, rememberMs: hour })));
  });
  const passing = shops.slice(2, 4).map(async (one, position) => {
    for (let round = 0; paying; round++) {
      const passer = { product, reservation: `passer-${position}-${round}` };
      count(await outcomeOf(one.reserve({ ...passer, units: 1, leaseMs: hour, rememberMs: hour })));
      count(await outcomeOf(one.release({ ...passer, rememberMs: hour })));
    }
  });
  await Promise.all(
    carts.map(async (reservation, position) => {
      const one = shops[4 + (position % 4)] ?? shop;
      if (position % 2 === 1) {
        const ended = async () => (await stateOf(reservation))?.startsWith("expired") ?? false;
        // Without its marks a sweep never says so: then this many rounds have to do.
        for (let round = 0; round < 500 && !(await ended()); round++);
      }
      count(await outcomeOf(one.commit({ product, reservation, rememberMs: hour })));
    }),
  );
  paying = false;
  await Promise.all([...sweeping, ...passing]);
  const { total, held, heldBySum } = await stored();
  return { failed, unsold: total - (carts.length - committed), astray: held - heldBySum };
}

test("exactly one of a commit, a sweep and an expired lease takes the units", async () => {
  expect(await paidAndSwept(scripts.stock)).toEqual({ failed: 0, unsold: 0, astray: 0 });
});

test("a commit sells swept units if stock.commit does not check the lease", async () => {
  const guard = 'state == "expired" or (state == "held" and now >= ends_at)';
  const commit = sellingAlso("expired", without(scripts.stock.commit, guard, "false"));
  expect((await paidAndSwept({ ...scripts.stock, commit })).astray).toBeLessThan(0);
});

test("units are freed repeatedly if stock.sweep does not close the reservations", async () => {
  const closing = `redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))`;
  const sweep = without(scripts.stock.sweep, closing, "");
  const { astray, failed } = await paidAndSwept({ ...scripts.stock, sweep });
  expect(astray < 0 || failed > 0).toBe(true);
});

/**
 * All units are held by leases that are over; 40 carts want one each, on six connections, while two
 * others sweep.
 */
async function reservedAndSwept(stock: Stock) {
  const units = 20;
  const { shops, shop, redis, scope, stored } = await opened(stock, 8, units);
  const late = Array.from({ length: units }, (_, position) => `late-${position}`);
  for (const reservation of late) {
    await shop.reserve({ product, reservation, units: 1, leaseMs: hour, rememberMs: hour });
  }
  await redis.hset(
    keys.reservations(scope, product),
    Object.fromEntries(late.map((name) => [name, "held 1 1"])),
  );
  await redis.zadd(keys.reservationEnds(scope, product), ...late.flatMap((reservation) => [1, reservation]));

  let reserving = true;
  let promised = 0;
  const sweeping = shops.slice(0, 2).map(async (one) => {
    while (reserving) await outcomeOf(one.sweep({ product, limit: 1, rememberMs: hour }));
  });
  await Promise.all(
    Array.from({ length: 2 * units }, async (_, position) => {
      const one = shops[2 + (position % 6)] ?? shop;
      const asked = { product, reservation: `cart-${position}`, units: 1 };
      if ((await outcomeOf(one.reserve({ ...asked, leaseMs: hour, rememberMs: hour }))) === "reserved")
        promised++;
    }),
  );
  reserving = false;
  await Promise.all(sweeping);
  const { held, heldBySum } = await stored();
  return { unsold: units - promised, held, heldBySum };
}

test("units of expired leases are reserved once more, whether a sweep or a reserve frees them", async () => {
  expect(await reservedAndSwept(scripts.stock)).toEqual({ unsold: 0, held: 20, heldBySum: 20 });
});

test("units are freed repeatedly if stock.reserve does not close expired reservations", async () => {
  const closing = `redis.call("HSET", reservations, unpack(texts))
      -- at most 101 names
      redis.call("ZREM", reservation_ends, unpack(names))`;
  const reserve = without(scripts.stock.reserve, closing, "");
  // Nobody else may come first: here the sweeps find nothing.
  const found =
    'redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit_digits)';
  const sweep = without(scripts.stock.sweep, found, "{}");
  expect((await reservedAndSwept({ ...scripts.stock, reserve, sweep })).unsold).not.toBe(0);
});
