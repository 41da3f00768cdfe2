import { NotReplicatedError } from "../../core/errors.js";
import type { Delivery } from "../call/call-state.js";
import { isServerError, NotSentError, ReplyLostError } from "../call/failure.js";
import { acknowledgements } from "../call/replication.js";
import { defaults } from "../defaults.js";
import type { EncodedCall } from "../script/script.js";
import { ScriptLoader } from "../script/script-loader.js";
import type { AnyScript, ScriptSet } from "../script/script-set.js";
import { EvictionGuard } from "./eviction.js";
import { Readiness, type WaitScope } from "./readiness.js";
import type { RedisNode } from "./redis.js";

/**
 * One connection to one server: loads the scripts whenever it becomes ready, runs them, and takes its
 * unanswered calls back when it closes. ioredis would send those again after a reconnect, at any later time
 * and without asking whether a second run is safe; here the call decides, within its own deadline.
 */
export class Connection {
  readonly #node: RedisNode;
  readonly #scripts: ScriptSet;
  readonly #readiness: Readiness;
  readonly #eviction: EvictionGuard | undefined;
  readonly #loader: ScriptLoader;
  readonly #onReady = () => {
    this.#eviction?.refresh();
    this.#loader.onConnected();
  };
  readonly #onClose = () => {
    this.#socketNumber++;
    this.#eviction?.reset();
    this.#rejectPending();
  };
  /** Tells one socket from the next. */
  #socketNumber = 0;
  #unanswered = 0;
  #disposed = false;

  constructor(node: RedisNode, library: ScriptSet) {
    this.#node = node;
    this.#scripts = library;
    this.#readiness = new Readiness(node);
    this.#eviction = library.requiresNoEviction ? new EvictionGuard(node) : undefined;
    this.#loader = new ScriptLoader(node, library, () => this.isUsable);
    node.on("ready", this.#onReady);
    node.on("close", this.#onClose);
    if (this.isUsable) this.#onReady();
  }

  /** Whether a command written now goes out now, rather than into a queue for later. */
  get isUsable(): boolean {
    return this.#node.status === "ready" && this.#node.stream?.writable === true;
  }

  /** Resolves when the connection can be used; rejects with `Down` when it has ended. */
  async whenUsable(work: WaitScope): Promise<void> {
    while (!this.isUsable) await this.#readiness.nextReady(work);
  }

  /** Resolves when every script is loaded on this server; rejects with EVICTION or SCRIPT_NOT_LOADED where they cannot run. */
  async whenLoaded(work: WaitScope): Promise<void> {
    await this.whenUsable(work);
    await this.#loader.whenAllLoaded();
    await this.#eviction?.check();
  }

  /** EVALSHA, after ASKING where a slot is on its way to this server. */
  run(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    return this.#runGuarded(script, call, delivery, asking, () => this.#run(script, call, delivery, asking));
  }

  #run(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    // From an automatic pipeline nothing can be taken back, and ioredis would send a write again at any later time.
    if (script.writes && this.#node.options.enableAutoPipelining) {
      return this.#sendTransaction(delivery, asking, [["evalsha", evalshaArguments(script, call)]]);
    }
    return this.#send(delivery, asking, () => this.#node.call("evalsha", evalshaArguments(script, call)));
  }

  /** SCRIPT LOAD and EVALSHA as one transaction, so that no SCRIPT FLUSH comes between. */
  runAtomically(script: AnyScript, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    return this.#runGuarded(script, call, delivery, asking, () =>
      this.#sendTransaction(delivery, asking, [
        ["script", ["LOAD", script.lua]],
        ["evalsha", evalshaArguments(script, call)],
      ]).catch((error: unknown) => {
        throw this.#loader.loadError(script, error);
      }),
    );
  }

  /** Runs where the server keeps what it is given, and answers when it is where the caller wants it. */
  #runGuarded(
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    const confirmed = () => this.#confirmReplicas(run(), script, call, delivery, asking);
    if (!script.durable || !this.#eviction || this.#eviction.isSafe) return confirmed();
    if (!this.isUsable) return Promise.reject(new NotSentError("the connection is not ready"));
    return this.#eviction.check(script).then(() => {
      if (delivery.cancelled) throw delivery.cancelled;
      return confirmed();
    });
  }

  /** The script's reply, when enough replicas have all that the script saw; else rejects with NOT_REPLICATED. */
  #confirmReplicas(
    running: Promise<unknown>,
    script: AnyScript,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
  ): Promise<unknown> {
    const { replicas } = delivery;
    if (!replicas) return running;
    return running.then(async (reply) => {
      delivery.awaitsReplicas = true;
      const life = this.#socketNumber;
      const limitMs = Math.min(replicas.waitMs, delivery.remainingMs - defaults.minAttemptMs.value);
      const known = this.isUsable
        ? await acknowledgements(this.#node, call.keys[0], replicas.count, limitMs, asking)
        : undefined;
      // ioredis sends WAIT again after a reconnect, maybe to a server that never had the write.
      if (life !== this.#socketNumber || known === undefined) {
        throw new NotReplicatedError("nothing is known of the replicas", { script });
      }
      if (known < replicas.count) {
        throw new NotReplicatedError(`${known} of ${replicas.count} replicas acknowledged in time`, {
          script,
        });
      }
      delivery.awaitsReplicas = false;
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
    this.#removeCloseListener();
  }

  #removeCloseListener(): void {
    if (this.#disposed && this.#unanswered === 0) this.#node.off("close", this.#onClose);
  }

  /** Sends commands as one transaction; the answer of the last one. */
  async #sendTransaction(
    delivery: Delivery,
    asking: boolean,
    commands: readonly (readonly [name: string, args: string[]])[],
  ): Promise<unknown> {
    const results = await this.#send(delivery, asking, () => {
      const transaction = this.#node.multi();
      for (const [name, args] of commands) transaction.call(name, args);
      return transaction.exec().catch(rejectWithFirstError);
    });
    const [lastError, reply] = results?.at(-1) ?? [null, undefined];
    // The last command is the call: with its reply, it ran, whatever came before.
    if (!lastError) return reply;
    for (const [error] of results ?? []) if (error) throw error;
    throw lastError;
  }

  #send<Result>(delivery: Delivery, asking: boolean, send: () => Promise<Result>): Promise<Result> {
    if (!this.isUsable) return Promise.reject(new NotSentError("the connection is not ready"));
    delivery.isPending = true;
    delivery.isSent = true;
    this.#unanswered++;
    // What goes wrong with ASKING, the command after it tells.
    if (asking) this.#node.call("asking", []).catch(() => {});
    const answered = () => {
      delivery.isPending = false;
      this.#unanswered--;
      this.#removeCloseListener();
    };
    return send().then(
      (result) => {
        answered();
        return result;
      },
      (error: unknown) => {
        answered();
        if (isServerError(error)) throw error;
        if (error instanceof Error && refusedByIoredis.test(error.message))
          throw new NotSentError(error.message, "unfit");
        delivery.isReplyLost = true;
        throw new ReplyLostError("the connection was lost before the answer came");
      },
    );
  }

  #rejectPending(): void {
    const queue = this.#node.commandQueue;
    const transactions = this.#ownTransactions();
    for (let index = 0; index < queue.length; ) {
      const item = queue.peekAt(index);
      if (item && (item.stream ? transactions.has(item.stream) : this.#scripts.owns(item))) {
        queue.removeOne(index);
        item.command.reject(new ReplyLostError("the connection was lost"));
      } else index++;
    }
  }

  /** The pipelines in the queue that are transactions of this client. Others hold commands of the caller too. */
  #ownTransactions(): ReadonlySet<unknown> {
    const queue = this.#node.commandQueue;
    const ours = new Set<unknown>();
    const ended = new Set<unknown>();
    for (let index = 0; index < queue.length; index++) {
      const item = queue.peekAt(index);
      if (!item?.stream) continue;
      if (item.command.name === "exec") ended.add(item.stream);
      else if (this.#scripts.owns(item)) ours.add(item.stream);
    }
    return new Set([...ours].filter((stream) => ended.has(stream)));
  }
}

/** Errors by which ioredis refuses a command before writing it. */
const refusedByIoredis = /isn't writeable|subscriber mode|monitoring mode/;

function evalshaArguments({ digest }: AnyScript, { keys, args }: EncodedCall): string[] {
  return [digest, String(keys.length), ...keys, ...args];
}

/** EXECABORT says only that something was wrong before; the first of the earlier errors says what. */
function rejectWithFirstError(error: unknown): never {
  if (error instanceof Error && "previousErrors" in error && Array.isArray(error.previousErrors)) {
    const [first]: unknown[] = error.previousErrors;
    if (error.message.startsWith("EXECABORT") && first instanceof Error) throw first;
  }
  throw error;
}
