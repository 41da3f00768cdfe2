import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../../../src/testing/index.js";
import { keyNamed } from "../../../../tools/codegen/src/model/resolve.js";
import { OWN_OPTIONS, ownOutput } from "../../../support/codegen/own-scripts.js";

const NAMESPACE = OWN_OPTIONS.namespace;
const { model } = ownOutput;

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true, password: "" });
  admin = new Redis(server.url);
  for (const line of (ownOutput.files.get("acl/moonpath.acl") ?? "").trim().split("\n")) {
    const [, name = "", , ...rules] = line.split(" ");
    await admin.call("ACL", ["SETUSER", name, ...rules, "on", ">secret"]);
  }
  for (const { text } of ownOutput.lua.values()) await admin.script("LOAD", text);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

interface Line {
  readonly user: string;
  readonly digest: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** The command line of a sheet. */
function lineOf(script: string): Line {
  const { domain = "", operation = "" } = model.scripts.find(({ name }) => name === script) ?? {};
  const sheet = ownOutput.files.get(`review/${domain}/${operation}.md`) ?? "";
  const [, user = "", digest = "", count = "", words = ""] =
    /^redis-cli --user (\S+) --askpass -c EVALSHA (\w{40}) (\d+)((?: '[^']*')*)$/m.exec(sheet) ?? [];
  const all = [...words.matchAll(/'([^']*)'/g)].map(([, word = ""]) => word);
  return { user, digest, keys: all.slice(0, Number(count)), args: all.slice(Number(count)) };
}

/** Runs the line of a sheet as its user, with values for its placeholders. */
async function run(script: string, values: Readonly<Record<string, string>>): Promise<unknown> {
  const { user, digest, keys, args } = lineOf(script);
  const filled = [...keys, ...args].map((word) =>
    word.replace(/<([^>]*)>/g, (placeholder) => values[placeholder] ?? `no value of ${placeholder}`),
  );
  const redis = new Redis({ host: server.host, port: server.port, username: user, password: "secret" });
  try {
    return await redis.call("EVALSHA", digest, keys.length, ...filled.filter((word) => word !== "end"));
  } finally {
    redis.disconnect();
  }
}

test("every sheet has a line with its digest, all keys in order and all arguments", () => {
  for (const script of model.scripts) {
    const line = lineOf(script.name);
    expect(line.digest, script.name).toBe(ownOutput.lua.get(script.name)?.digest);
    expect(line.keys, script.name).toEqual(
      script.keys.map(({ key }) => keyNamed(model, key).pattern.replace("<namespace>", NAMESPACE)),
    );
    const names = line.args.map((word) => word.replace(/^<(?:number of )?(\w+).*>$/, "$1"));
    expect(
      names.filter((name) => script.args.some((arg) => arg.name === name)),
      script.name,
    ).toEqual(expect.arrayContaining(script.args.map(({ name }) => name)));
  }
});

const product = { "<tenant>": "acme", "<product>": "lamp", "<slot of tenant, product>": "03kz" };

test("the line of a repair runs as the user that it names", async () => {
  await admin.hset(`${NAMESPACE}:{acme:lamp}:stock`, { total: "often", "level:berlin": "12" });
  expect(lineOf("stock.recount").user).toBe("moonpath-service");
  expect(await run("stock.recount", product)).toEqual(expect.arrayContaining(["recounted"]));
  expect(await admin.hget(`${NAMESPACE}:{acme:lamp}:stock`, "total")).toBe("12");
});

test("lines with lists, optional arguments and records of lists run too", async () => {
  const queue = {
    "<tenant>": "acme",
    "<queue>": "offers",
    "<queue_shard>": "0",
    "<slot of tenant, queue, queue_shard>": "1",
    "<claim>": "run-1",
  };
  expect(lineOf("expiry.ack").user).toBe("moonpath-worker");
  const items = { "<number of items>": "2", "<items 1>": "offer-1", "<items 2>": "offer-2", "<…>": "end" };
  expect(await run("expiry.ack", { ...queue, ...items })).toBe("lost");
  const page = { "<limit>": "10", "<after_ms, may be empty>": "", "<after_item, may be empty>": "" };
  expect(await run("expiry.list_dead", { ...queue, ...page })).toEqual([[]]);
  const views = {
    "<shard>": "7",
    "<tenant>": "acme",
    "<operation>": "op-1",
    "<number of views>": "2",
    "<product 1>": "lamp",
    "<count 1>": "3",
    "<product 2>": "desk",
    "<count 2>": "1",
    "<…>": "end",
    "<remember_ms>": "60000",
  };
  expect(await run("views.add", views)).toBe("added");
});
