import { createScriptClient } from "../../../../src/client/index.js";
import { scripts } from "../../../../src/index.js";
import { freshNamespace, sharedRedis } from "../../redis.js";
import { clockKey, withClock } from "../clock.js";
import { freshName } from "../property.js";
import { keys, queueShard } from "../shard.js";

const redis = sharedRedis();
const scope = { namespace: freshNamespace(), tenant: "acme" };
const { expiry } = createScriptClient(
  redis,
  {
    expiry: {
      track: withClock(scripts.expiry.track),
      claim: withClock(scripts.expiry.claim),
      ack: withClock(scripts.expiry.ack),
      retry: withClock(scripts.expiry.retry),
      deadLetter: withClock(scripts.expiry.deadLetter),
    },
  },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);

/** Where the clock of a queue begins. */
const START_MS = 8_000_000_000_000;
/** The only item of such a queue. */
export const ITEM = "offer-1";

/** A queue with one item and with a clock of its own, in ticks. */
export class QueueAtClock {
  readonly expiry = expiry;
  readonly name = { queue: freshName(), queueShard };
  #now = 0;

  static async create(): Promise<QueueAtClock> {
    const queue = new QueueAtClock();
    await queue.pass(0);
    return queue;
  }

  get now(): number {
    return this.#now;
  }

  toMs(tick: number): number {
    return START_MS + tick * 1_000;
  }

  async pass(ticks: number): Promise<void> {
    this.#now += ticks;
    await redis.set(clockKey(keys.due(scope, this.name.queue)), this.toMs(this.#now));
  }

  /** In which of its three sets the item is. */
  async places(): Promise<readonly ("due" | "processing" | "dead")[]> {
    const places = ["due", "processing", "dead"] as const;
    const scores = await Promise.all(
      places.map((place) => redis.zscore(keys[place](scope, this.name.queue), ITEM)),
    );
    return places.filter((_, position) => scores[position] !== null);
  }
}
