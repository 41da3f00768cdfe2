import { describe, expect, test } from "vitest";
import { faultOf } from "../../../../tools/codegen/src/parse/contract/example-command.js";

const KEYS = ["stock", "changes"];

describe("an example", () => {
  test.each([
    "HSET {stock} total 5",
    "hset {stock} total 5",
    "EXISTS {stock} {changes}",
    "ZRANGE {changes} 0 -1 WITHSCORES",
    "OBJECT ENCODING {stock}",
    "MSET {stock} 1 {changes} 2",
    "ZUNIONSTORE {changes} 2 {changes} {stock}",
    "GEORADIUS {changes} 1 1 1 m STORE {stock}",
    'SET {stock} "two words"',
  ])("may run %s", (line) => expect(faultOf(line, KEYS)).toBeUndefined());

  test.each([
    ["FLUSHALL", "uses no key"],
    ["SELECT 3", "uses no key"],
    ["MULTI", "can access more than the script's keys"],
    ["SUBSCRIBE a", "can access more than the script's keys"],
    ["CLIENT REPLY OFF", "can access more than the script's keys"],
    ["CONFIG SET maxmemory 1", "can access more than the script's keys"],
    ["WATCH {stock}", "can access more than the script's keys"],
    ["EVAL x 1 {stock}", "can access more than the script's keys"],
    ["MOVE {stock} 3", "can access more than the script's keys"],
    ["COPY {stock} {changes} DB 3", "can access more than the script's keys"],
    ["BLPOP {stock} 0", "can block"],
    ["XREAD BLOCK 0 STREAMS {stock} 0", "can block"],
    ["PUBLISH {stock} 1", "uses no key"],
    ["SPUBLISH {stock} 1", "uses no key"],
    ["SET foreign 1", "uses foreign, which is not a key"],
    ["SET {stock}x 1", "uses {stock}x, which is not a key"],
    ["SET {basket} 1", "uses {basket}, which is not a key"],
    ["EXISTS {stock} foreign", "uses foreign, which is not a key"],
    ["MSET {stock} 1 foreign 2", "uses foreign, which is not a key"],
    ["ZUNIONSTORE {stock} 2 {changes} foreign", "uses foreign, which is not a key"],
    ["ZUNIONSTORE {stock} many {changes}", "the generator cannot find the keys"],
    ["GEORADIUS {stock} 1 1 1 m STORE foreign", "uses foreign, which is not a key"],
    ["GEORADIUS {stock} 1 1 1 m STORE {stock} STORE foreign", "the generator cannot find the keys"],
    ["SORT {stock} STORE foreign", "the generator cannot find the keys"],
    ["GET", "the wrong number of arguments"],
    ["FROBNICATE {stock}", "has no command FROBNICATE"],
    ["", "has no command without a name"],
  ])("may not run %s (%s)", (line, says) => expect(faultOf(line, KEYS)?.message).toContain(says));

  test("hole 2: may run no dangerous command, even on the script's own keys", () => {
    for (const line of ["RESTORE {stock} 0 serialized", "RESTORE-ASKING {stock} 0 serialized"])
      expect(faultOf(line, KEYS)?.message, line).toContain("in Redis's ACL category dangerous");
  });
});
