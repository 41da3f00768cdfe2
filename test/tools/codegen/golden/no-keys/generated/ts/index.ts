// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { read as clockRead } from "./clock/read.js";
import { shift as clockShift } from "./clock/shift.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ReadArgs as ClockReadArgs, ReadReply as ClockReadReply } from "./clock/read.js";
export type { ShiftArgs as ClockShiftArgs, ShiftReply as ClockShiftReply } from "./clock/shift.js";

/** Every script, by domain and operation. */
export const scripts = {
  clock: {
    /** Tells Redis's clock. */
    read: clockRead,
    /** Tells Redis's clock some time ago. */
    shift: clockShift,
  },
};

/** A client of these scripts: `moonpath.tenant("acme")` gives a tenant's typed functions. */
export type Moonpath = Client<typeof scripts>;

/** One tenant's typed functions, by domain and operation. */
export type Tenant = Operations<typeof scripts>;

/** Makes a client over a connection or a cluster of ioredis or iovalkey. The connection stays yours to close. */
export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {
  return createClient(redis, scripts, options);
}
