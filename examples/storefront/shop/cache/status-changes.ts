import { listenToStock, type StockEvents } from "moonpath";
import { LOW_UNITS, type ShopResources } from "../terms.js";
import type { Catalogue } from "./catalogue.js";

/** Products in one call of `stock.read`. */
const PAGE = 100;
const MAX_ROUNDS = 5;

/**
 * Writes each change of a product's status into the catalogue. So the lists of an organisation end when
 * a product is sold out, and not with each unit sold.
 *
 * Each process of the shop hears the changes. The first one writes, and the others find it written. The
 * status is read from Redis before each write, because messages of two processes may cross.
 */
export class StatusChanges {
  readonly #resources: Pick<ShopResources, "moonpath" | "acme">;
  readonly #catalogue: Catalogue;
  readonly #onError: (error: unknown) => void;
  #events: StockEvents | undefined;
  #running: Promise<void> | undefined;
  readonly #waiting = new Set<string>();
  #hasStopped = false;
  #written = 0;

  constructor(
    resources: Pick<ShopResources, "moonpath" | "acme">,
    catalogue: Catalogue,
    onError: (error: unknown) => void,
  ) {
    this.#resources = resources;
    this.#catalogue = catalogue;
    this.#onError = onError;
  }

  /** Changes that this process has written. */
  get written(): number {
    return this.#written;
  }

  /** Begins to listen, and compares all products once, because changes before that are not heard. */
  async start(): Promise<void> {
    const { moonpath, acme } = this.#resources;
    const events = listenToStock(moonpath, { tenant: acme.scope.tenant });
    this.#events = events;
    this.#running = this.#run(events);
    await events.ready;
    await this.compare(await this.#all());
  }

  /** What was not compared yet is compared at the next gap or status of the product. */
  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#events?.close();
    await this.#running;
  }

  /** Compares the status of these products with Redis, and writes what differs. Returns the number. */
  async compare(products: readonly string[]): Promise<number> {
    const before = this.#written;
    for (let from = 0; from < products.length; from += PAGE) {
      let open = products.slice(from, from + PAGE);
      // Another process may have written an older status meanwhile, so what was written is compared again.
      for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round += 1) open = await this.#write(open);
    }
    return this.#written - before;
  }

  /** Takes the events, and leaves the work to `#writeWaiting`, so that none of them is dropped. */
  async #run(events: StockEvents): Promise<void> {
    let writing: Promise<void> | undefined;
    for await (const event of events) {
      for (const product of event.type === "status" ? [event.product] : await this.#all())
        this.#waiting.add(product);
      writing ??= this.#writeWaiting().finally(() => {
        writing = undefined;
      });
    }
    await writing;
  }

  /** Many changes of one product become one comparison. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#hasStopped) {
      const products = [...this.#waiting].slice(0, PAGE);
      for (const product of products) this.#waiting.delete(product);
      await this.compare(products).catch(this.#onError);
    }
  }

  /** After a gap, any product may have another status. */
  async #all(): Promise<string[]> {
    return this.#catalogue.allProducts().catch((error: unknown) => {
      this.#onError(error);
      return [];
    });
  }

  /** Returns the products whose status it has written. */
  async #write(products: readonly string[]): Promise<string[]> {
    const calls = products.map((product) => ({ product, low: LOW_UNITS }));
    const results = await this.#resources.acme.stock.read.many(calls);
    const known = await this.#catalogue.batch(products);
    const written: string[] = [];
    for (const [index, result] of results.entries()) {
      const product = known[index];
      if (!result.ok) throw result.error;
      if (product === undefined || result.reply.outcome === "unknown") continue;
      // Mostly another process has written it, and then the entries stay.
      if (product.status === result.reply.status) continue;
      if (await this.#catalogue.setStatus(product.product, result.reply.status))
        written.push(product.product);
    }
    this.#written += written.length;
    return written;
  }
}
