import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createMoonpath, scripts } from "../../src/index.js";
import { workerRedis } from "../support/redis.js";

test("docs/client.md lists the functions that have many, where a tenant has them", async () => {
  const page = await readFile(new URL("../../docs/client.md", import.meta.url), "utf8");
  const [, list = ""] = /These functions have it:\n\n((?:- .*\n)+)/.exec(page) ?? [];
  const moonpath = createMoonpath(workerRedis());
  const listed = list
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, path = "", names = ""] = /^- `acme\.([\w.]+)`: (.*)$/.exec(line) ?? [];
      const operations = [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
      return operations.map((name) => [...path.split("."), name]);
    });
  for (const path of listed) {
    const found = path.reduce<unknown>(fieldOf, moonpath.tenant("acme"));
    expect(typeof fieldOf(found, "many"), path.join(".")).toBe("function");
  }
  moonpath.close();
  const withMany = Object.entries(scripts).flatMap(([domain, operations]) =>
    Object.entries(operations)
      .filter(([, script]) => "many" in script)
      .map(([name]) => `${domain}.${name}`),
  );
  expect(listed.map((path) => path.slice(-2).join(".")).toSorted()).toEqual(withMany.toSorted());
});

function fieldOf(value: unknown, name: string): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? Reflect.get(value, name) : undefined;
}
