import { Cluster, type Command, type Redis } from "ioredis";
import { LOW } from "./hand.js";
import { withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** Calls that are unanswered at a time. */
const OPEN = 512;
/** The most calls of one command. */
const MOST_CALLS = 128;

/**
 * Moonpath on a connection that answers at once, so that only the client's own path takes time. The
 * replies come from a server: the connection first records the reply to a command of each size, and
 * later gives it again. All products have names of one length and the same stock.
 */
export const moonpath = withMoonpath(({ stock }, _, redis) => {
  const read = (number: number) => stock.read({ product: productOf(number), low: LOW });
  let isReplaying = false;
  return {
    prepare: async () => {
      if (isReplaying) return;
      isReplaying = true;
      const instant = instantReplies(redis);
      for (let calls = 1; calls <= MOST_CALLS; calls++)
        await Promise.all(Array.from({ length: calls }, (_, number) => read(number)));
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
