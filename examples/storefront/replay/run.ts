import { setTimeout as sleep } from "node:timers/promises";
import { isBooked, type ShopEvent } from "../events.js";
import { type Delivery, lanesOf } from "./delivery.js";
import type { ShopClient } from "./http.js";
import type { Tally } from "./tally.js";

/**
 * Deliveries that may be in flight or wait for their lane. It limits memory and keeps the shop
 * busy.
 */
const WINDOW = 512;

/**
 * Sends deliveries to the shop, many at once. Orders and returns of one product are sent one after
 * the other, and so are its prices. They are sent after the product's opening. Runs with the same
 * seed have the same result, because events whose order matters arrive in the planned order. An order
 * waits only for earlier deliveries, so no two deliveries wait for each other.
 *
 * Throws the error of the first failed delivery (`ReplayError`), or the signal's reason, after all
 * deliveries in flight have ended.
 */
export async function replay(
  deliveries: AsyncIterable<Delivery>,
  client: ShopClient,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const sender = new Sender(client, tally, signal);
  const abortClient = () => client.abort();
  signal.addEventListener("abort", abortClient, { once: true });
  try {
    for await (const delivery of deliveries) {
      if (sender.ended) break;
      await sender.send(delivery);
    }
    await sender.finish();
  } finally {
    signal.removeEventListener("abort", abortClient);
  }
}

class Sender {
  readonly #client: ShopClient;
  readonly #tally: Tally;
  readonly #signal: AbortSignal;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #openings = new Map<string, Promise<void>>();
  #inFlight = 0;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(client: ShopClient, tally: Tally, signal: AbortSignal) {
    this.#client = client;
    this.#tally = tally;
    this.#signal = signal;
  }

  get ended(): boolean {
    return this.#failure !== undefined || this.#signal.aborted;
  }

  /** Resolves when the delivery has a place in the window, not when it has arrived. */
  async send(delivery: Delivery): Promise<void> {
    while (this.#inFlight >= WINDOW) await this.#change();
    this.#inFlight += 1;
    const { event } = delivery;
    const before = this.#before(event);
    const done = before.then(() => this.#deliver(delivery)).finally(() => this.#leave());
    this.#remember(event, done);
  }

  async finish(): Promise<void> {
    while (this.#inFlight > 0) await this.#change();
    // After an abort, the errors of interrupted deliveries have no meaning.
    this.#signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #before(event: ShopEvent): Promise<void> {
    if (event.kind === "opening") return;
    const opened = (product: string | undefined) =>
      product === undefined ? undefined : this.#openings.get(product);
    if (event.kind === "view") return opened(event.product);
    await Promise.all(lanesOf(event).map(({ name, product }) => this.#lanes.get(name) ?? opened(product)));
  }

  #remember(event: ShopEvent, done: Promise<void>): void {
    if (event.kind === "view") return;
    if (event.kind === "opening") {
      const others = this.#openings.get(event.product);
      this.#openings.set(
        event.product,
        others === undefined ? done : Promise.all([others, done]).then(() => {}),
      );
      return;
    }
    for (const { name } of lanesOf(event)) this.#lanes.set(name, done);
    void done.then(() => {
      for (const { name } of lanesOf(event)) {
        if (this.#lanes.get(name) === done) this.#lanes.delete(name);
      }
    });
  }

  /** Never throws. A failure ends the whole replay, and waiting deliveries are not sent. */
  async #deliver(delivery: Delivery): Promise<void> {
    if (this.ended) return;
    try {
      this.#count(delivery);
      const copies = Array.from({ length: delivery.copies }, () => this.#client.deliver(delivery.event));
      const replies = await Promise.all(copies);
      for (const reply of replies) this.#tally.countReply(delivery.event, reply);
      if (delivery.event.kind === "cart" && !replies.some(({ refused }) => refused)) {
        this.#tally.countCart(delivery.pauseAfterMs === undefined ? "cancelled" : "abandoned");
      }
      if (delivery.pauseAfterMs !== undefined)
        await sleep(delivery.pauseAfterMs, undefined, { signal: this.#signal });
    } catch (error) {
      this.#failure ??= { error };
      this.#client.abort();
    }
  }

  #count({ event, copies, isRepeat }: Delivery): void {
    const tally = this.#tally;
    if (!isRepeat) tally.send(event);
    // Coupons and the steps of carts, offers and planned sales are not counted.
    if (!isBooked(event) && event.kind !== "view" && event.kind !== "order") return;
    tally.duplicates += isRepeat ? copies : copies - 1;
  }

  #leave(): void {
    this.#inFlight -= 1;
    this.#wake?.();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
