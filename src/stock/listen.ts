import * as keys from "../../generated/ts/keys.js";
import { type ChannelMessage, checkedScope, type Listening, type ScriptClient } from "../client/index.js";
import { checkedSignal, isAborted, listenForAbort, stopListening } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { type StockEvent, stockEventOf } from "./stock-event.js";

/** The options of `listenToStock`. All may be left out. */
export interface StockListenOptions {
  /** Only products of this tenant. Default: those of all tenants of the namespace. */
  readonly tenant?: string | undefined;
  /** Only this product; needs `tenant`. Default: all products. */
  readonly product?: string | undefined;
  /** Ends the events, like `close()`. */
  readonly signal?: AbortSignal | undefined;
  /** Events that may wait for the program, 1 to 100,000. Default 1,000. */
  readonly maxBuffered?: number | undefined;
}

/** Events in the order in which Redis sent them. One loop should take them. */
export interface StockEvents extends AsyncIterable<StockEvent> {
  /** Resolves when messages arrive, and after the client's `deadlineMs` at the latest. */
  readonly ready: Promise<void>;
  /** Ends the events: a loop that takes them ends. */
  close(): void;
}

const listenOptions: OptionNames<StockListenOptions> = {
  tenant: true,
  product: true,
  signal: true,
  maxBuffered: true,
};

const MAX_BUFFERED = 1_000;

/**
 * Hears the changes of status of watched products; see `stock.watch`.
 *
 * Redis does not store messages. After a lost connection or a failover there is an event `gap`: read
 * the stock of the products that matter. If the program takes events too slowly, those that wait are
 * dropped, and a `gap` takes their place. The connection keeps no process alive.
 *
 * ```ts
 * for await (const event of listenToStock(moonpath, { tenant: "acme" })) {
 *   if (event.type === "status") console.log(event.product, event.statusBefore, event.status);
 * }
 * ```
 *
 * @throws ArgumentError if an option is not valid, ClosedError if the client was closed
 */
export function listenToStock(
  moonpath: Pick<ScriptClient<unknown>, "namespace" | "listen" | "listenPattern">,
  options: StockListenOptions = {},
): StockEvents {
  const namespace = checkedNamespace(moonpath);
  const { tenant, signal, maxBuffered, channel } = checkedOptions(namespace, options);
  const buffer = new EventBuffer(maxBuffered);
  const wake = (message?: ChannelMessage) => {
    if (message === undefined) return buffer.add({ type: "gap", reason: "reconnected" });
    const event = stockEventOf(message.channel, message.text);
    if (event?.type !== "status" || (tenant !== undefined && event.tenant !== tenant)) return;
    buffer.add(event);
  };
  const ended = () => buffer.end();
  // Redis compares the pattern of PSUBSCRIBE with the ACL letter by letter. So a tenant's products
  // have no pattern of their own.
  const listening: Listening =
    channel === undefined
      ? moonpath.listenPattern(`${namespace}:{*:*}:stock`, wake, ended)
      : moonpath.listen(channel, wake, ended);
  const close = () => {
    stopListening(signal, close);
    listening.stop();
    buffer.end();
  };
  if (isAborted(signal)) close();
  else if (signal) listenUntilAbort(signal, close);
  return {
    ready: listening.ready,
    close,
    [Symbol.asyncIterator]: () => ({
      next: () => buffer.next(),
      return() {
        close();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

function checkedNamespace(
  moonpath: Pick<ScriptClient<unknown>, "namespace" | "listen" | "listenPattern">,
): string {
  const expected = "what createMoonpath returns; the name of a tenant is the option tenant";
  const namespace = readFrom(
    "moonpath",
    () => {
      const areFunctions = [moonpath.listen, moonpath.listenPattern].every(
        (one) => typeof one === "function",
      );
      return areFunctions ? moonpath.namespace : undefined;
    },
    undefined,
    expected,
  );
  if (typeof namespace === "string") return namespace;
  throw new ArgumentError("moonpath", expected);
}

/** The options with their defaults. `channel` is that of the product, if there is one. */
function checkedOptions(namespace: string, options: StockListenOptions) {
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  return readFrom("options", () => {
    refuseUnknownOptions(options, listenOptions);
    const { tenant, product, signal, maxBuffered = MAX_BUFFERED } = options;
    checkedInteger("maxBuffered", maxBuffered, 1, 100_000);
    checkedSignal(signal);
    if (product !== undefined && tenant === undefined)
      throw new ArgumentError("tenant", "the tenant of the product");
    const scope = tenant === undefined ? undefined : checkedScope({ namespace, tenant });
    const channel = scope === undefined || product === undefined ? undefined : keys.stock(scope, product);
    return { tenant, signal, maxBuffered, channel };
  });
}

/** Calls `close` when the signal aborts, and at once if the signal refuses the listener. */
function listenUntilAbort(signal: AbortSignal, close: () => void): void {
  try {
    listenForAbort(signal, close);
  } catch (error) {
    close();
    throw error;
  }
}

type Result = IteratorResult<StockEvent, undefined>;

/** Events that wait for the program, at most so many. */
class EventBuffer {
  #events: StockEvent[] = [];
  readonly #waiting: ((result: Result) => void)[] = [];
  #hasEnded = false;

  constructor(private readonly max: number) {}

  add(event: StockEvent): void {
    if (this.#hasEnded) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting({ done: false, value: event });
    else if (this.#events.length < this.max) this.#events.push(event);
    else this.#events = [{ type: "gap", reason: "full" }];
  }

  /** What waits is dropped, and all loops end. */
  end(): void {
    this.#hasEnded = true;
    this.#events = [];
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  next(): Promise<Result> {
    const value = this.#events.shift();
    if (value) return Promise.resolve({ done: false, value });
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
