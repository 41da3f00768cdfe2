// Generated from lua/cache/ by moonpath-codegen. DO NOT EDIT.
import { type CacheBeginWriteOperation, cacheBeginWrite } from "./cache/begin_write.js";
import { type CacheCommitWriteOperation, cacheCommitWrite } from "./cache/commit_write.js";
import { type CacheEndWriteOperation, cacheEndWrite } from "./cache/end_write.js";
import { type CacheExpireOperation, cacheExpire } from "./cache/expire.js";
import { type CacheExpireTagOperation, cacheExpireTag } from "./cache/expire_tag.js";
import { type CacheFillOperation, cacheFill } from "./cache/fill.js";
import { type CacheInvalidateOperation, cacheInvalidate } from "./cache/invalidate.js";
import { type CacheInvalidateTagOperation, cacheInvalidateTag } from "./cache/invalidate_tag.js";
import { type CacheOpenClockOperation, cacheOpenClock } from "./cache/open_clock.js";
import { type CacheOpenTagOperation, cacheOpenTag } from "./cache/open_tag.js";
import { type CachePeekOperation, cachePeek } from "./cache/peek.js";
import { type CacheRaiseClockOperation, cacheRaiseClock } from "./cache/raise_clock.js";
import { type CacheReadOperation, cacheRead } from "./cache/read.js";
import { type CacheReadTagOperation, cacheReadTag } from "./cache/read_tag.js";
import { type CacheReleaseOperation, cacheRelease } from "./cache/release.js";
import { type CacheRenewOperation, cacheRenew } from "./cache/renew.js";
import { type CacheSetOperation, cacheSet } from "./cache/set.js";
import { type CacheSetTagClockOperation, cacheSetTagClock } from "./cache/set_tag_clock.js";
import { type CacheTouchOperation, cacheTouch } from "./cache/touch.js";

export * from "./cache/begin_write.js";
export * from "./cache/commit_write.js";
export * from "./cache/end_write.js";
export * from "./cache/expire.js";
export * from "./cache/expire_tag.js";
export * from "./cache/fill.js";
export * from "./cache/invalidate.js";
export * from "./cache/invalidate_tag.js";
export * from "./cache/open_clock.js";
export * from "./cache/open_tag.js";
export * from "./cache/peek.js";
export * from "./cache/raise_clock.js";
export * from "./cache/read.js";
export * from "./cache/read_tag.js";
export * from "./cache/release.js";
export * from "./cache/renew.js";
export * from "./cache/set.js";
export * from "./cache/set_tag_clock.js";
export * from "./cache/touch.js";

/** The scripts of `cache` as functions. */
export interface CacheOperations
  extends CacheBeginWriteOperation,
    CacheCommitWriteOperation,
    CacheEndWriteOperation,
    CacheExpireOperation,
    CacheExpireTagOperation,
    CacheFillOperation,
    CacheInvalidateOperation,
    CacheInvalidateTagOperation,
    CacheOpenClockOperation,
    CacheOpenTagOperation,
    CachePeekOperation,
    CacheRaiseClockOperation,
    CacheReadOperation,
    CacheReadTagOperation,
    CacheReleaseOperation,
    CacheRenewOperation,
    CacheSetOperation,
    CacheSetTagClockOperation,
    CacheTouchOperation {}

/** Every script of `cache`, as a client takes them: `{ cache: cacheScripts }`. */
export const cacheScripts = {
  beginWrite: cacheBeginWrite,
  commitWrite: cacheCommitWrite,
  endWrite: cacheEndWrite,
  expire: cacheExpire,
  expireTag: cacheExpireTag,
  fill: cacheFill,
  invalidate: cacheInvalidate,
  invalidateTag: cacheInvalidateTag,
  openClock: cacheOpenClock,
  openTag: cacheOpenTag,
  peek: cachePeek,
  raiseClock: cacheRaiseClock,
  read: cacheRead,
  readTag: cacheReadTag,
  release: cacheRelease,
  renew: cacheRenew,
  set: cacheSet,
  setTagClock: cacheSetTagClock,
  touch: cacheTouch,
};
