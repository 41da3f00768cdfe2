import { NotReplicatedError } from "../../core/errors.js";
import type { Delivery } from "../call/call-state.js";
import { isServerError, NotSentError, ReplyLostError, refusedByIoredis } from "../call/failure.js";
import { acknowledgements } from "../call/replication.js";
import { defaults } from "../defaults.js";
import { packedArguments } from "../script/packed-writer.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import { ScriptLoader } from "../script/script-loader.js";
import type { ScriptSet } from "../script/script-set.js";
import { EvictionGuard } from "./eviction.js";
import { rejectPending } from "./pending-commands.js";
import { Readiness, type RenewedLogin, type WaitScope } from "./readiness.js";
import type { RawCommand, RedisNode } from "./redis.js";
import { SharedWrites } from "./shared-writes.js";
import { type CommandReply, TextCommand } from "./text-command.js";

/**
 * One connection to one server. It loads the scripts when it becomes ready, and runs them. When it
 * closes, it rejects the calls without a reply. Otherwise ioredis would send them again after a
 * reconnect, at any later time. Here the call decides within its deadline whether a second run is
 * safe.
 */
export class Connection {
  readonly #node: RedisNode;
  readonly #scripts: ScriptSet;
  readonly #readiness: Readiness;
  readonly #eviction: EvictionGuard | undefined;
  readonly #loader: ScriptLoader;
  readonly #writes = new SharedWrites();
  readonly #onReady = () => {
    this.#eviction?.refresh();
    this.#loader.onConnected();
  };
  readonly #onClose = () => {
    this.#socketNumber++;
    this.#eviction?.reset();
    rejectPending(this.#node.commandQueue, this.#scripts, this);
    this.onLost?.();
  };
  /** Called when the socket has closed, after the calls without a reply were rejected. */
  onLost: (() => void) | undefined;
  /** Counts the sockets of this connection, to notice a reconnect. */
  #socketNumber = 0;
  #unanswered = 0;
  #disposed = false;

  constructor(node: RedisNode, scripts: ScriptSet, login?: RenewedLogin) {
    this.#node = node;
    this.#scripts = scripts;
    this.#readiness = new Readiness(node, login);
    this.#eviction = scripts.requiresNoEviction ? new EvictionGuard(node) : undefined;
    this.#loader = new ScriptLoader(node, scripts, () => this.isUsable);
    node.on("ready", this.#onReady);
    node.on("close", this.#onClose);
    if (this.isUsable) this.#onReady();
  }

  /** Whether the client has left this connection. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Whether a call can be sent at once. After `dispose`, nothing new is sent. */
  get isUsable(): boolean {
    return !this.#disposed && this.#isOpen;
  }

  /** Whether ioredis sends a command at once. Otherwise it would queue it. */
  get #isOpen(): boolean {
    return this.#node.status === "ready" && this.#node.stream?.writable === true;
  }

  /** Whether the server is known to be a node of a cluster. INFO is read only with the eviction check. */
  get isClusterNode(): boolean {
    return this.#eviction?.isClusterNode === true;
  }

  /** Resolves when the connection is usable. Rejects with NotSentError if it has ended. */
  async whenUsable(work: WaitScope): Promise<void> {
    while (!this.isUsable) await this.#readiness.nextReady(work);
  }

  /**
   * Resolves when this server has every script. Rejects with EVICTION or SCRIPT_NOT_LOADED if they
   * cannot run there.
   */
  async whenLoaded(work: WaitScope): Promise<void> {
    await this.whenUsable(work);
    await this.#loader.whenAllLoaded();
    await this.#eviction?.check();
  }

  /**
   * What must end before this server may run the script: the first load of the scripts, and the check
   * of its eviction policy. Undefined if nothing must. Rejects with EVICTION or UNSUPPORTED_SERVER, or
   * with NotSentError.
   */
  preparing(script: ScriptForm | undefined): Promise<void> | undefined {
    const loading = this.#loader.firstLoad;
    if (loading !== undefined) return loading;
    if (!script?.requiresNoEviction || !this.#eviction || this.#eviction.isSafe) return undefined;
    return this.#eviction.check(script);
  }

  /** Loads a form that the server may not have; see `ScriptLoader.ensure`. */
  ensure(form: ScriptForm): Promise<void> | undefined {
    return this.#loader.ensure(form);
  }

  /** Sends a command that writes itself. Only for a connection that is usable. */
  send(command: RawCommand, form: ScriptForm): void {
    this.#loader.used(form);
    this.#sendRaw(command);
  }

  #sendRaw(command: RawCommand): void {
    command.sentBy = this;
    this.#unanswered++;
    this.#node.sendCommand(command);
  }

  /** Call it when a raw command has its answer, or will not have one. */
  ended(command: RawCommand): void {
    if (command.sentBy !== this) return;
    command.sentBy = undefined;
    this.#unanswered--;
    this.#removeCloseListener();
  }

  /** Sends EVALSHA; with `asking`, after ASKING, because the slot is being moved to this server. */
  run(script: ScriptForm, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    this.#loader.used(script);
    return this.#runGuarded(script, call, delivery, asking, () => this.#run(script, call, delivery, asking));
  }

  #run(script: ScriptForm, call: EncodedCall, delivery: Delivery, asking: boolean): Promise<unknown> {
    const asBuffers = repliesBuffers(script);
    // A command of an automatic pipeline cannot be removed from the queue, so ioredis would send it
    // again later. And `callBuffer` of ioredis loses the command's name there.
    if ((script.writes || asBuffers) && this.#node.options.enableAutoPipelining) {
      return this.#sendTransaction(script, delivery, asking, [["evalsha", evalshaArguments(script, call)]]);
    }
    const args = evalshaArguments(script, call);
    return this.#send(delivery, asking, () =>
      asBuffers ? this.#node.callBuffer("evalsha", args) : this.#node.call("evalsha", args),
    );
  }

  /**
   * Sends SCRIPT LOAD and EVALSHA as one transaction, because a SCRIPT FLUSH could come between two
   * commands.
   */
  runAtomically(
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
  ): Promise<unknown> {
    return this.#runGuarded(script, call, delivery, asking, () =>
      this.#sendTransaction(script, delivery, asking, [
        ["script", ["LOAD", script.lua]],
        ["evalsha", evalshaArguments(script, call)],
      ]).catch((error: unknown) => {
        throw this.#loader.loadError(script, error);
      }),
    );
  }

  /** Runs the call if the server passes the eviction check, and waits for the replicas. */
  #runGuarded(
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    if (!script.requiresNoEviction || !this.#eviction || this.#eviction.isSafe) {
      return this.#confirmReplicas(run(), script, call, delivery, asking);
    }
    if (!this.isUsable) return Promise.reject(new NotSentError("the connection is not ready"));
    return this.#eviction.check(script).then(() => {
      if (delivery.endedBy) throw delivery.endedBy;
      return this.#confirmReplicas(run(), script, call, delivery, asking);
    });
  }

  /**
   * The script's reply, after enough replicas have acknowledged. Otherwise rejects with
   * NOT_REPLICATED.
   */
  #confirmReplicas(
    running: Promise<unknown>,
    script: ScriptForm,
    call: EncodedCall,
    delivery: Delivery,
    asking: boolean,
  ): Promise<unknown> {
    const { replicas } = delivery;
    if (!replicas) return running;
    return running.then(async (reply) => {
      delivery.awaitsReplicas = true;
      const socketNumber = this.#socketNumber;
      const limitMs = Math.min(replicas.waitMs, delivery.remainingMs - defaults.minAttemptMs.value);
      const known = this.#isOpen
        ? await acknowledgements(this.#node, call.keys[0], replicas.count, limitMs, asking)
        : undefined;
      // After a reconnect ioredis sends WAIT again, perhaps to a server that never had the write.
      if (socketNumber !== this.#socketNumber || known === undefined) {
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

  /**
   * Sends read commands as one pipeline, and returns the error or the reply of each. Rejects if the
   * connection is not usable or ends.
   */
  async read(
    commands: readonly (readonly [name: string, args: string[]])[],
  ): Promise<readonly (readonly [error: Error | null, reply: unknown])[]> {
    if (!this.isUsable) throw new NotSentError("the connection is not ready");
    const pipeline = this.#node.pipeline();
    for (const [name, args] of commands) pipeline.call(name, args);
    return (await pipeline.exec()) ?? [];
  }

  /**
   * Sends read commands in one write, and returns the error or the reply of each, whose texts are buffers. If
   * the connection ends, each has its error. Rejects if the connection is not usable.
   */
  readBuffers(commands: readonly (readonly string[])[]): Promise<readonly CommandReply[]> {
    if (!this.isUsable) return Promise.reject(new NotSentError("the connection is not ready"));
    return new Promise((resolve) => {
      const replies: CommandReply[] = [];
      // One write takes all of them.
      const letWrite = this.holdWrites();
      try {
        for (const [place, parts] of commands.entries()) {
          const command: RawCommand = new TextCommand(parts, (reply) => {
            this.ended(command);
            replies[place] = reply;
            // Replies come in the order of the commands.
            if (place === commands.length - 1) resolve(replies);
          });
          this.#sendRaw(command);
        }
      } finally {
        letWrite();
      }
    });
  }

  /** Keeps what is written to the socket until the returned function is called. */
  holdWrites(): () => void {
    const socket = this.#node.stream;
    socket?.cork();
    return () => socket?.uncork();
  }

  /** Loads a script after NOSCRIPT; see `ScriptLoader.load`. */
  load(script: ScriptForm): Promise<"first" | "again"> {
    return this.#loader.load(script);
  }

  /** Loads all scripts that this connection has used; see `ScriptLoader.reloadUsed`. */
  reloadUsed(): Promise<void> {
    return this.#loader.reloadUsed();
  }

  /**
   * Removes the listeners. The close listener stays until every call has its reply, to reject
   * pending calls.
   */
  dispose(): void {
    this.#disposed = true;
    this.#node.off("ready", this.#onReady);
    this.#readiness.dispose();
    this.#removeCloseListener();
  }

  #removeCloseListener(): void {
    if (this.#disposed && this.#unanswered === 0) this.#node.off("close", this.#onClose);
  }

  /** Sends commands as one transaction, and returns the reply of the last one. */
  async #sendTransaction(
    script: ScriptForm,
    delivery: Delivery,
    asking: boolean,
    commands: readonly (readonly [name: string, args: (string | Buffer)[]])[],
  ): Promise<unknown> {
    const asBuffers = repliesBuffers(script);
    const results = await this.#send(delivery, asking, () => {
      const transaction = this.#node.multi();
      for (const [name, args] of commands) {
        if (asBuffers) transaction.callBuffer(name, args);
        else transaction.call(name, args);
      }
      return transaction.exec().catch(rejectWithFirstError);
    });
    const [lastError, reply] = results?.at(-1) ?? [null, undefined];
    // The last command is the call. If it has a reply, it ran, even if an earlier command failed.
    if (!lastError) return reply;
    for (const [error] of results ?? []) if (error) throw error;
    throw lastError;
  }

  #send<Result>(delivery: Delivery, asking: boolean, send: () => Promise<Result>): Promise<Result> {
    // Its caller was told that nothing was written, perhaps while a script was loaded.
    if (delivery.endedBy) return Promise.reject(delivery.endedBy);
    if (!this.isUsable) return Promise.reject(new NotSentError("the connection is not ready"));
    delivery.isPending = true;
    delivery.isSent = true;
    this.#unanswered++;
    this.#writes.begin(this.#node.stream);
    // If ASKING fails, the next command reports it.
    if (asking) this.#node.call("asking", []).catch(() => {});
    return send().then(
      (result) => {
        this.#answered(delivery);
        return result;
      },
      (error: unknown) => {
        this.#answered(delivery);
        if (isServerError(error) || error instanceof NotSentError) throw error;
        if (error instanceof Error && refusedByIoredis.test(error.message))
          throw new NotSentError(error.message, "refuses");
        delivery.isReplyLost = true;
        throw new ReplyLostError("the connection was lost before the answer came");
      },
    );
  }

  #answered(delivery: Delivery): void {
    delivery.isPending = false;
    this.#unanswered--;
    this.#removeCloseListener();
  }
}

function evalshaArguments({ digest, isMany }: ScriptForm, { keys, args }: EncodedCall): (string | Buffer)[] {
  const given = isMany && args.length > 0 ? [packedArguments(args)] : args;
  return [digest, String(keys.length), ...keys, ...given];
}

/** Whether the texts of the reply must stay bytes. */
function repliesBuffers({ isMany, repliesBytes }: ScriptForm): boolean {
  return isMany === true || repliesBytes === true;
}

/** EXECABORT names no reason. The first of the earlier errors has it. */
function rejectWithFirstError(error: unknown): never {
  if (error instanceof Error && "previousErrors" in error && Array.isArray(error.previousErrors)) {
    const [first]: unknown[] = error.previousErrors;
    if (error.message.startsWith("EXECABORT") && first instanceof Error) throw first;
  }
  throw error;
}
