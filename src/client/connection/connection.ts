import { NotReplicatedError } from "../../core/errors.js";
import type { Delivery } from "../call/call-state.js";
import { isAnswer, NotSentError, ReplyLostError } from "../call/failure.js";
import { acknowledgements } from "../call/replication.js";
import { defaults } from "../defaults.js";
import type { EncodedCall } from "../script/script.js";
import { ScriptLoader } from "../script/script-loader.js";
import type { AnyScript, ScriptSet } from "../script/script-set.js";
import { EvictionGuard } from "./eviction.js";
import { Readiness, type Waits } from "./readiness.js";
import type { RedisNode } from "./redis.js";

/**
 * One connection to one server: loads the scripts whenever it becomes ready, runs them, and takes its
 * unanswered calls back when it closes. ioredis would send those again after a reconnect, at any later time
 * and without asking whether a second run is safe; here the call decides, within its own deadline.
 */
export class Connection {
  readonly #node: RedisNode;
  readonly #library: ScriptSet;
  readonly #readiness: Readiness;
  readonly #eviction: EvictionGuard | undefined;
  readonly #loader: ScriptLoader;
  readonly #onReady = () => {
    this.#eviction?.renew();
    this.#loader.connected();
  };
  readonly #onClose = () => {
    this.#life++;
    this.#eviction?.forget();
    this.#takeBack();
  };
  /** Tells one socket from the next. */
  #life = 0;
  #unanswered = 0;
  #disposed = false;

  constructor(node: RedisNode, library: ScriptSet) {
    this.#node = node;
    this.#library = library;
    this.#readiness = new Readiness(node);
    this.#eviction = library.requiresNoEviction ? new EvictionGuard(node) : undefined;
    this.#loader = new ScriptLoader(node, library, () => this.usable);
    node.on("ready", this.#onReady);
    node.on("close", this.#onClose);
    if (this.usable) this.#onReady();
  }

  /** Whether a command written now goes out now, rather than into a queue for later. */
  get usable(): boolean {
    return this.#node.status === "ready" && this.#node.stream?.writable === true;
  }

  /** Resolves when the connection can be used; rejects with `Down` when it has ended. */
  async whenUsable(work: Waits): Promise<void> {
    while (!this.usable) await this.#readiness.next(work);
  }

  /** Resolves when every script is loaded on this server; rejects with EVICTION or SCRIPT_NOT_LOADED where they cannot run. */
  async whenLoaded(work: Waits): Promise<void> {
    await this.whenUsable(work);
    await this.#loader.whenAllLoaded();
    await this.#eviction?.check();
  }

  /** EVALSHA, after ASKING where a slot is on its way to this server. */
  run(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    return this.#guarded(script, call, delivery, asking, () => this.#run(script, call, delivery, asking));
  }

  #run(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    // From an automatic pipeline nothing can be taken back, and ioredis would send a write again at any later time.
    if (script.writes && this.#node.options.enableAutoPipelining) {
      return this.#transact(delivery, asking, [["evalsha", evalshaArguments(script, call)]]);
    }
    return this.#deliver(delivery, asking, () => this.#node.call("evalsha", evalshaArguments(script, call)));
  }

  /** SCRIPT LOAD and EVALSHA as one transaction, so that no SCRIPT FLUSH comes between. */
  runAtomically(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    return this.#guarded(script, call, delivery, asking, () =>
      this.#transact(delivery, asking, [
        ["script", ["LOAD", script.lua]],
        ["evalsha", evalshaArguments(script, call)],
      ]).catch((error: unknown) => {
        throw this.#loader.notLoaded(script, error);
      }),
    );
  }

  /** Runs where the server keeps what it is given, and answers when it is where the caller wants it. */
  #guarded(
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    const confirmed = () => this.#confirmed(run(), script, call, delivery, asking);
    if (!script.durable || !this.#eviction || this.#eviction.safe) return confirmed();
    if (!this.usable) return Promise.reject(new NotSentError("the connection is not ready"));
    return this.#eviction.check(script).then(() => {
      if (delivery.cancelled) throw delivery.cancelled;
      return confirmed();
    });
  }

  /** The script's reply, when enough replicas have all that the script saw; else rejects with NOT_REPLICATED. */
  #confirmed(
    running: Promise<unknown>,
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
  ): Promise<unknown> {
    const { replicas } = delivery;
    if (!replicas) return running;
    return running.then(async (reply) => {
      delivery.unconfirmed = true;
      const life = this.#life;
      const limitMs = Math.min(replicas.waitMs, delivery.remainingMs - defaults.answerMs.value);
      const known = this.usable
        ? await acknowledgements(this.#node, call.keys[0], replicas.count, limitMs, asking)
        : undefined;
      // ioredis sends WAIT again after a reconnect, maybe to a server that never had the write.
      if (life !== this.#life || known === undefined) {
        throw new NotReplicatedError("nothing is known of the replicas", { script });
      }
      if (known < replicas.count) {
        throw new NotReplicatedError(`${known} of ${replicas.count} replicas acknowledged in time`, {
          script,
        });
      }
      delivery.unconfirmed = false;
      return reply;
    });
  }

  /** Loads a script that the server answered NOSCRIPT for; see `ScriptLoader.load`. */
  load(script: AnyScript): Promise<"first" | "again"> {
    return this.#loader.load(script);
  }

  /** Calls that are still unanswered are taken back all the same when the connection closes. */
  dispose(): void {
    this.#disposed = true;
    this.#node.off("ready", this.#onReady);
    this.#readiness.dispose();
    this.#letGo();
  }

  #letGo(): void {
    if (this.#disposed && this.#unanswered === 0) this.#node.off("close", this.#onClose);
  }

  /** Sends commands as one transaction; the answer of the last one. */
  async #transact(
    delivery: Delivery,
    asking: boolean,
    commands: readonly (readonly [name: string, args: string[]])[],
  ): Promise<unknown> {
    const results = await this.#deliver(delivery, asking, () => {
      const transaction = this.#node.multi();
      for (const [name, args] of commands) transaction.call(name, args);
      return transaction.exec().catch(rejectWithReason);
    });
    const [lastError, reply] = results?.at(-1) ?? [null, undefined];
    // The last command is the call: with its reply, it ran, whatever came before.
    if (!lastError) return reply;
    for (const [error] of results ?? []) if (error) throw error;
    throw lastError;
  }

  #deliver<Result>(delivery: Delivery, asking: boolean, send: () => Promise<Result>): Promise<Result> {
    if (!this.usable) return Promise.reject(new NotSentError("the connection is not ready"));
    delivery.pending = true;
    delivery.sent = true;
    this.#unanswered++;
    // What goes wrong with ASKING, the command after it tells.
    if (asking) this.#node.call("asking", []).catch(() => {});
    const answered = () => {
      delivery.pending = false;
      this.#unanswered--;
      this.#letGo();
    };
    return send().then(
      (result) => {
        answered();
        return result;
      },
      (error: unknown) => {
        answered();
        if (isAnswer(error)) throw error;
        if (error instanceof Error && notWritten.test(error.message))
          throw new NotSentError(error.message, "unfit");
        delivery.lost = true;
        throw new ReplyLostError("the connection was lost before the answer came");
      },
    );
  }

  #takeBack(): void {
    const queue = this.#node.commandQueue;
    const transactions = this.#transactions();
    for (let index = 0; index < queue.length; ) {
      const item = queue.peekAt(index);
      if (item && (item.stream ? transactions.has(item.stream) : this.#library.owns(item))) {
        queue.removeOne(index);
        item.command.reject(new ReplyLostError("the connection was lost"));
      } else index++;
    }
  }

  /** The pipelines in the queue that are transactions of this client. Others hold commands of the caller too. */
  #transactions(): ReadonlySet<unknown> {
    const queue = this.#node.commandQueue;
    const ours = new Set<unknown>();
    const ended = new Set<unknown>();
    for (let index = 0; index < queue.length; index++) {
      const item = queue.peekAt(index);
      if (!item?.stream) continue;
      if (item.command.name === "exec") ended.add(item.stream);
      else if (this.#library.owns(item)) ours.add(item.stream);
    }
    return new Set([...ours].filter((stream) => ended.has(stream)));
  }
}

/** Errors by which ioredis refuses a command before writing it. */
const notWritten = /isn't writeable|subscriber mode|monitoring mode/;

function evalshaArguments({ digest }: AnyScript, { keys, args }: EncodedCall): string[] {
  return [digest, String(keys.length), ...keys, ...args];
}

/** EXECABORT says only that something was wrong before; the first of the earlier errors says what. */
function rejectWithReason(error: unknown): never {
  if (error instanceof Error && "previousErrors" in error && Array.isArray(error.previousErrors)) {
    const [first]: unknown[] = error.previousErrors;
    if (error.message.startsWith("EXECABORT") && first instanceof Error) throw first;
  }
  throw error;
}
