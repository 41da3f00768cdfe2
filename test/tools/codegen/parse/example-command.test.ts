import { describe, expect, test } from "vitest";
import { faultOf } from "../../../../tools/codegen/src/parse/contract/example-command.js";

const KEYS = ["stock", "changes"];

describe("what an example may run", () => {
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
  ])("%s", (line) => expect(faultOf(line, KEYS)).toBeUndefined());

  test.each([
    ["FLUSHALL", "touches no key"],
    ["SELECT 3", "touches no key"],
    ["MULTI", "beyond the script's keys"],
    ["SUBSCRIBE a", "beyond the script's keys"],
    ["CLIENT REPLY OFF", "beyond the script's keys"],
    ["CONFIG SET maxmemory 1", "beyond the script's keys"],
    ["WATCH {stock}", "beyond the script's keys"],
    ["EVAL x 1 {stock}", "beyond the script's keys"],
    ["MOVE {stock} 3", "beyond the script's keys"],
    ["COPY {stock} {changes} DB 3", "beyond the script's keys"],
    ["BLPOP {stock} 0", "may wait"],
    ["XREAD BLOCK 0 STREAMS {stock} 0", "may wait"],
    ["PUBLISH {stock} 1", "touches no key"],
    ["SPUBLISH {stock} 1", "touches no key"],
    ["SET foreign 1", "touches foreign, which is no key"],
    ["SET {stock}x 1", "touches {stock}x, which is no key"],
    ["SET {basket} 1", "touches {basket}, which is no key"],
    ["EXISTS {stock} foreign", "touches foreign, which is no key"],
    ["MSET {stock} 1 foreign 2", "touches foreign, which is no key"],
    ["ZUNIONSTORE {stock} 2 {changes} foreign", "touches foreign, which is no key"],
    ["ZUNIONSTORE {stock} many {changes}", "cannot be told"],
    ["GEORADIUS {stock} 1 1 1 m STORE foreign", "touches foreign, which is no key"],
    ["GEORADIUS {stock} 1 1 1 m STORE {stock} STORE foreign", "cannot be told"],
    ["SORT {stock} STORE foreign", "cannot be told"],
    ["GET", "another number of arguments"],
    ["FROBNICATE {stock}", "has no command FROBNICATE"],
    ["", "has no command without a name"],
  ])("not %s: %s", (line, says) => expect(faultOf(line, KEYS)?.message).toContain(says));

  test("hole 2: no command that Redis calls dangerous, on the script's own keys either", () => {
    for (const line of ["RESTORE {stock} 0 serialized", "RESTORE-ASKING {stock} 0 serialized"])
      expect(faultOf(line, KEYS)?.message, line).toContain("is dangerous");
  });
});
