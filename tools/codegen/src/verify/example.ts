import type { Redis } from "ioredis";
import type { ExampleModel, Model, ScriptModel } from "../model/model.js";
import { splitWords, unquote } from "../parse/contract/split-words.js";
import {
  compareReply,
  type ExampleCall,
  ExampleFault,
  exampleCall,
  fill,
  readReply,
  type Stage,
} from "./call.js";
import { EndlessCall, SlowCall, withKill } from "./kill.js";
import { clearState, differingKey, readState, type State } from "./state.js";

/** Where examples run. */
export interface Bench {
  /**
   * Reads the clock, reads and removes the keys of the namespace, and stops endless scripts. Its user
   * has every permission.
   */
  readonly admin: Redis;
  /** Runs the lines `given` and `then`; a user limited to the namespace. */
  readonly preparer: Redis;
  /** Calls the scripts; the least-privilege user. */
  readonly caller: Redis;
  readonly namespace: string;
  /** Ends the run between two examples, so that it leaves nothing behind. */
  readonly signal: AbortSignal;
}

/** The form of a script that an example runs. */
export interface CalledForm {
  readonly digest: string;
  /** Its many form, with the example's call as the only one. */
  readonly many?: { readonly hasArgumentCounts: boolean };
}

/**
 * Runs one example, twice where the script says that it is safe. Returns what does not hold, if anything.
 *
 * @throws EndlessCall when its call cannot be stopped; the server then answers no other command
 */
export async function runExample(
  bench: Bench,
  model: Model,
  script: ScriptModel,
  example: ExampleModel,
  form: CalledForm,
): Promise<string | undefined> {
  const { admin, namespace } = bench;
  bench.signal.throwIfAborted();
  await clearState(admin, namespace);
  const [seconds = "0", micros = "0"] = (await admin.time()).map(String);
  const stage = { namespace, nowMs: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) };
  let stillRuns = false;
  try {
    for (const line of example.given)
      await command(bench.preparer, fill(model, script, example, stage, line));
    const call = exampleCall(model, script, example, stage);
    const before = await readState(admin, namespace);
    return example.error === undefined
      ? await runReply(bench, model, script, example, stage, form, call)
      : await runError(bench, model, script, example, stage, form, call, before);
  } catch (error) {
    if (error instanceof ExampleFault) return error.message;
    if (error instanceof SlowCall) return `${script.name}: ${error.message}`;
    stillRuns = error instanceof EndlessCall;
    throw error;
  } finally {
    if (!stillRuns) await clearState(admin, namespace);
  }
}

async function runReply(
  bench: Bench,
  model: Model,
  script: ScriptModel,
  example: ExampleModel,
  stage: Stage,
  form: CalledForm,
  call: ExampleCall,
): Promise<string | undefined> {
  const filled = (line: string) => fill(model, script, example, stage, line);
  const expected = filled(example.reply ?? "");
  const first = await send(bench, form, call);
  if ("error" in first) return `the call fails: ${first.error}`;
  const reply = readReply(model, script, first.reply);
  const wrong = compareReply(expected, reply);
  if (wrong !== undefined) return wrong;
  const after = await checkAll(bench, example.then.map(filled));
  if (after !== undefined) return after;
  if (script.resend.mode !== "safe") return undefined;
  const once = await readState(bench.admin, bench.namespace);
  const second = await send(bench, form, call);
  if ("error" in second) return `sent again, the call fails: ${second.error}`;
  const again = example.again === undefined ? expected : filled(example.again);
  const differs = compareReply(again, readReply(model, script, second.reply), reply);
  if (differs !== undefined) return `sent again, ${differs}`;
  const key = differingKey(once, await readState(bench.admin, bench.namespace));
  return key === undefined
    ? undefined
    : `sent again, the call changes ${key.replace(bench.namespace, "<namespace>")}`;
}

async function runError(
  bench: Bench,
  model: Model,
  script: ScriptModel,
  example: ExampleModel,
  stage: Stage,
  form: CalledForm,
  call: ExampleCall,
  before: State,
): Promise<string | undefined> {
  const filled = (line: string) => fill(model, script, example, stage, line);
  const expected = example.error ?? "";
  const sent = await send(bench, form, call);
  if (!("error" in sent)) return `the call replies instead of failing with ${expected}`;
  if (!sent.error.startsWith(expected)) return `the call fails with ${sent.error}`;
  const key = differingKey(before, await readState(bench.admin, bench.namespace));
  return key === undefined
    ? checkAll(bench, example.then.map(filled))
    : `the call fails, but changes ${key.replace(bench.namespace, "<namespace>")}`;
}

type Sent = { readonly reply: unknown } | { readonly error: string };

async function send(
  { admin, caller }: Bench,
  { digest, many }: CalledForm,
  { keys, args }: ExampleCall,
): Promise<Sent> {
  const sent = many?.hasArgumentCounts === true ? [String(args.length), ...args] : args;
  try {
    if (many === undefined)
      return { reply: await withKill(admin, caller.evalsha(digest, keys.length, ...keys, ...sent)) };
    const packed = sent.length === 0 ? [] : [await packedBy(admin, sent)];
    const running = caller.callBuffer("evalsha", digest, keys.length, ...keys, ...packed);
    return await onlyReply(admin, await withKill(admin, running));
  } catch (error) {
    if (isReplyError(error)) return { error: error.message };
    throw error;
  }
}

/** The values of the many form's only call, unpacked by Redis, or its error, which follows them. */
async function onlyReply(admin: Redis, sent: unknown): Promise<Sent> {
  const [packed, failure]: unknown[] = Array.isArray(sent) ? sent : [];
  if (isReplyError(failure)) return { error: failure.message };
  return Buffer.isBuffer(packed)
    ? { reply: await admin.eval(UNPACK, 0, packed) }
    : { error: "the reply has no packed values" };
}

/** The arguments as a flat list in MessagePack. */
async function packedBy(admin: Redis, args: readonly string[]): Promise<Buffer> {
  const packed = await admin.callBuffer("eval", PACK, 0, ...args);
  if (Buffer.isBuffer(packed)) return packed;
  throw new TypeError("cmsgpack.pack of Redis replies with a text");
}

const PACK = "return cmsgpack.pack(ARGV)";
const UNPACK = "return cmsgpack.unpack(ARGV[1])";

function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

async function command(redis: Redis, line: string): Promise<unknown> {
  const [name, ...rest] = splitWords(line).map(unquote);
  if (name === undefined) throw new ExampleFault("the example has an empty command");
  try {
    return await redis.call(name, ...rest);
  } catch (error) {
    if (!isReplyError(error)) throw error;
    const beyond = error.message.startsWith("NOPERM")
      ? " (an example can access only its own namespace)"
      : "";
    throw new ExampleFault(`${line}: ${error.message}${beyond}`);
  }
}

/** What the first of these lines that does not hold says. */
async function checkAll({ preparer }: Bench, lines: readonly string[]): Promise<string | undefined> {
  for (const line of lines) {
    const wrong = await checkThen(preparer, line);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** `HGET {stock} total = 5`: runs the command and compares what it answers, word by word. */
async function checkThen(redis: Redis, line: string): Promise<string | undefined> {
  const at = line.lastIndexOf(" = ");
  const answer = flatten(await command(redis, line.slice(0, at)));
  const wanted = splitWords(line.slice(at + 3)).map(unquote);
  if (answer.join("\n") === wanted.join("\n")) return undefined;
  return `afterwards, ${line.slice(0, at)} answers ${answer.join(" ")} instead of ${wanted.join(" ")}`;
}

function flatten(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(flatten);
  return [answer === null ? "(nil)" : String(answer)];
}
