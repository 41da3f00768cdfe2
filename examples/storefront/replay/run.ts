import { setTimeout as sleep } from "node:timers/promises";
import { isBooked, type ShopEvent } from "../events.js";
import { type Delivery, laneOf } from "./delivery.js";
import type { ShopClient } from "./http.js";
import type { Tally } from "./tally.js";

/**
 * Deliveries that may be in flight or wait for their lane. It limits memory and keeps the shop
 * busy.
 */
const WINDOW = 512;

/**
 * Sends deliveries to the shop, many at once. Sales and returns of one product are sent one after
 * the other, and so are its prices. They are sent after the product's opening. Runs with the same
 * seed have the same result, because events whose order matters arrive in the planned order.
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

  #before(event: ShopEvent): Promise<void> {
    const opened = this.#openings.get(event.product) ?? Promise.resolve();
    if (event.kind === "opening") return Promise.resolve();
    if (event.kind === "view") return opened;
    return this.#lanes.get(laneOf(event)) ?? opened;
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
    const lane = laneOf(event);
    this.#lanes.set(lane, done);
    void done.then(() => {
      if (this.#lanes.get(lane) === done) this.#lanes.delete(lane);
    });
  }

  /** Never throws. A failure ends the whole replay, and waiting deliveries are not sent. */
  async #deliver(delivery: Delivery): Promise<void> {
    if (this.ended) return;
    try {
      this.#count(delivery);
      const copies = Array.from({ length: delivery.copies }, () => this.#client.deliver(delivery.event));
      const tally = this.#tally;
      const answers = await Promise.all(copies);
      for (const { repeated, refused } of answers) {
        tally.answered += 1;
        if (repeated) tally.repeated += 1;
        else if (refused && delivery.event.kind === "sale") tally.refused += 1;
      }
      if (delivery.event.kind === "cart" && !answers.some(({ refused }) => refused)) {
        tally.countCart(delivery.pauseAfterMs === undefined ? "cancelled" : "abandoned");
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
    // Events that the table of events does not record cannot be duplicates there.
    if (!isBooked(event) && event.kind !== "view") return;
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
