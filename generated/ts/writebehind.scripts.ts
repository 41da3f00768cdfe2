// Generated from lua/writebehind/ by moonpath-codegen. DO NOT EDIT.
import { type WritebehindAckOperation, writebehindAck } from "./writebehind/ack.js";
import { type WritebehindDepthOperation, writebehindDepth } from "./writebehind/depth.js";
import { type WritebehindEnqueueOperation, writebehindEnqueue } from "./writebehind/enqueue.js";
import { type WritebehindListDeadOperation, writebehindListDead } from "./writebehind/list_dead.js";
import { type WritebehindPurgeOperation, writebehindPurge } from "./writebehind/purge.js";
import { type WritebehindReadOperation, writebehindRead } from "./writebehind/read.js";
import { type WritebehindResolveOperation, writebehindResolve } from "./writebehind/resolve.js";
import { type WritebehindRetryOperation, writebehindRetry } from "./writebehind/retry.js";
import { type WritebehindTakeOperation, writebehindTake } from "./writebehind/take.js";

export * from "./writebehind/ack.js";
export * from "./writebehind/depth.js";
export * from "./writebehind/enqueue.js";
export * from "./writebehind/list_dead.js";
export * from "./writebehind/purge.js";
export * from "./writebehind/read.js";
export * from "./writebehind/resolve.js";
export * from "./writebehind/retry.js";
export * from "./writebehind/take.js";

/** The scripts of `writebehind` as functions. */
export interface WritebehindOperations
  extends WritebehindAckOperation,
    WritebehindDepthOperation,
    WritebehindEnqueueOperation,
    WritebehindListDeadOperation,
    WritebehindPurgeOperation,
    WritebehindReadOperation,
    WritebehindResolveOperation,
    WritebehindRetryOperation,
    WritebehindTakeOperation {}

/** Every script of `writebehind`, as a client takes them: `{ writebehind: writebehindScripts }`. */
export const writebehindScripts = {
  ack: writebehindAck,
  depth: writebehindDepth,
  enqueue: writebehindEnqueue,
  listDead: writebehindListDead,
  purge: writebehindPurge,
  read: writebehindRead,
  resolve: writebehindResolve,
  retry: writebehindRetry,
  take: writebehindTake,
};
