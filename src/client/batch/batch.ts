import type { RawCommand } from "../connection/redis.js";
import type { CallBytes } from "../script/call-bytes.js";
import { hasManyForm, manyFormOf } from "../script/many-form.js";
import type { EncodedArgument, ManyForm, ScriptForm } from "../script/script.js";
import type { CallLimit } from "./call-limit.js";
import { argumentsOfOnly, callsIn } from "./calls-in.js";

/** The caller of one call. */
export interface Waiter {
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** A script, and the decoder of its replies. Without a many form, each call is a batch of its own. */
export interface BatchedScript extends ScriptForm {
  readonly many?: ManyForm | undefined;
  decode(reply: unknown): unknown;
}

/** The queue of a batch: it hears what happens to the command. */
export interface BatchEvents {
  /** Whether the connection can send at this time. */
  readonly isConnected: boolean;
  /** The last error of the connection that the calls wait for. */
  readonly connectionError: Error | undefined;
  answered(batch: Batch, reply: unknown): void;
  /** All its calls have ended before an answer. */
  emptied(batch: Batch): void;
  failed(batch: Batch, error: Error): void;
}

/**
 * - `open`: it takes calls.
 * - `sent`: its command has left, and its answer has not come.
 * - `over`: all its calls have ended, or go on by themselves.
 */
type BatchState = "open" | "sent" | "over";

/**
 * Calls of one script that leave as one command. The batch is the command that ioredis queues: it
 * writes its own bytes, and receives the raw reply. `args` is empty, so no error of ioredis shows a
 * value.
 *
 * A batch of one call is sent as the single form, which costs the server less.
 */
export class Batch implements RawCommand {
  readonly name = "evalsha";
  readonly args: readonly unknown[] = NO_ARGS;
  readonly isTraced = true;
  readonly promise = undefined;

  sentBy: object | undefined;
  state: BatchState = "open";
  /** By the place of the call; undefined once it has ended. */
  readonly waiters: (Waiter | undefined)[] = [];
  /** How many calls have not ended. */
  live = 0;
  /** By the place of the call: when it was made, if an observer wants to know. */
  readonly startedAt: number[] = [];
  /** The deadlines and signals of single calls, by their place. */
  limits: Map<number, CallLimit> | undefined;
  /** A server has answered what was sent last, so no socket needs the bytes. */
  isAnswered = false;
  /** Its memory has been given back. */
  isReleased = false;
  /** How many times it was sent. */
  attempts = 0;
  /** The form that was loaded for it, if the server was not known to have it. */
  ensured: ScriptForm | undefined;
  /** How many times the server did not have the script. */
  reloads = 0;
  /** The reply of at least one attempt was lost. */
  isReplyLost = false;
  /** After this instant the script may have forgotten that it ran. */
  resendUntil = Number.POSITIVE_INFINITY;
  /** The neighbours in the order of deadlines. */
  earlier: Batch | undefined;
  later: Batch | undefined;

  constructor(
    readonly script: BatchedScript,
    /** The most calls that it takes. */
    readonly limit: number,
    /** The slot of its keys on a cluster. */
    readonly slot: number,
    /** Batches of one client are numbered in the order in which they are sent. */
    readonly number: number,
    /** The deadline of its calls, in the time of `performance.now()`. */
    readonly endsAt: number,
    readonly bytes: CallBytes,
    readonly events: BatchEvents,
  ) {}

  /** The calls that its command makes. */
  get count(): number {
    return this.waiters.length;
  }

  /** The form that its command runs. */
  get form(): ScriptForm {
    const { count, script } = this;
    return count === 1 || !hasManyForm(script) ? script : manyFormOf(script);
  }

  add(waiter: Waiter): void {
    this.waiters.push(waiter);
    this.live++;
  }

  /** The caller of a call that has not ended. The call is over for the batch then. */
  take(place: number): Waiter | undefined {
    const waiter = this.waiters[place];
    if (waiter === undefined) return undefined;
    this.waiters[place] = undefined;
    this.live--;
    this.limits?.get(place)?.release();
    return waiter;
  }

  /** Removes the calls that have ended, before it is sent. */
  removeEnded(): void {
    if (this.live === this.count) return;
    const calls = callsIn(this);
    const { waiters, startedAt } = this;
    const limits = new Map<number, CallLimit>();
    const counted = this.script.many?.hasArgumentCounts === true;
    this.bytes.clear();
    let kept = 0;
    for (const [place, waiter] of waiters.entries()) {
      const call = calls[place];
      if (waiter === undefined || call === undefined) continue;
      this.bytes.begin();
      this.bytes.encoded(call, counted);
      waiters[kept] = waiter;
      startedAt[kept] = startedAt[place] ?? 0;
      const limit = this.limits?.get(place);
      if (limit !== undefined) limits.set(kept, limit.moveTo(kept));
      kept++;
    }
    waiters.length = kept;
    startedAt.length = Math.min(startedAt.length, kept);
    if (this.limits !== undefined) this.limits = limits;
  }

  setReplyContext(): void {}

  /** ioredis's `commandTimeout`. The calls have deadlines of their own. */
  setTimeout(): void {}

  /** The command: `EVALSHA digest n key… arguments`. */
  toWritable(): string | Buffer {
    const { form, count, bytes } = this;
    const keyCount = String(bytes.keyCount);
    const head = `$7\r\nEVALSHA\r\n$40\r\n${form.digest}\r\n$${keyCount.length}\r\n${keyCount}\r\n`;
    const partCount = 3 + bytes.keyCount;
    if (count > 1) return bytes.command(`*${partCount + (bytes.args.count > 0 ? 1 : 0)}\r\n${head}`);
    const args = argumentsOfOnly(this);
    const start = `*${partCount + args.length}\r\n${head}`;
    if (this.script.takesBytes) return bulkStrings([Buffer.from(start, "latin1"), bytes.keys()], args);
    let text = `${start}${bytes.keysText()}`;
    for (const arg of args) text += `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`;
    return text;
  }

  /** The command in parts, for clients that write commands themselves. */
  toParts(): (string | Buffer)[] {
    const { form, bytes, count } = this;
    const calls = callsIn(this);
    const keys = calls.flatMap((call) => call.keys);
    const args = count === 1 ? (calls[0]?.args ?? []) : bytes.args.count > 0 ? [bytes.args.list()] : [];
    return ["EVALSHA", form.digest, String(keys.length), ...keys, ...args];
  }

  resolve(reply: unknown): void {
    this.events.answered(this, reply);
  }

  reject(error: Error): void {
    this.events.failed(this, error);
  }
}

const NO_ARGS: readonly unknown[] = [];

/** The start of a command, and its further arguments as bulk strings of RESP. */
function bulkStrings(start: readonly Buffer[], args: readonly EncodedArgument[]): Buffer {
  const parts = [...start];
  for (const arg of args) {
    parts.push(Buffer.from(`$${Buffer.byteLength(arg)}\r\n`, "latin1"), Buffer.from(arg), CRLF);
  }
  return Buffer.concat(parts);
}

const CRLF = Buffer.from("\r\n", "latin1");
