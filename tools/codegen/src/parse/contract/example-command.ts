import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import { type Command, findCommand, type KeySpec } from "../../commands/table.js";
import { splitWords, unquote } from "./split-words.js";

/** Why an example may not run a command, and what to do instead. */
export interface CommandFault {
  readonly message: string;
  readonly fix: string;
}

const FIX = "use a command on the script's own keys, such as: HSET {stock} total 5";

/** They take a key of this database and write one of another database, or of another server. */
const ELSEWHERE = new Set(["COPY", "MIGRATE", "MOVE"]);

const waits = ({ flags }: Command) => flags.includes("blocking");

const reachesBeyond = ({ name, flags }: Command) =>
  flags.includes("noscript") || flags.includes("admin") || ELSEWHERE.has(name);

const isDangerous = ({ acl }: Command) => acl.includes("@dangerous");

/** The commands that examples may run on their keys, as an ACL spells them. */
export function exampleCommands(): string[] {
  return [...REDIS_7_0.values()]
    .filter((command) => !waits(command) && !reachesBeyond(command) && !isDangerous(command))
    .filter(({ keys }) => keys.some(({ does }) => !does.includes("not_key")))
    .map(({ name }) => name.toLowerCase().replace(" ", "|"));
}

/**
 * What keeps an example from running a command. The server may hold more than the example's keys,
 * so a command touches the script's keys, written as `{stock}`, and nothing else, and it ends at
 * once. `verify` also runs these lines as a user who may do no more than that.
 */
export function faultOf(line: string, keys: readonly string[]): CommandFault | undefined {
  const words = splitWords(line).map(unquote);
  const [first = "", second] = words;
  const command = findCommand(REDIS_7_0, first, second);
  if (command === undefined)
    return { message: `Redis 7.0 has no command ${first || "without a name"}`, fix: FIX };
  const { name, arity } = command;
  if (waits(command)) return { message: `${name} can block, which an example must not`, fix: FIX };
  if (reachesBeyond(command)) return { message: `${name} can access more than the script's keys`, fix: FIX };
  if (arity < 0 ? words.length < -arity : words.length !== arity)
    return {
      message: `${name} has the wrong number of arguments`,
      fix: "pass the arguments that Redis requires",
    };
  const positions = positionsOf(command, words);
  if (positions === undefined)
    return { message: `the generator cannot find the keys of ${name} among its arguments`, fix: FIX };
  if (positions.length === 0) return { message: `${name} uses no key of the script`, fix: FIX };
  const foreign = positions
    .map((at) => words[at] ?? "")
    .find((word) => !keys.some((key) => word === `{${key}}`));
  if (foreign === undefined)
    return isDangerous(command)
      ? { message: `${name} is in Redis's ACL category dangerous`, fix: FIX }
      : undefined;
  const known = keys.map((key) => `{${key}}`).join(", ");
  return {
    message: `${name} uses ${foreign === "" ? "a key without a name" : foreign}, which is not a key of the script`,
    fix: known === "" ? "remove the line, because the script has no keys" : `use ${known}`,
  };
}

/** Where the keys stand among the words; undefined where the table cannot tell. */
function positionsOf(command: Command, words: readonly string[]): number[] | undefined {
  const positions: number[] = [];
  for (const spec of command.keys.filter(({ does }) => !does.includes("not_key"))) {
    if (spec.does.includes("incomplete")) return undefined;
    const found = groupOf(spec, words);
    if (found === undefined) return undefined;
    positions.push(...found);
  }
  return positions;
}

function groupOf({ begin, find }: KeySpec, words: readonly string[]): number[] | undefined {
  if ("unknown" in begin || "unknown" in find) return undefined;
  const starts = "at" in begin ? [begin.at] : afterWord(words, begin.word, begin.from);
  const [at, another] = starts;
  if (at === undefined) return [];
  if (another !== undefined) return undefined;
  if ("countAt" in find) {
    const count = Number(words[at + find.countAt]);
    if (!Number.isInteger(count) || count < 1 || count > words.length) return undefined;
    return Array.from({ length: count }, (_, nth) => at + find.first + nth * find.step);
  }
  let last = find.last >= 0 ? at + find.last : words.length + find.last;
  if (find.last < 0 && find.part > 1) last = at + Math.floor((last - at + 1) / find.part) - 1;
  const found: number[] = [];
  for (let position = at; position <= last && position < words.length; position += find.step)
    found.push(position);
  return found;
}

function afterWord(words: readonly string[], word: string, from: number): number[] {
  const start = from < 0 ? 1 : from;
  return words.flatMap((other, index) => (index >= start && other.toUpperCase() === word ? [index + 1] : []));
}
