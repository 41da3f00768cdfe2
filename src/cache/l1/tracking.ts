import type { ConnectionOfIoredis, RedisNode } from "../../client/index.js";
import { isClusterConnection } from "../../client/index.js";
import { backoffMs, redisBackoff } from "../../core/backoff.js";
import { NodeTracking } from "./node-tracking.js";

/** What tracking tells. */
export interface TrackingEvents {
  /** The key has changed. */
  invalidated(key: string): void;
  /** Messages may have been lost. */
  lost(): void;
}

/**
 * Makes the servers tell which keys change that the reading connections have read
 * (https://redis.io/docs/latest/develop/reference/client-side-caching/). Each node has a listening
 * connection of its own, because a server tells only about its own keys.
 */
export class Tracking {
  readonly #reader: ConnectionOfIoredis;
  readonly #events: TrackingEvents;
  readonly #heartbeatMs: number;
  readonly #nodes = new Map<RedisNode, NodeTracking>();
  readonly #onNodes = () => this.#sync();
  readonly #onLost = () => this.#events.lost();
  /** The oldest of the last answered heartbeats of all nodes; -Infinity if a node is not tracked. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(reader: ConnectionOfIoredis, events: TrackingEvents, heartbeatMs: number) {
    this.#reader = reader;
    this.#events = events;
    this.#heartbeatMs = heartbeatMs;
    for (const event of nodeEvents) reader.on(event, this.#onNodes);
    for (const event of lostEvents) reader.on(event, this.#onLost);
    this.#sync();
  }

  isWorking(now: number): boolean {
    return now - this.#answeredAt <= this.#heartbeatMs;
  }

  /**
   * Resolves when all messages about changes from before this call have come, from all nodes.
   *
   * @throws the error of a lost connection
   */
  async caughtUp(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.caughtUp()));
  }

  close(): void {
    this.#isClosed = true;
    for (const event of nodeEvents) this.#reader.off(event, this.#onNodes);
    for (const event of lostEvents) this.#reader.off(event, this.#onLost);
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
    this.#update();
  }

  #sync(): void {
    if (this.#isClosed) return;
    const present = new Set(
      isClusterConnection(this.#reader) ? this.#reader.nodes("master") : [this.#reader],
    );
    for (const [node, tracking] of this.#nodes) {
      if (present.has(node)) continue;
      tracking.close();
      this.#nodes.delete(node);
      this.#events.lost();
    }
    for (const node of present) {
      if (this.#nodes.has(node)) continue;
      const tracking = new NodeTracking(node, {
        heartbeatMs: this.#heartbeatMs,
        invalidated: (key) => this.#events.invalidated(key),
        lost: () => this.#events.lost(),
        changed: () => this.#update(),
        delayMs: (failures) => backoffMs(failures, redisBackoff),
      });
      this.#nodes.set(node, tracking);
    }
    this.#update();
  }

  #update(): void {
    let oldest = this.#nodes.size === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    for (const { answeredAt } of this.#nodes.values()) oldest = Math.min(oldest, answeredAt);
    this.#answeredAt = oldest;
  }
}

/** Events after which there may be other nodes. `refresh`: a known replica may be a primary now. */
const nodeEvents = ["ready", "+node", "-node", "refresh"];

/** Events after which a slot may have another owner. */
const lostEvents = ["close", "+node", "-node"];
