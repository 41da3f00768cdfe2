import type { Redis } from "ioredis";
import * as generated from "../../../generated/ts/keys.js";
import type { CallOptions, Scope } from "../../../src/client/index.js";
import type { TenantScripts } from "../../../src/index.js";
import { freshTenant as wholeTenant } from "./tenants.js";

/** The shard that the tests of the expiry scripts use. */
export const queueShard = "0";

type Scripts = TenantScripts["expiry"];
type Without<Args> = Pick<Args, Exclude<keyof Args, "queueShard">>;
type InShard<Operation> = Operation extends (args: infer Args, options?: CallOptions) => infer Reply
  ? (args: Without<Args>, options?: CallOptions) => Reply
  : never;

/** The expiry scripts for one shard. */
export type ShardScripts = { readonly [Name in Exclude<keyof Scripts, "open">]: InShard<Scripts[Name]> };

/** The scripts of a queue's shard, so that a test need not name it. */
export function inShard(expiry: Scripts): ShardScripts {
  return {
    track: (args, options) => expiry.track({ ...args, queueShard }, options),
    extend: (args, options) => expiry.extend({ ...args, queueShard }, options),
    cancel: (args, options) => expiry.cancel({ ...args, queueShard }, options),
    claim: (args, options) => expiry.claim({ ...args, queueShard }, options),
    ack: (args, options) => expiry.ack({ ...args, queueShard }, options),
    renew: (args, options) => expiry.renew({ ...args, queueShard }, options),
    retry: (args, options) => expiry.retry({ ...args, queueShard }, options),
    deadLetter: (args, options) => expiry.deadLetter({ ...args, queueShard }, options),
    redrive: (args, options) => expiry.redrive({ ...args, queueShard }, options),
    discard: (args, options) => expiry.discard({ ...args, queueShard }, options),
    discardOld: (args, options) => expiry.discardOld({ ...args, queueShard }, options),
    listDead: (args, options) => expiry.listDead({ ...args, queueShard }, options),
    upcoming: (args, options) => expiry.upcoming({ ...args, queueShard }, options),
  };
}

/** The keys of that shard. */
export const keys = {
  due: (scope: Scope, queue: string) => generated.due(scope, queue, queueShard),
  processing: (scope: Scope, queue: string) => generated.processing(scope, queue, queueShard),
  attempts: (scope: Scope, queue: string) => generated.attempts(scope, queue, queueShard),
  dead: (scope: Scope, queue: string) => generated.dead(scope, queue, queueShard),
  deadReason: (scope: Scope, queue: string) => generated.deadReason(scope, queue, queueShard),
  slotQueue: (scope: Scope, queue: string) => generated.slotQueue(scope, queue, queueShard),
  claim: (scope: Scope, queue: string, claim: string) => generated.claim(scope, queue, queueShard, claim),
  expiryOperation: (scope: Scope, queue: string, operation: string) =>
    generated.expiryOperation(scope, queue, queueShard, operation),
};

/** The member of that shard in the index of its slot. */
export const memberOf = ({ tenant }: Scope, queue: string) => `${tenant}:${queue}:${queueShard}`;

/** A tenant whose `expiry` has the scripts of the shard. */
export function freshTenant() {
  const context = wholeTenant();
  return { ...context, tenant: { ...context.tenant, expiry: inShard(context.tenant.scripts.expiry) } };
}

/** What a test of the expiry scripts needs. */
export interface ShardContext {
  readonly redis: Redis;
  readonly scope: Scope;
  readonly tenant: { readonly expiry: ShardScripts };
}
