import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { expect } from "vitest";
import { type Keys, keyNamed, unquoted, WORDS } from "../commands.js";

interface Corrupt {
  readonly what: string;
  readonly look: string;
  readonly repair: string;
  readonly remove: readonly string[];
}

const model: { readonly keys: readonly { readonly name: string; readonly corrupt?: readonly Corrupt[] }[] } =
  JSON.parse(readFileSync(new URL("../../../../generated/model.json", import.meta.url), "utf8"));

/** The row `@corrupt` of a key in lua/keyspace.lua. */
function rowOf(key: string, what: string): Corrupt {
  const row = model.keys
    .find(({ name }) => name === key)
    ?.corrupt?.find((declared) => declared.what === what);
  if (row === undefined) throw new Error(`key.${key} has no @corrupt ${what}`);
  return row;
}

/** A value in angle brackets may have spaces. */
const GAPS_OR_WORDS = new RegExp(`${/\$'[^']*'|"[^"]*"|<[^>]+>/.source}|${WORDS.source}`, "g");

type Filler = string | number | readonly string[];

/** Runs repairs as `@corrupt` of lua/keyspace.lua writes them. */
export function repairsOn(redis: Redis, keys: Keys) {
  const run = (command: string, fillers: readonly Filler[]) => {
    const left = [...fillers];
    const next = (gap: string): Filler => {
      const filler = left.shift();
      if (filler === undefined) throw new Error(`no value for ${gap}`);
      return filler;
    };
    const [name = "", ...args] = (command.match(GAPS_OR_WORDS) ?? []).flatMap((word) => {
      if (word.startsWith("<")) {
        const filler = next(word);
        return Array.isArray(filler) ? filler.map(String) : [String(filler)];
      }
      const filled = word.replaceAll(/<[^>]+>/g, (gap) => String(next(gap)));
      return [unquoted(filled).replace(/^\{(\w+)\}$/, (_, key: string) => keyNamed(keys, key))];
    });
    expect(left, command).toEqual([]);
    return redis.call(name, args);
  };
  return {
    /** Runs a command of the repair, which has it word for word, with these values for its `<…>`. */
    repair(key: string, what: string, command: string, ...fillers: readonly Filler[]): Promise<unknown> {
      expect(rowOf(key, what).repair).toContain(command);
      return run(command, fillers);
    },
    /** What the command after `look` shows, or one of them if it has several. */
    look: (key: string, what: string, position = 0): Promise<unknown> =>
      run(rowOf(key, what).look.split(" and ")[position] ?? "", []),
    /** Deletes the keys of the row together. */
    deleteTogether: (key: string, what: string): Promise<number> =>
      redis.del(...rowOf(key, what).remove.map((name) => keyNamed(keys, name))),
  };
}
