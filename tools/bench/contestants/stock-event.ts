import { Redis } from "ioredis";
import type { StartContestant } from "./contestant.js";
import { LOW, REMEMBER_MS } from "./hand.js";
import { NAMESPACE, TENANT, withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** A count of a warehouse, as an event brings it. */
interface StockEvent {
  readonly id: string;
  readonly product: string;
  readonly warehouse: string;
  readonly quantity: number;
  readonly sequence: number;
}

/** Products have four warehouses each, and sequences rise from event to event. */
function eventOf(number: number): StockEvent {
  return {
    id: `event-${number}`,
    product: productOf(number),
    warehouse: `warehouse-${number % 4}`,
    quantity: 10 + (number % 90),
    sequence: number + 1,
  };
}

/** One script. The sequence replaces the mark of the event. */
export const moonpath = withMoonpath(({ stock }) => ({
  call: async (number) => {
    const { product, warehouse, quantity, sequence } = eventOf(number);
    const reply = await stock.setLevel({ product, warehouse, quantity, sequence, low: LOW });
    if (reply.outcome === "full") throw new Error("the product has too many warehouses");
  },
}));

/** Five steps: check the event, write the level, read all levels, write the total, mark the event. */
export const fiveSteps: StartContestant = async (url) => {
  const redis = new Redis(url);
  return {
    call: async (number) => {
      const { id, product, warehouse, quantity } = eventOf(number);
      const tag = `${NAMESPACE}:{${TENANT}:${product}}`;
      const marked = `${tag}:event:${id}`;
      if ((await redis.get(marked)) !== null) return;
      await redis.hset(`${tag}:levels`, warehouse, quantity);
      const levels = await redis.hvals(`${tag}:levels`);
      const total = levels.reduce((sum, level) => sum + Number(level), 0);
      const status = total <= 0 ? "out_of_stock" : total <= LOW ? "low_stock" : "in_stock";
      await redis.hset(`${tag}:summary`, { total, status });
      await redis.set(marked, "1", "PX", REMEMBER_MS);
    },
    close: () => redis.disconnect(),
  };
};
