import { keys } from "../../../src/index.js";
import { freshName } from "../lua/property.js";
import { hour, keysOfStock, reserve, stocked } from "../lua/reservations.js";
import { freshTenant } from "../lua/tenants.js";

/** Calls on the line of a cart, for the tests of one file. */
export function freshLines() {
  const context = freshTenant();
  const { redis, scope, tenant } = context;
  const { stock } = tenant.scripts;
  const reservation = "cart";
  const rememberMs = hour;

  return {
    context,
    redis,
    scope,
    stock,
    prepare: (product: string, fence: number, { units = 3, retake = false, operation = freshName() } = {}) =>
      stock.prepare({
        product,
        reservation,
        operation,
        units,
        fence,
        retake,
        prepareLimitMs: 600_000,
        rememberMs,
      }),
    sell: (product: string, fence: number) =>
      stock.commitPrepared({ product, reservation, fence, rememberMs }),
    giveBack: (product: string, fence: number) =>
      stock.releasePrepared({ product, reservation, fence, rememberMs }),
    /** A product with these levels, and 3 units of it that the cart holds for an hour. */
    async held(levels: readonly number[] = [9]): Promise<string> {
      const product = await stocked(context, freshName(), levels);
      await reserve(context, product, reservation, 3);
      return product;
    },
    /** The lease of the cart's line has ended. */
    async endLease(product: string): Promise<void> {
      const of = keysOfStock(context, product);
      const text = await redis.hget(of.reservations, reservation);
      const [state = "", units = "", , ...fence] = text?.split(" ") ?? [];
      await redis.hset(of.reservations, { [reservation]: [state, units, "1", ...fence].join(" ") });
      if (state === "held") await redis.zadd(of.ends, 1, reservation);
    },
    /** The text of the line without its time, and the units of the product that are held and prepared. */
    async stored(product: string) {
      const of = keysOfStock(context, product);
      const [state, units, , fence] = (await redis.hget(of.reservations, reservation))?.split(" ") ?? [];
      const sums = await redis.hmget(of.stock, "held", "prepared");
      return [`${state} ${units} ${fence ?? "-"}`, ...sums.map((sum) => Number(sum ?? 0))];
    },
    /** The line's time in the index of its slot. */
    async dueMs(product: string): Promise<number | undefined> {
      const member = `${scope.tenant}:${product}\t${reservation}`;
      const score = await redis.zscore(keys.slotPrepared(scope, product), member);
      return score === null ? undefined : Number(score);
    },
  };
}
