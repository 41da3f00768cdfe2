import { inspect } from "node:util";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { messagePackCodec } from "../../src/cache/coding/message-pack.js";
import { protobufCodec } from "../../src/cache/coding/protobuf.js";
import { bytesCodec, type Codec, type Compression, jsonCodec } from "../../src/cache/index.js";
import { keys, type Moonpath } from "../../src/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const hasZstd = Reflect.has(await import("node:zlib"), "zstdCompressSync");
const compressions: readonly Compression[] = hasZstd ? ["none", "zlib", "zstd"] : ["none", "zlib"];

interface Setup<Value> {
  readonly codec?: Codec<Value>;
  readonly compression?: Compression;
  readonly load: () => Promise<Value>;
  readonly errors?: Error[];
}

function cacheOf<Value>(
  moonpath: Moonpath,
  { codec = jsonCodec(), compression, load, errors }: Setup<Value>,
) {
  return moonpath
    .cache({
      pattern: "product:<product>",
      freshMs: 60_000,
      cacheTimeoutMs: 10_000,
      earlyRefresh: 0,
      codec,
      compression,
      load,
      onError: (error) => errors?.push(error),
    })
    .tenant("acme");
}

/** What a second process reads after the first one has loaded the value. */
async function comesBack<Value>(codec: Codec<Value>, value: Value, compression: Compression) {
  const moonpath = await openMoonpath();
  const writer = cacheOf(moonpath, { codec, compression, load: async () => value });
  await writer.getOrLoad(lamp);
  await eventually("it is stored", async () => expect(await writer.exists(lamp)).toBe(true));
  const reader = cacheOf<Value>(moonpath, {
    codec,
    load: () => Promise.reject(new Error("it must not load")),
  });
  return reader.getOrLoad(lamp);
}

for (const compression of compressions) {
  describe(`values come back as they were, with compression ${compression}`, () => {
    test("MessagePack: dates, maps, sets, large numbers and bytes", async () => {
      const value = {
        at: new Date(1_790_000_000_000),
        prices: new Map([["lamp", 5n ** 25n]]),
        tags: new Set(["a", "b"]),
        picture: Uint8Array.of(1, 2, 3),
        pattern: /l.mp/gi,
        deep: [{ nothing: undefined, none: null, text: "größe".repeat(400) }],
      };
      const back = await comesBack(messagePackCodec<typeof value>(), value, compression);
      expect(back).toMatchObject({ ...value, picture: expect.anything() });
      expect([...(back?.picture ?? [])]).toEqual([1, 2, 3]);
      expect(back?.prices).toBeInstanceOf(Map);
    });

    test("Protobuf: a message", async () => {
      const value = create(TimestampSchema, { seconds: 1_790_000_000n, nanos: 5 });
      expect(await comesBack(protobufCodec(TimestampSchema), value, compression)).toEqual(value);
    });

    test("bytes: all of them, and none", async () => {
      const all = Uint8Array.from({ length: 5_000 }, (_, at) => at % 256);
      expect(await comesBack(bytesCodec(), all, compression)).toEqual(all);
      expect(await comesBack(bytesCodec(), new Uint8Array(0), compression)).toEqual(new Uint8Array(0));
    });

    test("JSON", async () => {
      const value = { name: "größe", list: Array.from({ length: 500 }, (_, at) => ({ at })) };
      expect(await comesBack(jsonCodec<typeof value>(), value, compression)).toEqual(value);
    });
  });
}

describe("compression", () => {
  const list = {
    products: Array.from({ length: 60 }, (_, at) => ({
      id: `product-${at}`,
      name: `Lamp of brass and glass, number ${at}`,
      cents: 1_000 + at * 17,
      brand: at % 3 === 0 ? "oslo" : "bergen",
      warehouses: { north: at, south: at * 2 },
      isNew: at % 2 === 0,
    })),
  };

  test("makes a product list of 10 KB 60 to 80 % smaller in Redis, and small values stay", async () => {
    const redis = sharedRedis();
    const bytesOf = async (compression: Compression, value: unknown) => {
      const moonpath = await openMoonpath();
      const acme = cacheOf<unknown>(moonpath, { compression, load: async () => value });
      await acme.set(lamp, value);
      const key = keys.cacheEntry(moonpath.tenant("acme").scope, "product:lamp");
      const [stored, usage] = await Promise.all([redis.get(key), redis.memory("USAGE", key)]);
      return { coding: stored?.slice(1, 3), usage: Number(usage) };
    };
    const [plain, zlib] = [await bytesOf("none", list), await bytesOf("zlib", list)];
    expect(plain.coding).toBe("j-");
    expect(zlib.coding).toBe("jz");
    expect(1 - zlib.usage / plain.usage).toBeGreaterThan(0.6);
    expect((await bytesOf("zlib", "short")).coding).toBe("j-");
  });

  test("that a runtime lacks: the loader answers, and the entry stays", async () => {
    const moonpath = await openMoonpath();
    const redis = sharedRedis();
    const acme = cacheOf(moonpath, { load: async () => "loaded" });
    await acme.set(lamp, "stored");
    const key = keys.cacheEntry(moonpath.tenant("acme").scope, "product:lamp");
    await redis.setrange(key, 2, "?");
    const before = await redis.getBuffer(key);
    expect(await acme.getOrLoad(lamp)).toBe("loaded");
    expect(await acme.getOrLoad(lamp)).toBe("loaded");
    expect(await redis.getBuffer(key)).toEqual(before);
  });

  test("of damaged bytes: the loader answers, and onError is told", async () => {
    const moonpath = await openMoonpath();
    const errors: Error[] = [];
    const acme = cacheOf<unknown>(moonpath, { compression: "zlib", load: async () => "loaded", errors });
    await acme.set(lamp, list);
    const key = keys.cacheEntry(moonpath.tenant("acme").scope, "product:lamp");
    await sharedRedis().setrange(key, 60, "damaged");
    expect(await acme.getOrLoad(lamp)).toBe("loaded");
    expect(errors).toHaveLength(1);
  });

  test("of a text that is no JSON: onError gets no part of the value", async () => {
    const moonpath = await openMoonpath();
    const errors: Error[] = [];
    const acme = cacheOf<unknown>(moonpath, { load: async () => "loaded", errors });
    await acme.set(lamp, { secret: "secret text" });
    const key = keys.cacheEntry(moonpath.tenant("acme").scope, "product:lamp");
    const stored = String(await sharedRedis().get(key));
    await sharedRedis().set(key, stored.replace('"secret"', "secret"), "KEEPTTL");
    expect(await acme.getOrLoad(lamp)).toBe("loaded");
    expect(errors.map(({ message }) => message)).toEqual([
      "the codec j cannot read a stored value: SyntaxError",
    ]);
    expect(inspect(errors, { depth: null, showHidden: true })).not.toContain("secret");
  });

  test("of another name is refused", async () => {
    const { cache } = await openMoonpath();
    const wrong = { pattern: "a", freshMs: 1, compression: "gzip" } as const;
    // @ts-expect-error a caller in plain JavaScript
    expect(() => cache(wrong)).toThrow("compression");
  });
});

describe("the compiler", () => {
  test("asks for a codec where JSON does not keep the value", async () => {
    const { cache } = await openMoonpath();
    const base = { pattern: "p:<id>", freshMs: 1_000 } as const;
    const date = { ...base, load: async () => ({ at: new Date(0) }) };
    // @ts-expect-error: a Date comes back as a text
    cache(date);
    // @ts-expect-error: a Map comes back as {}
    cache({ ...base, load: async () => new Map<string, string>() });
    // @ts-expect-error: JSON.stringify throws for a bigint
    cache({ ...base, load: async () => [{ cents: 1n }] });
    cache({ ...date, codec: messagePackCodec<{ at: Date }>() });
    cache({
      ...base,
      load: async (): Promise<{ name?: string; list: readonly number[] }> => ({ list: [1] }),
    });
    cache({ ...base, load: async (): Promise<unknown> => 1 });
    cache({ ...base, load: async (): Promise<"a" | undefined | null> => "a" });
  });
});
