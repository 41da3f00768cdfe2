import { Redis } from "ioredis";
import Redlock from "redlock";
import type { StartContestant } from "./contestant.js";
import { withMoonpath } from "./moonpath.js";

const LEASE_MS = 30_000;
/** Nobody else wants these locks. */
const lockOf = (number: number) => `order-${number % 10_000}`;

/** Acquires a lock and releases it. */
export const moonpath = withMoonpath(({ lock }) => ({
  call: async (number) => {
    const held = await lock.acquire(lockOf(number), { leaseMs: LEASE_MS });
    await held.release();
  },
}));

/** The same with redlock, on one server as Moonpath. */
export const redlock: StartContestant = async (url) => {
  const redis = new Redis(url);
  const locks = new Redlock([redis]);
  return {
    call: async (number) => {
      const held = await locks.acquire([lockOf(number)], LEASE_MS);
      await held.release();
    },
    close: () => redis.disconnect(),
  };
};
