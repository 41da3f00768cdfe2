import fc from "fast-check";
import type { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { ReplyError } from "../../../src/client/index.js";
import { repliesOf } from "../../../src/client/script/many-form.js";
import { createMoonpath, scripts } from "../../../src/index.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

/** The script `add` with another number of values in a reply. */
const form = (width: number) => {
  const { add } = manyScripts.tally;
  return { ...add, many: { ...add.many, width } };
};

/** Makes the values that `encoded` describes, and replies with them as one of the two forms does. */
const REPLY = `
local at = 0
local function value()
  at = at + 1
  local kind, rest = string.sub(ARGV[at], 1, 1), string.sub(ARGV[at], 2)
  if kind == "i" then return tonumber(rest) end
  if kind == "s" then return rest end
  if kind == "f" then return false end
  if kind == "o" then return { ok = rest } end
  local list = {}
  for index = 1, tonumber(rest) do list[index] = value() end
  return list
end
local rows, flat = {}, {}
local width = tonumber(KEYS[2])
while at < #ARGV do
  local row = {}
  for index = 1, width do
    row[index] = value()
    flat[#flat + 1] = row[index]
  end
  rows[#rows + 1] = row
end
if KEYS[1] == "single" then return rows end
return { cmsgpack.pack(flat) }
`;

type Value = number | Buffer | null | { readonly status: string } | readonly Value[];

function encoded(value: Value): Buffer[] {
  if (value === null) return [Buffer.from("f")];
  if (typeof value === "number") return [Buffer.from(`i${value}`)];
  if (Buffer.isBuffer(value)) return [Buffer.concat([Buffer.from("s"), value])];
  if ("status" in value) return [Buffer.from(`o${value.status}`)];
  return [Buffer.from(`l${value.length}`), ...value.flatMap(encoded)];
}

/** The replies by call, as nested lists of Redis and as the many form packs them. */
async function both(redis: Redis, rows: readonly (readonly Value[])[]): Promise<[unknown, unknown]> {
  const width = rows[0]?.length ?? 1;
  const args = rows.flatMap((row) => row.flatMap(encoded));
  const nested = await redis.eval(REPLY, 2, "single", width, ...args);
  const packed = await redis.callBuffer("eval", REPLY, 2, "many", width, ...args);
  return [nested, repliesOf(form(width), packed, rows.length)];
}

const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom("\r\n$5\r\n", "*1\r\n", "\u0000", "\uFEFFx", "", "-ERR x", "\u{10FFFF}")
    .map((text) => Buffer.from(text)),
  // Texts that end inside of a character, and a lone surrogate.
  fc
    .constantFrom([0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xff])
    .map((bytes) => Buffer.from(bytes)),
);
/** ioredis 6 reads the last 50 integers before 2^53 from nested lists as their neighbours. */
const MAX_READ = Number.MAX_SAFE_INTEGER - 50;
const integer = fc.oneof(
  fc.integer({ min: -MAX_READ, max: MAX_READ }),
  fc.integer(),
  fc.integer({ min: -40, max: 300 }),
);
const scalar: fc.Arbitrary<Value> = fc.oneof(hostile, integer, fc.constant(null));
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 20 }) },
);
const anyRows = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(anyValue, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
  );

describe("packed replies", () => {
  test.each([2, 3] as const)("are those of nested lists, over RESP%i", async (protocol) => {
    const redis = sharedRedis({ protocol });
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const [nested, packed] = await both(redis, rows);
        expect(packed).toEqual(nested);
      }),
      { numRuns: 200 },
    );
  });

  test("are exact at every bound of their encoding", async () => {
    const redis = sharedRedis();
    const powers = Array.from({ length: 54 }, (_, power) => 2 ** power);
    const integers = powers.flatMap((power) => [power - 1, power, -power, 1 - power + 0]);
    const [, exact] = await both(
      redis,
      integers.map((value) => [value]),
    );
    expect(exact).toEqual(integers.map((value) => [value + 0]));
    const lengths = [0, 11, 12, 13, 31, 32, 255, 256, 65_535, 65_536];
    const texts = lengths.flatMap((length) => [Buffer.alloc(length, "a"), Buffer.alloc(length, "é")]);
    const lists = [0, 15, 16, 70_000].map((length) => Array.from({ length }, (_, index) => index));
    const values: Value[] = [...texts, ...lists, { status: "PONG" }, null];
    const [nested, packed] = await both(
      redis,
      values.map((value) => [value]),
    );
    expect(packed).toEqual(nested);
  });

  test("that are no such replies end with REPLY", () => {
    const parts = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => [Buffer.from(bytes)]),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => [Buffer.concat([Buffer.from([0x92]), bytes])]),
      fc.anything(),
    );
    fc.assert(
      fc.property(parts, (reply) => {
        try {
          expect(repliesOf(form(1), reply, 2)).toHaveLength(2);
        } catch (error) {
          expect(error).toBeInstanceOf(ReplyError);
        }
      }),
      { numRuns: 2_000 },
    );
    const deep = Buffer.alloc(1_000_000, 0x91);
    expect(() => repliesOf(form(1), [deep], 1)).toThrow(ReplyError);
    const huge = Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]);
    expect(() => repliesOf(form(1), [huge], 1)).toThrow(ReplyError);
    // A call that failed, without its error, and an error without its call.
    expect(() => repliesOf(form(1), [Buffer.from([0x91, 0xc3])], 1)).toThrow(ReplyError);
    expect(() => repliesOf(form(1), [Buffer.from([0x91, 0x01]), new Error("x")], 1)).toThrow(ReplyError);
  });
});

test("hostile texts that are stored arrive as from single calls", async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace });
  afterTest(() => moonpath.close());
  const { upcoming } = moonpath.tenant("acme").scripts.expiry;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(hostile, { maxLength: 5 }), { minLength: 2, maxLength: 5 }),
      fc.uuid(),
      async (stored, name) => {
        const calls = stored.map((_, index) => ({
          queue: `${name}-${index}`,
          queueShard: "0",
          withinMs: 1_000,
          limit: 10,
        }));
        for (const [index, call] of calls.entries()) {
          const [key = ""] = scripts.expiry.upcoming.encode({ namespace, tenant: "acme" }, call).keys;
          for (const text of stored[index] ?? []) await redis.zadd(key, index, text);
        }
        const single = [];
        for (const call of calls) single.push({ ok: true, reply: await upcoming(call) });
        expect(await upcoming.many(calls)).toEqual(single);
      },
    ),
    { numRuns: 60 },
  );
});
