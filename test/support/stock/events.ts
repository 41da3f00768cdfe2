import type { StockEvent, StockEvents } from "../../../src/index.js";
import { within } from "../wait.js";

/** The level of a product in the warehouse `a`. */
export const count = (product: string, quantity: number, sequence: number) => ({
  product,
  warehouse: "a",
  quantity,
  sequence,
  low: 0,
});

/** The next events, fewer if the events end. */
export async function takeEvents(events: StockEvents, number: number): Promise<StockEvent[]> {
  const iterator = events[Symbol.asyncIterator]();
  const taken: StockEvent[] = [];
  while (taken.length < number) {
    const { value, done } = await within(`event ${taken.length + 1}`, iterator.next());
    if (done) break;
    taken.push(value);
  }
  return taken;
}
