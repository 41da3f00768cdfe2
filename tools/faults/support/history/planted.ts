import { scripts } from "../../../../src/index.js";
import { without } from "../../../../test/support/lua/mutated.js";
import { type RecordedScripts, recordedScripts } from "./clients.js";
import type { Domain } from "./recorded-objects.js";

/** A fault in a script, which the check of histories must find. */
export interface Planted {
  readonly name: string;
  readonly domain: Domain;
  readonly scripts: RecordedScripts;
}

/** The planted faults. A text that the script does not have any more is an error. */
export function plantedFaults(): readonly Planted[] {
  const { lock, idempotency, stock, coupon, limit } = scripts;
  const release = without(lock.release, "if holder ~= owner then", "if false then");
  const acquire = without(lock.acquire, "and now_ms < lease_ends_ms", "and now_ms + 30 < lease_ends_ms");
  const adjust = without(stock.adjust, "if remembered then", "if false then");
  const forgets = without(
    coupon.release,
    'redis.call("SET", coupon_redemption, "cancelled", "PX", tombstone_ms)',
    "",
  );
  const begin = without(
    idempotency.begin,
    'return "ended" end if is_running then',
    'return "ended" end if false then',
  );
  const take = without(limit.take, "if remembered then", "if false then");
  const more = "max_permits = max_permits + 1 if held < max_permits then";
  const enter = without(limit.enter, "if held < max_permits then", more);
  return [
    {
      name: "release that ignores the owner",
      domain: "lock",
      scripts: { ...recordedScripts, lock: { ...lock, release } },
    },
    {
      name: "acquire that grants 30 ms before the end of a lease",
      domain: "lock",
      scripts: { ...recordedScripts, lock: { ...lock, acquire } },
    },
    {
      name: "adjust without its remembered answer",
      domain: "stock",
      scripts: { ...recordedScripts, stock: { ...stock, adjust } },
    },
    {
      name: "release that does not refuse a redemption that comes after it",
      domain: "coupon",
      scripts: { ...recordedScripts, coupon: { ...coupon, release: forgets } },
    },
    {
      name: "begin that grants while a lease runs",
      domain: "request",
      scripts: { ...recordedScripts, idempotency: { ...idempotency, begin } },
    },
    {
      name: "take without its remembered outcome",
      domain: "limit",
      scripts: { ...recordedScripts, limit: { ...limit, take } },
    },
    {
      name: "enter that grants one permit too many",
      domain: "permit",
      scripts: { ...recordedScripts, limit: { ...limit, enter } },
    },
  ];
}
