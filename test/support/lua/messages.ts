import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { sharedRedis } from "../redis.js";

/** Hears what scripts publish on the channels of a namespace. */
export class Messages {
  readonly #heard = new Map<string, string[]>();
  readonly #listener: Redis;
  readonly #fence: string;

  private constructor(
    private readonly sender: Redis,
    namespace: string,
  ) {
    this.#listener = sharedRedis();
    this.#fence = `${namespace}:heard`;
    this.#listener.on("pmessage", (_pattern: string, channel: string, message: string) => {
      const before = this.#heard.get(channel);
      if (before) before.push(message);
      else this.#heard.set(channel, [message]);
    });
  }

  /** `sender` is the connection over which the scripts are called. */
  static async of(sender: Redis, namespace: string): Promise<Messages> {
    const messages = new Messages(sender, namespace);
    await messages.#listener.psubscribe(`${namespace}:*`);
    return messages;
  }

  /** All that was published on a channel by calls that have been answered. */
  async on(channel: string): Promise<readonly string[]> {
    // One subscriber gets messages in the order in which they were sent: after this one, the
    // earlier ones are there.
    const last = randomUUID();
    const arrived = new Promise<void>((resolve) => {
      const listener = (_pattern: string, _channel: string, message: string) => {
        if (message !== last) return;
        this.#listener.off("pmessage", listener);
        resolve();
      };
      this.#listener.on("pmessage", listener);
    });
    await this.sender.publish(this.#fence, last);
    await arrived;
    return this.#heard.get(channel) ?? [];
  }
}
