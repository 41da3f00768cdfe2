/** What a caller asked, and the reply. */
export interface Operation {
  /** Such as `acquire`. */
  readonly name: string;
  readonly args: object;
  /** Undefined: no reply came, or it does not matter. */
  readonly reply: object | undefined;
}

/**
 * One call of a history, with the time of the machine in milliseconds.
 *
 * A call with a reply took effect between both times. A call without a reply took effect at any time
 * between them, or never. A call that the client sent several times is several calls: only the last
 * one has the reply.
 */
export interface Call<Op extends Operation> {
  readonly client: string;
  readonly operation: Op;
  readonly beganMs: number;
  /** Infinity: no reply ever came, so the call may take effect at any later time. */
  readonly endedMs: number;
  /** Calls with the same `attemptsOf` are copies of one request. At most one of them has a reply. */
  readonly attemptsOf?: number;
}

/** The same call, whose reply does not matter any more. */
export function withoutReply<Op extends Operation>(call: Call<Op>): Call<Op> {
  return { ...call, operation: { ...call.operation, reply: undefined } };
}

/** The model for a history. It may look for what the replies prove. */
export type ModelOf<State, Op extends Operation> = (history: readonly Call<Op>[]) => Model<State, Op>;

/**
 * What one object of Redis does, such as a lock: a function from its state and a call to its next
 * states.
 */
export interface Model<State, Op extends Operation> {
  readonly initial: State;
  /** Whether a call without a reply can be left out, because it explains no reply of the history. */
  ignores?(call: Call<Op>): boolean;
  /**
   * The states after the call took effect now. None: the call cannot have this reply now. Several:
   * the reply does not say which.
   *
   * For a call without a reply, only the states in which it changed something.
   */
  next(state: State, call: Call<Op>): readonly State[];
  /** Two states with the same text behave the same. People read it as well. */
  textOf(state: State): string;
}
