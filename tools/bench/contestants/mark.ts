import { Redis } from "ioredis";
import type { StartContestant } from "./contestant.js";
import { REMEMBER_MS } from "./hand.js";
import { NAMESPACE, TENANT, withMoonpath } from "./moonpath.js";

/** Every tenth event comes twice. */
const eventOf = (number: number) => `paid-${number - (number % 10 === 9 ? 1 : 0)}`;

/** Marks an event as seen. */
export const moonpath = withMoonpath(({ idempotency }) => ({
  call: async (number) => {
    const { outcome } = await idempotency.mark({ event: eventOf(number), rememberMs: REMEMBER_MS });
    return outcome === "first";
  },
}));

/** The same by hand. */
export function setNx(enableAutoPipelining: boolean): StartContestant {
  return async (url) => {
    const redis = new Redis(url, { enableAutoPipelining });
    return {
      call: async (number) => {
        const key = `${NAMESPACE}:{${TENANT}:${eventOf(number)}}:seen`;
        return (await redis.set(key, "1", "PX", REMEMBER_MS, "NX")) === "OK";
      },
      close: () => redis.disconnect(),
    };
  };
}
