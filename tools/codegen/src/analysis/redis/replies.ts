import { ANY_INTEGER, ANY_LENGTH, type Interval, interval } from "../domain/interval.js";
import { type AbstractTable, emptyTable, listOf } from "../domain/state.js";
import * as v from "../domain/value.js";
import { type Values, valueAt } from "../interpreter/interpreter.js";
import { mayBeWord } from "./key-positions.js";

/** What a command answers in a script: a value, or a list. */
export type CommandReply =
  | { readonly value: v.AbstractValue }
  | { readonly list: AbstractTable; readonly orNothing?: boolean };

const TEXT: CommandReply = { value: v.text() };
const STATUS: CommandReply = { list: { ...emptyTable(), fields: new Map([["ok", v.text()]]) } };
const TEXT_OR_FALSE: CommandReply = { value: { ...v.text(), boolFalse: true } };
const INTEGER: CommandReply = { value: v.number(ANY_INTEGER) };
const INTEGER_OR_FALSE: CommandReply = { value: { ...v.number(ANY_INTEGER), boolFalse: true } };
const COUNT: CommandReply = { value: v.number(ANY_LENGTH) };
const TEXTS: CommandReply = { list: listOf(v.text()) };
const PAIRS: CommandReply = { list: listOf(v.text(), ANY_LENGTH, true) };

const SIMPLE: ReadonlyMap<string, CommandReply> = new Map(
  Object.entries({
    text: [TEXT, "ECHO GETRANGE SUBSTR ZINCRBY HINCRBYFLOAT INCRBYFLOAT"],
    status: [STATUS, "TYPE SETEX PSETEX MSET LSET LTRIM RENAME HMSET PFMERGE"],
    found: [
      TEXT_OR_FALSE,
      "GET HGET ZSCORE LINDEX HRANDFIELD SRANDMEMBER SPOP LPOP RPOP GETDEL GETEX GETSET LMOVE RPOPLPUSH",
    ],
    integer: [INTEGER, "TTL PTTL EXPIRETIME PEXPIRETIME INCR INCRBY DECR DECRBY HINCRBY LINSERT BITPOS"],
    found_integer: [INTEGER_OR_FALSE, "ZRANK ZREVRANK"],
    popped: [PAIRS, "ZPOPMIN ZPOPMAX"],
    count: [
      COUNT,
      "HLEN ZCARD SCARD LLEN STRLEN XLEN HSTRLEN EXISTS HEXISTS SISMEMBER ZCOUNT ZLEXCOUNT HSET HDEL HSETNX ZREM SADD " +
        "SREM DEL UNLINK EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST LPUSH RPUSH LPUSHX RPUSHX LREM APPEND SETNX SETRANGE " +
        "SETBIT GETBIT BITCOUNT PFADD PFCOUNT PUBLISH SPUBLISH SMOVE ZREMRANGEBYSCORE ZREMRANGEBYRANK ZREMRANGEBYLEX " +
        "ZUNIONSTORE ZINTERSTORE ZDIFFSTORE SUNIONSTORE SINTERSTORE SDIFFSTORE TOUCH XDEL XTRIM XACK COPY RENAMENX " +
        "MSETNX BITOP ZINTERCARD SINTERCARD ZRANGESTORE",
    ],
    texts: [TEXTS, "HKEYS HVALS SMEMBERS LRANGE SINTER SUNION SDIFF ZRANGEBYLEX ZREVRANGEBYLEX"],
    pairs: [PAIRS, "HGETALL"],
  } as const).flatMap(([, [answer, names]]) => names.split(" ").map((name) => [name, answer] as const)),
);

/** Commands that answer one value for each of their arguments from a position on. */
const BY_ARGUMENT: Readonly<Record<string, { readonly from: number; readonly element: v.AbstractValue }>> = {
  HMGET: { from: 2, element: { ...v.text(), boolFalse: true } },
  MGET: { from: 1, element: { ...v.text(), boolFalse: true } },
  ZMSCORE: { from: 2, element: { ...v.text(), boolFalse: true } },
  SMISMEMBER: { from: 2, element: v.number(interval(true, 0, 1)) },
};

const RANGES: ReadonlySet<string> = new Set([
  "ZRANGE",
  "ZREVRANGE",
  "ZRANGEBYSCORE",
  "ZREVRANGEBYSCORE",
  "ZRANDMEMBER",
]);

/** Commands with an optional count behind their key, by which they answer a list. */
const COUNTED: ReadonlySet<string> = new Set([
  "LPOP",
  "RPOP",
  "SPOP",
  "SRANDMEMBER",
  "HRANDFIELD",
  "ZRANDMEMBER",
]);

/** What a command answers to these words, its name first; undefined where that is not known. */
export function replyOf(name: string, given: Values): CommandReply | undefined {
  if (name === "TIME")
    return { list: listOf(v.withOrigin(v.text(true), "Redis's clock"), interval(true, 2, 2)) };
  const each = BY_ARGUMENT[name];
  if (each !== undefined) {
    const known = Math.max(0, given.values.length - each.from);
    const length = given.rest === undefined ? interval(true, known, known) : { ...ANY_LENGTH, min: known };
    return { list: listOf(each.element, length) };
  }
  const values = hasWord(given, "WITHSCORES") || hasWord(given, "WITHVALUES");
  if (COUNTED.has(name) && given.rest !== undefined) return undefined;
  if (RANGES.has(name) || (COUNTED.has(name) && given.values.length > 2)) {
    return {
      list: listOf(v.text(), limitOf(name, given, values), values),
      orNothing: name === "LPOP" || name === "RPOP",
    };
  }
  if (name === "ZADD" && given.rest === undefined && !given.values.some((value) => mayBeWord(value, "INCR")))
    return COUNT;
  if (name === "SET") return { value: v.unknown("a reply of `SET`") };
  return SIMPLE.get(name);
}

/** Whether one of the words is surely this one, such as an option of a command. */
export function hasWord(given: Values, word: string): boolean {
  return wordAt(given, word) > 0;
}

function wordAt(given: Values, word: string): number {
  return given.values.findIndex((value) => {
    const literals = value.text?.literals;
    return literals?.size === 1 && [...literals][0]?.toUpperCase() === word;
  });
}

/** How long a reply may be, by LIMIT or by a count; a limit below zero is none. */
function limitOf(name: string, given: Values, paired: boolean): Interval {
  const limit = wordAt(given, "LIMIT");
  const value = limit > 0 ? valueAt(given, limit + 2) : COUNTED.has(name) ? valueAt(given, 2) : undefined;
  const number = value?.number;
  if (number === undefined || number.min < 0) return ANY_LENGTH;
  const length = interval(true, 0, paired ? 2 * number.max : number.max);
  const atMost = number.equalTo ?? number.atMost;
  return atMost === undefined || paired ? length : { ...length, atMost };
}
