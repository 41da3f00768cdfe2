import type { Redis } from "ioredis";
import { keys } from "../../../src/index.js";
import { nowMs } from "./commands.js";
import type { TestTenant } from "./tenants.js";

export const hour = 3_600_000;

/** The keys of a product's stock and reservations. */
export const keysOfStock = ({ scope }: TestTenant<Redis>, product: string) => ({
  stock: keys.stock(scope, product),
  reservations: keys.reservations(scope, product),
  ends: keys.reservationEnds(scope, product),
  closed: keys.closedReservations(scope, product),
});

/** Levels of warehouses a, b, c, …, as if they had come by events. */
export async function stocked(
  context: TestTenant<Redis>,
  product: string,
  levels: readonly number[],
): Promise<string> {
  const fields = levels.map((level, position) => [`level:${"abcdefgh"[position]}`, String(level)] as const);
  const total = levels.reduce((sum, level) => sum + level, 0);
  await context.redis.hset(keysOfStock(context, product).stock, {
    ...Object.fromEntries(fields),
    total: String(total),
  });
  return product;
}

/** Reserves for an hour, and ended reservations are known for another. */
export const reserve = ({ tenant }: TestTenant<Redis>, product: string, reservation: string, units: number) =>
  tenant.stock.reserve({ product, reservation, units, leaseMs: hour, rememberMs: hour });

/** Ends a reservation's lease, or what it is remembered for, this many milliseconds ago by Redis's clock. */
export async function endReservation(
  context: TestTenant<Redis>,
  product: string,
  reservation: string,
  agoMs = 1,
): Promise<void> {
  const { redis } = context;
  await setEnd(context, product, reservation, (await nowMs(redis)) - agoMs);
}

/** Sets when a lease ends, or when a closed reservation may be removed: in its text and its queue. */
export async function setEnd(
  context: TestTenant<Redis>,
  product: string,
  reservation: string,
  endMs: number,
): Promise<void> {
  const { redis } = context;
  const { reservations, ends, closed } = keysOfStock(context, product);
  const text = await redis.hget(reservations, reservation);
  if (text !== null) await redis.hset(reservations, { [reservation]: text.replace(/ \d+$/, ` ${endMs}`) });
  const isClosed = /^(committed|released|expired)/.test(text ?? "");
  await redis.zadd(isClosed ? closed : ends, endMs, reservation);
}

/** The states and the units of a product's reservations, without their times. */
export async function storedReservations(context: TestTenant<Redis>, product: string) {
  const stored = await context.redis.hgetall(keysOfStock(context, product).reservations);
  return Object.fromEntries(Object.entries(stored).map(([name, text]) => [name, text.replace(/ \d+$/, "")]));
}

/** The units over all warehouses, the units held, and each warehouse's level, as they are stored. */
export async function storedStock(context: TestTenant<Redis>, product: string) {
  const { total, held, ...fields } = await context.redis.hgetall(keysOfStock(context, product).stock);
  const levels = Object.entries(fields).filter(([field]) => field.startsWith("level:"));
  return {
    total: Number(total ?? 0),
    held: Number(held ?? 0),
    levels: levels.sort().map(([, level]) => Number(level)),
  };
}
