import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { tagOfSlot } from "../../src/client/index.js";
import { ROOT } from "../support/bundle.js";
import { type Ended, runProgram } from "../support/program.js";
import { sharedCluster } from "../support/redis.js";

const MAIN = join(ROOT, "src/command/main.ts");
const key = (...args: string[]): Promise<Ended> =>
  runProgram(MAIN, ["key", ...args], { cwd: ROOT, env: { REDIS_URL: undefined } });

test("moonpath key prints the key, the other keys of the slot, and the slot", async () => {
  const { status, output } = await key("stock", "tenant=acme", "product=lamp", "--namespace", "shop");
  expect(status).toBe(0);
  const lines = output.trim().split("\n");
  expect(lines[0]).toBe("shop:{acme:lamp}:stock");
  expect(lines).toContain("shop:{ebm}:slot-due");
  expect(lines.at(-1)).toBe("slot 8408 of 16384, tag of the slot {ebm}");
  expect(tagOfSlot(8408)).toBe("ebm");
});

test("moonpath key prints the node of a cluster that has the slot", async () => {
  const [url = ""] = inject("clusterUrl").split(",");
  const { output, status } = await key("stock", "tenant=acme", "product=lamp", "--redis", url);
  expect(status).toBe(0);
  const owner = sharedCluster();
  await owner.ping();
  expect(output).toContain(`node ${owner.slots[8408]?.[0]}\n`);
  const single = await key("stock", "tenant=acme", "product=lamp", "--redis", inject("redisUrl"));
  expect(single.output).toContain("is no cluster: it has all slots");
});

test("moonpath key says which fields a key has", async () => {
  const { output, status } = await key("stock");
  expect(status).toBe(0);
  expect(output).toBe(
    "key.stock is <namespace>:{<tenant>:<product>}:stock, a hash\nfields: tenant=… product=…\n",
  );
});

test.each([
  [[], "name a key: stock, "],
  [["nope"], "the keyspace has no key nope; its keys are stock, "],
  [["stock", "tenant=acme"], "product missing; write: moonpath key stock tenant=… product=…"],
  [["stock", "lamp"], "a field is written as name=value, for example: moonpath key stock"],
  [["stock", "shelf=1"], "the key has no field shelf; its fields are tenant, product"],
  [["stock", "tenant=a", "tenant=b"], "the field tenant has two values"],
  [["stock", "tenant=a:b", "product=x"], "tenant must have 1 to 64 characters of A-Z, a-z, 0-9, _, . and -"],
  [["stock", "tenant=a", "product={x}"], "product"],
  [["stock", "tenant=a", "product=x", "--namespace", "{}"], "namespace must have 1 to 64 characters"],
  [["stock", "--colour"], "Unknown option '--colour'"],
  [["stock", "--namespce", "shop"], "Unknown option '--namespce'"],
  [["stock", "--tenant", "acme"], "fields have no dashes: write tenant=acme\n"],
  [["stock", "--namespace", "shop", "--product=lamp"], "fields have no dashes: write product=lamp\n"],
  [["stock", "--model", "package.json"], "package.json is not a model.json of moonpath-codegen"],
  [["stock", "--model", "no/model.json"], "no/model.json cannot be read; set --model"],
])("moonpath key %j fails with a message", async (args, message) => {
  const { status, errors } = await key(...args);
  expect(errors).toContain(message);
  expect(status).toBe(2);
});

test("moonpath key --help has an example", async () => {
  const { status, output } = await key("--help");
  expect(status).toBe(0);
  expect(output).toContain("$ moonpath key stock tenant=acme product=lamp --namespace shop");
});
