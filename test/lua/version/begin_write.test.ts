import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { version } = tenant.scripts;
const writeMs = 600_000;

async function tokenOf(resource: string): Promise<string> {
  const read = await version.read({ resource });
  if (read.outcome !== "known") throw new Error(read.outcome);
  return read.token;
}

test("of two writers that expect the same version, one begins", async () => {
  const expected = await tokenOf("lamp");
  const first = { resource: "lamp", writer: "w1", expected, writeMs };
  expect(await version.beginWrite(first)).toEqual({ outcome: "begun", number: 0 });
  expect(await version.beginWrite({ ...first, writer: "w2" })).toEqual({ outcome: "changed" });
  expect(await version.read({ resource: "lamp" })).toEqual({ outcome: "writing" });
});

test("no writer that expects a version begins while another one writes", async () => {
  const expected = await tokenOf("vase");
  await version.beginWrite({ resource: "vase", writer: "w1", writeMs });
  const second = { resource: "vase", writer: "w2", expected, writeMs };
  expect(await version.beginWrite(second)).toEqual({ outcome: "changed" });
});

test("the 65th writer at a time is refused, and writers whose time is over make room", async () => {
  const resource = "rug";
  for (let at = 0; at < 64; at++) {
    const begun = await version.beginWrite({ resource, writer: `w${at}`, writeMs });
    expect(begun).toMatchObject({ outcome: "begun" });
  }
  expect(await version.beginWrite({ resource, writer: "next", writeMs })).toEqual({ outcome: "full" });
  await redis.hset(keys.version(scope, resource), "writer:w0", 1);
  expect(await version.beginWrite({ resource, writer: "next", writeMs })).toMatchObject({ outcome: "begun" });
  expect(await redis.hlen(keys.version(scope, resource))).toBe(65);
});

test("a shorter write does not end the time of a longer one", async () => {
  const resource = "cup";
  await version.beginWrite({ resource, writer: "w1", writeMs });
  const until = await redis.hget(keys.version(scope, resource), "until");
  await version.beginWrite({ resource, writer: "w2", writeMs: 1_000 });
  expect(await redis.hget(keys.version(scope, resource), "until")).toBe(until);
});

test("a key with more fields than any script stores is corrupt", async () => {
  const key = keys.version(scope, "jug");
  await redis.hset(key, Object.fromEntries(Array.from({ length: 69 }, (_, at) => [`writer:${at}`, 1])));
  await expect(version.beginWrite({ resource: "jug", writer: "w1", writeMs })).rejects.toMatchObject({
    code: "CORRUPT",
  });
  expect(await redis.hlen(key)).toBe(69);
});
