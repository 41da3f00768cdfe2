import { Cluster, type Command, type Redis } from "ioredis";
import { Registry } from "prom-client";
import { prometheusObserver } from "../../../src/metrics/prometheus.js";
import { LOW } from "./hand.js";
import { type Use, withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** Calls that are unanswered at a time. */
const OPEN = 512;
/** The most calls of one command. */
const MOST_CALLS = 128;

/** How often each command is recorded. */
const RECORDINGS = 3;
/** More than leave early, and than are few. */
const CALLS_BEFORE = 192;

/**
 * Moonpath on a connection that answers at once, so that only the client's own path takes time. The
 * replies come from a server: the connection first records the reply to a command of each size, and
 * later gives it again. All products have names of one length and the same stock.
 */
const readAll: Use = ({ stock }, _, redis) => {
  const read = (number: number) => stock.read({ product: productOf(number), low: LOW });
  let isReplaying = false;
  /** Makes one command of so many calls. While others are unanswered, none of them leaves early. */
  const recordBatch = async (calls: number) => {
    const alone = Array.from({ length: CALLS_BEFORE }, (_, number) =>
      stock.read({ product: productOf(number), low: LOW }, { batching: false }),
    );
    await Promise.all([...alone, ...Array.from({ length: calls }, (_, number) => read(number))]);
  };
  return {
    prepare: async () => {
      if (isReplaying) return;
      isReplaying = true;
      const instant = instantReplies(redis);
      // In a slow turn, calls may leave as two commands.
      for (let round = 0; round < RECORDINGS; round++)
        for (let calls = 1; calls <= MOST_CALLS; calls++) await recordBatch(calls);
      instant.replay();
    },
    call: async (calls) => {
      let next = 0;
      const caller = async () => {
        while (next < calls) await read(next++);
      };
      await Promise.all(Array.from({ length: OPEN }, caller));
    },
  };
};

export const moonpath = withMoonpath(readAll);

/** The same with metrics of prom-client. */
export const withPrometheus = withMoonpath(readAll, {
  observers: [prometheusObserver({ register: new Registry() })],
});

/** Records the replies of a connection, and then gives them without the server. */
function instantReplies(redis: Redis | Cluster): { replay(): void } {
  if (redis instanceof Cluster) throw new Error("the client path needs a single server");
  const replies = new Map<number, unknown>();
  const send = redis.sendCommand;
  const bytesOf = (command: Command) => Buffer.byteLength(command.toWritable(redis));
  redis.sendCommand = (command, ...rest) => {
    const bytes = bytesOf(command);
    const { resolve } = command;
    command.resolve = (reply) => {
      replies.set(bytes, reply);
      resolve.call(command, reply);
    };
    return send.call(redis, command, ...rest);
  };
  return {
    replay: () => {
      redis.sendCommand = (command) => {
        const bytes = bytesOf(command);
        const reply = replies.get(bytes);
        if (reply === undefined) throw new Error(`no reply to a command of ${bytes} bytes was recorded`);
        queueMicrotask(() => command.resolve(reply));
        return command.promise;
      };
    },
  };
}
