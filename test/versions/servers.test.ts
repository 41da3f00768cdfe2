import { describe, expect, test } from "vitest";
import { createVersions, type EntityTagRule } from "../../src/versions/index.js";
import { afterTest } from "../support/cleanup.js";
import { freshTenant } from "../support/lua/tenants.js";
import { ACCOUNT, type Fetch, type Subject, servers } from "../support/versions/servers.js";
import { deferred } from "../support/wait.js";

const { tenant } = freshTenant();
let resources = 0;

/** A store of texts behind a server. A PUT of `fail` answers 409, and one of `throw` throws. */
async function shop(start: (subject: Subject) => Promise<Fetch>, more: Partial<EntityTagRule> = {}) {
  const versions = createVersions(tenant, { timeoutMs: 10_000 });
  afterTest(() => versions.close());
  const run = ++resources;
  const texts = new Map<string, string>([["lamp", "old"]]);
  const handled: string[] = [];
  const gates = { read: Promise.resolve(), write: Promise.resolve() };
  const subject: Subject = {
    versions,
    rule: (name, header) =>
      name === "untagged"
        ? undefined
        : {
            resource: `${run}:${name}`,
            variant: header("x-user") === undefined ? [] : [`user=${header("x-user")}`],
            exists: () => texts.has(name),
            ...more,
          },
    async handle(method, name, body) {
      handled.push(method);
      const text = texts.get(name);
      if (method === "GET") {
        await gates.read;
        return text === undefined ? { status: 404, body: "none" } : { status: 200, body: text };
      }
      await gates.write;
      if (body === "fail") return { status: 409, body: "refused" };
      if (method === "DELETE") {
        texts.delete(name);
        return { status: 204, body: "" };
      }
      texts.set(name, body);
      return { status: text === undefined ? 201 : 200, body };
    },
  };
  const send = await start(subject);
  const call = (
    path: string,
    { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ) => send(path, { ...init, headers: { [ACCOUNT]: "ann", ...headers } });
  const get = (headers: Record<string, string> = {}, path = "/lamp") => call(path, { headers });
  const put = (body: string, headers: Record<string, string> = {}, path = "/lamp") =>
    call(path, { method: "PUT", body, headers: { "content-type": "text/plain", ...headers } });
  const tagOf = async (headers: Record<string, string> = {}) => {
    const response = await get(headers);
    expect(response.status).toBe(200);
    return response.headers.get("etag") ?? "none";
  };
  return { send, call, get, put, tagOf, handled, texts, versions, gates };
}

describe.each(Object.entries(servers))("%s", (_name, start) => {
  test("answers 304 before the handler runs, until a write", async () => {
    const { get, put, tagOf, handled } = await shop(start);
    const tag = await tagOf();
    expect(tag).toMatch(/^"[\w-]{16,64}"$/);
    handled.length = 0;
    for (const field of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const cached = await get({ "if-none-match": field });
      expect([cached.status, cached.headers.get("etag"), await cached.text()]).toEqual([304, tag, ""]);
    }
    expect(handled).toEqual([]);
    const written = await put("new");
    expect(written.status).toBe(200);
    const changed = await get({ "if-none-match": tag });
    expect([changed.status, await changed.text()]).toEqual([200, "new"]);
    expect(changed.headers.get("etag")).not.toBe(tag);
    // The reply to the write had the tag of what it has written.
    expect(changed.headers.get("etag")).toBe(written.headers.get("etag"));
  });

  test("answers a malformed or another If-None-Match in full", async () => {
    const { get, tagOf } = await shop(start);
    const tag = await tagOf();
    for (const field of ['"other"', tag.slice(1, -1), `${tag}x`, '""', "W/*"]) {
      expect((await get({ "if-none-match": field })).status).toBe(200);
    }
  });

  test("answers HEAD as GET", async () => {
    const { call, tagOf, handled } = await shop(start);
    const tag = await tagOf();
    handled.length = 0;
    const cached = await call("/lamp", { method: "HEAD", headers: { "if-none-match": tag } });
    expect([cached.status, cached.headers.get("etag")]).toEqual([304, tag]);
    expect(handled).toEqual([]);
  });

  test("answers 412 to a write whose client has read an older version, and loses no update", async () => {
    const { put, tagOf, texts } = await shop(start);
    const tag = await tagOf();
    expect((await put("first", { "if-match": tag })).status).toBe(200);
    const late = await put("second", { "if-match": tag });
    expect([late.status, late.headers.get("content-type")]).toEqual([412, "application/problem+json"]);
    expect(await late.json()).toMatchObject({ status: 412, code: "PRECONDITION_FAILED" });
    expect(texts.get("lamp")).toBe("first");
    expect((await put("third", { "if-match": `"other", ${await tagOf()}` })).status).toBe(200);
  });

  test("lets one of two writers with the same If-Match pass", async () => {
    const { put, tagOf, texts, gates } = await shop(start);
    const tag = await tagOf();
    const open = deferred("both writers have begun");
    gates.write = open.promise;
    const writers = ["one", "two", "three"].map((body) => put(body, { "if-match": tag }));
    const refused = await Promise.any(
      writers.map(async (one) => {
        const { status } = await one;
        if (status !== 412) throw new Error(`${status}`);
        return status;
      }),
    );
    expect(refused).toBe(412);
    open.resolve();
    const statuses = (await Promise.all(writers)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 412, 412]);
    expect(texts.get("lamp")).not.toBe("old");
  });

  test("gives no tag and no 304 while a write runs", async () => {
    const { get, put, tagOf, gates, handled } = await shop(start);
    const tag = await tagOf();
    const open = deferred("the test lets the writer write");
    gates.write = open.promise;
    handled.length = 0;
    const writing = put("new");
    for (let reads = 0; reads < 1_000 && !handled.includes("PUT"); reads++) await get();
    const during = await get({ "if-none-match": tag });
    expect([during.status, await during.text()]).toEqual([200, "old"]);
    // Express makes a tag from the body, which is right too.
    expect(during.headers.get("etag") ?? "none").not.toMatch(/^"[\w-]{36}"$/);
    open.resolve();
    await writing;
    expect((await get({ "if-none-match": tag })).status).toBe(200);
  });

  test("gives data that was read before a write the version before it", async () => {
    const { get, put, tagOf, gates, handled } = await shop(start);
    const before = await tagOf();
    const open = deferred("the test lets the reader reply");
    gates.read = open.promise;
    handled.length = 0;
    const reading = get();
    for (let tries = 0; tries < 1_000 && !handled.includes("GET"); tries++) await put("old");
    gates.read = Promise.resolve();
    open.resolve();
    const read = await reading;
    const tag = read.headers.get("etag");
    expect(await read.text()).toBe("old");
    const now = await tagOf();
    if (handled.indexOf("PUT") > handled.indexOf("GET")) expect(tag).not.toBe(now);
    expect([before, now]).not.toContain(null);
  });

  test("gives each user and each language a tag of its own, and any of them may write", async () => {
    const { get, put, tagOf } = await shop(start, { vary: ["Accept-Language"] });
    const tags = await Promise.all([
      tagOf({ "x-user": "ann", "accept-language": "en" }),
      tagOf({ "x-user": "bob", "accept-language": "en" }),
      tagOf({ "x-user": "ann", "accept-language": "de" }),
    ]);
    expect(new Set(tags).size).toBe(3);
    const [ann = ""] = tags;
    expect(ann).not.toContain("ann");
    const as = (user: string) => ({ "x-user": user, "accept-language": "en", "if-none-match": ann });
    const own = await get(as("ann"));
    expect([own.status, own.headers.get("vary")]).toEqual([304, "Accept-Language"]);
    expect((await get(as("bob"))).status).toBe(200);
    expect((await put("new", { "if-match": ann, "x-user": "bob" })).status).toBe(200);
    expect((await put("newer", { "if-match": ann })).status).toBe(412);
  });

  test("never lets a weak tag write", async () => {
    const { put, tagOf } = await shop(start, { weak: true });
    const tag = await tagOf();
    expect(tag).toMatch(/^W\//);
    expect((await put("new", { "if-match": tag })).status).toBe(412);
  });

  test("answers 428 if a write needs If-Match, and 400 if it is malformed", async () => {
    const { put, tagOf } = await shop(start, { ifMatch: "required" });
    const missing = await put("new");
    expect([missing.status, await missing.json()]).toMatchObject([428, { code: "PRECONDITION_REQUIRED" }]);
    const malformed = await put("new", { "if-match": "lamp" });
    expect([malformed.status, await malformed.json()]).toMatchObject([
      400,
      { code: "PRECONDITION_MALFORMED" },
    ]);
    expect((await put("new", { "if-match": await tagOf() })).status).toBe(200);
  });

  test("compares * with what exists", async () => {
    const { put } = await shop(start);
    expect((await put("new", { "if-match": "*" }, "/vase")).status).toBe(412);
    expect((await put("new", { "if-none-match": "*" }, "/vase")).status).toBe(201);
    expect((await put("other", { "if-none-match": "*" }, "/vase")).status).toBe(412);
    expect((await put("newer", { "if-match": "*" }, "/vase")).status).toBe(200);
  });

  test("checks the authorization before 304 and 412", async () => {
    const { send, tagOf } = await shop(start);
    const tag = await tagOf();
    expect((await send("/lamp", { headers: { "if-none-match": tag } })).status).toBe(401);
    const write = { method: "PUT", body: "x", headers: { "if-match": '"other-other-other"' } };
    expect((await send("/lamp", write)).status).toBe(401);
  });

  test("gives errors, refused writes and deletions no tag, and ends the version", async () => {
    const { call, get, put, tagOf } = await shop(start);
    const tag = await tagOf();
    const refused = await put("fail", { "if-match": tag });
    expect([refused.status, refused.headers.get("etag")]).toEqual([409, null]);
    const again = await tagOf();
    expect(again).not.toBe(tag);
    expect((await call("/lamp", { method: "DELETE", headers: { "if-match": again } })).status).toBe(204);
    const missing = await get({ "if-none-match": again });
    expect([missing.status, missing.headers.get("etag") ?? "none"]).toEqual([
      404,
      expect.not.stringMatching(/^"/),
    ]);
  });

  test("leaves requests without a rule alone", async () => {
    const { get, put } = await shop(start);
    expect((await put("x", { "if-match": '"other"' }, "/untagged")).status).toBe(201);
    expect((await get({}, "/untagged")).status).toBe(200);
  });
});
