import { describe, expect, test } from "vitest";
import { MoonpathError } from "../../../src/index.js";
import { send } from "../../support/lua/commands.js";
import type { Sample } from "../../support/lua/sample.js";
import { samples } from "../../support/lua/samples/index.js";
import { type Entry, entriesOf, replace } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

/** Without a maximum, the script checks only that there are digits. */
type Range = readonly [min: bigint, max: bigint | undefined];

const maxExact = 9_007_199_254_740_991n;
const exact: Range = [0n, maxExact];
const beforeNext: Range = [0n, maxExact - 2n];
const units: Range = [1n, 1_000_000_000_000n];
const level: Range = [-1_000_000_000_000n, 1_000_000_000_000n];
const price: Range = [0n, 1_000_000_000_000n];
const maxInstant = 8_640_000_000_000_000n;
const instant: Range = [0n, maxInstant];
const period: Range = [1n, 31_622_400_000n];
/** The end of the sale in the samples of prices. */
const saleEnds = 8_000_000_000_000_000n;

/**
 * The numbers that a stored text may have, from left to right. The place is a key, or a key and a
 * field or member. A script stands before it if only this script has these bounds. `*` at the end
 * stands for any text. The first row that matches counts.
 */
const ranges: Readonly<Record<string, readonly Range[]>> = {
  "stock total": [[-100_000_000_000_000n, 100_000_000_000_000n]],
  "stock held": [[0n, 100_000_000_000_000n]],
  "stock level:*": [level],
  "stock watch": [exact, [0n, 1_000_000_000_000n]],
  "stock event:*": [exact, [-1_001_000_000_000_000n, 1_001_000_000_000_000n]],
  // These scripts ask the queue for the end of a lease.
  "stock.forget reservations cart-1": [units, [0n, undefined]],
  "stock.reserve reservations cart-1": [units, [0n, undefined]],
  "stock.sweep reservations cart-1": [units, [0n, undefined]],
  "reservations *": [units, instant, exact],
  "cart.begin cart_record fence": [beforeNext],
  "cart.finish cart_record remember_ms": [[1_000n, 31_622_400_000n]],
  "cart.settle cart_record deadline_ms": [instant],
  "cart.read cart_record fence": [[1n, maxExact]],
  "cart.settle cart_record fence": [[1n, maxExact]],
  "cart_record open": [[0n, 100n]],
  // The line itself is set aside next.
  "cart.set_aside cart_record set_aside": [[0n, 99n]],
  "cart_record set_aside": [[0n, 100n]],
  "cart_record line:*": [units],
  "quota.count cache_sizes number": [[0n, maxExact - 1n]],
  "version number": [[0n, 9_000_000_000_000_000n]],
  "version *": [instant],
  "price base": [price],
  "price sale:flash": [price, [0n, saleEnds - 1n], [1n, maxInstant], exact],
  "price sale:old": [instant, exact],
  "price calendar": [[0n, saleEnds - 1n], [1n, maxInstant], price],
  rate_limit: [period, exact, period, exact],
  // A permit that was left has a negative score.
  "permits *": [[-1_000n, maxExact]],
  // Scripts that return the next number leave room for it.
  lock: [beforeNext, [0n, maxInstant - 1n]],
  "idempotency.begin request fence": [beforeNext],
  "views.take views_sequence": [beforeNext],
  "views.add views *": [[0n, 9_000_000_000_000_000n]],
  "views.take views *": [[1n, maxExact]],
  "expiry.list_dead attempts *": [[1n, maxExact]],
  "attempts *": [exact, exact, exact],
  // It is read if it is the earliest end of a lease.
  "expiry.dead_letter processing offer-2": [[0n, undefined]],
  // A negative end says that the worker has left.
  "slot.leave workers *": [[-maxInstant, maxExact]],
  // It is compared with the one of the call.
  "slot.redrive slot_dead *": [[0n, undefined]],
  // The window ends after it begins. Of a life, only digits count.
  "coupon.release coupon rules": [price, price, instant, instant, exact, [0n, undefined]],
  "coupon rules": [price, price, [0n, saleEnds], instant, exact, [0n, undefined]],
  // At least what the redemption has taken is redeemed.
  "coupon.release coupon *": [units],
  "coupon redeemed": [price],
  "coupon customer:*": [price],
  coupon_redemption: [units, [0n, undefined], [0n, undefined], [0n, undefined]],
  // The last reading leaves no room for the next.
  cache_clock: [[1n, maxExact - 1n]],
  cache_tag: [[1n, maxExact]],
  // 13 digits.
  cache_entry: [[1_000_000_000_000n, 9_999_999_999_999n]],
  "cache_block *": [instant],
  "cache_sizes =*": [exact, exact],
  "writebehind.take write_state batch": [beforeNext],
  "writebehind.ack write_state sequence": [beforeNext],
  "writebehind.enqueue write_state sequence": [beforeNext],
  "writebehind.resolve write_state sequence": [beforeNext],
  "writebehind.retry write_state attempts": [[0n, maxExact - 1n]],
  "*": [exact],
};

/** One number in a stored text. */
interface Place {
  readonly entry: Entry;
  readonly name: string;
  /** The text with another number in this place. */
  with(number: bigint | string): string;
  readonly range: Range | undefined;
}

function placesOf(script: string, entry: Entry): Place[] {
  const name = entry.field === undefined ? entry.key : `${entry.key} ${entry.field}`;
  const row = Object.keys(ranges).find((one) => matches(one, name) || matches(one, `${script} ${name}`));
  const { value } = entry;
  return [...value.matchAll(/(?<![\w.-])-?\d+(?![\w.])/g)].map((found, position) => ({
    entry,
    name: `number ${position + 1} of ${name}`,
    with: (number) => `${value.slice(0, found.index)}${number}${value.slice(found.index + found[0].length)}`,
    range: ranges[row ?? "*"]?.[position],
  }));
}

function matches(pattern: string, name: string): boolean {
  const [start = "", end] = pattern.split("*");
  return end === undefined ? name === start : name.startsWith(start);
}

/** The sample's call with another number in one place. */
function callsOf(sample: Sample) {
  const { redis, scope, tenant } = freshTenant();
  let called = 0;
  const given = async () => {
    const name = `thing-${++called}`;
    const keys = sample.keysOf(scope, name);
    await send(redis, keys, sample.given);
    return { name, keys };
  };
  return {
    /** Every number in the texts that the sample's keys hold. */
    async places(): Promise<Place[]> {
      const { keys } = await given();
      const entries = await Promise.all(sample.keys.map(({ name }) => entriesOf(redis, keys, name)));
      return entries.flat().flatMap((entry) => placesOf(sample.script, entry));
    },
    /** The line and the message of the error `CORRUPT`; undefined after any other reply or error. */
    async corruptAt(place: Place, number: bigint | string): Promise<string | undefined> {
      const { name, keys } = await given();
      await replace(redis, keys, place.entry, place.with(number));
      const error: unknown = await sample.call(tenant, name).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (!(error instanceof MoonpathError) || error.code !== "CORRUPT") return undefined;
      return `${error.source} ${error.message}`;
    },
  };
}

/** Beyond all bounds. Its digits fit into a score. */
const far = 10n ** 17n;

/** A score holds no text. */
const isScore = (sample: Sample, { entry }: Place) =>
  sample.keys.some(({ name, holds }) => name === entry.key && holds === "zset");

describe.each(samples)("$script", (sample) => {
  test("accepts each stored number up to its bounds, and none beyond them", async () => {
    const { places, corruptAt } = callsOf(sample);
    for (const place of await places()) {
      const isRead = !isScore(sample, place) && (await corruptAt(place, "x")) !== undefined;
      for (const [side, sign] of [
        [0, -1n],
        [1, 1n],
      ] as const) {
        const refusal = await corruptAt(place, sign * far);
        // The call does not read this number, or Redis compares it.
        if (refusal === undefined && !isRead) continue;
        if (place.range === undefined) throw new Error(`add the range of ${place.name} to this file`);
        const bound = place.range[side];
        expect(refusal === undefined, `${place.name}: ${sign * far}`).toBe(bound === undefined);
        if (bound === undefined) continue;
        expect(await corruptAt(place, bound + sign), `${place.name}: ${bound + sign}`).toBe(refusal);
        // Another check may refuse it, such as that of a sum.
        expect(await corruptAt(place, bound), `${place.name}: ${bound}`).not.toBe(refusal);
      }
    }
  });
});
