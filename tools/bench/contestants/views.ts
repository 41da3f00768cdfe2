import { Redis } from "ioredis";
import { countViews, viewShards } from "../../../src/views/index.js";
import type { StartContestant } from "./contestant.js";
import { NAMESPACE, TENANT, withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** Views between two sends. A busier service has several processes. */
const TURN = 50_000;
/** Commands of the peer that are unanswered at a time. */
const OPEN = 512;

/** Counts so many views, and sends all of them. */
export const moonpath = withMoonpath((acme) => ({
  call: async (views) => {
    const counter = countViews(acme, { shards: viewShards(8) });
    for (let view = 0; view < views; view++) {
      counter.add(productOf(view));
      if (view % TURN === 0) await counter.flush();
    }
    await counter.stop();
    const { sent } = counter.status();
    if (sent !== views) throw new Error(`${sent} of ${views} views were sent`);
  },
}));

/** The same with an INCR for each view. */
export const incr: StartContestant = async (url) => {
  const redis = new Redis(url, { enableAutoPipelining: true });
  return {
    call: async (views) => {
      let next = 0;
      const caller = async () => {
        while (next < views) await redis.incr(`${NAMESPACE}:{${TENANT}:${productOf(next++)}}:seen`);
      };
      await Promise.all(Array.from({ length: OPEN }, caller));
    },
    close: () => redis.disconnect(),
  };
};
